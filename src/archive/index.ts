/** Published objects: what there is, what of it to mill, and the verified bytes of each. */
export { type Archive, type ArchiveEntry, type ListQuery, compareEntries } from './archive.js';
export { LocalArchive } from './local.js';
export { HttpArchive, type HttpArchiveOptions } from './http.js';
export type { CacheUse } from './index-cache.js';
export { isHttpUrl } from './http-location.js';
export { SYMBOL_KINDS, type SymbolKind, symbolKind } from './symbol-kind.js';
export {
  type SurveyRequest,
  type SurveyedSymbol,
  assertInterval,
  surveySymbols,
  yardsticksOf,
} from './survey.js';
export { openArchive } from './open-archive.js';
export { type DownloadEvent, type WorldOptions, createLimits } from '../download/index.js';
export { type ArchiveObject, type ObjectFacts, type OpenOptions, openObject } from './object.js';
export { type ChecksumState, parseChecksum } from './checksum.js';
export { OBJECT_FAULTS } from './object-fault.js';
export {
  type ListedRange,
  type MissingPeriod,
  type MissingReason,
  type MonthPlan,
  type SymbolPlan,
  planSymbol,
} from './plan.js';
export {
  type DefectQuery,
  type KnownDefect,
  KNOWN_DEFECTS,
  describeDefect,
  excuseFor,
  knownDefectsOf,
} from './known-defects.js';
export { readDefectsFile } from './defects-file.js';
