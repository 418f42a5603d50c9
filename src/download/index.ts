/** Files from HTTP servers: retries, limits, proxies, resuming. Knows nothing of what is in them. */
export {
  DEFAULT_HTTP,
  HttpClient,
  type HttpRequest,
  type HttpSettings,
  type RequestOptions,
} from './client.js';
export { type DownloadRequest, type Downloaded, download } from './download.js';
export type { DownloadEvent } from './events.js';
export { AttemptFailure } from './failure.js';
export { type FileIdentity, fileIdentity } from './file-identity.js';
export type { LimitGate, LimitSettings } from './limit-gate.js';
export { ThreadLimits, createLimits } from './limits.js';
export { dropAbandonedLock, withLock } from './lock.js';
export { promotePart, removePart } from './part.js';
export type { HttpResponse } from './response.js';
export { SharedLimits } from './shared-limits.js';
export { type World, type WorldOptions, realWorld } from './world.js';
