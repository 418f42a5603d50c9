/** Any folder with the archive's tree, served over HTTP as the public archive is, with faults on demand. */
export type { KeyTree, ObjectFacts } from './key-tree.js';
export { type FolderEntry, entriesOf } from './folder-cache.js';
export { startMirror, type Mirror, type MirrorOptions } from './mirror.js';
export { FAULTS, FAULT_KINDS, type FaultEntry, type FaultKind } from './faults.js';
export { parseFault, type FaultRequest, type FaultRule } from './fault-rule.js';
export type { LoggedRequest, RequestFilter, RequestLog } from './request-log.js';
export { BUCKET_NAME } from './s3-xml.js';
