/** The main job: from an archive to the minute layer to 1h factors, over many symbols, by worker processes. */
export { collect } from './collect.js';
export type { CollectRequest, CollectSummary } from './request.js';
export { type WorkerRequest, defaultWorkerId, runWorker } from './run-worker.js';
export type {
  CollectEvent,
  MonthStartedEvent,
  MonthWrittenEvent,
  ObjectFailedEvent,
  ObjectMilledEvent,
  PlannedEvent,
  SymbolFailedEvent,
  SymbolSettledEvent,
  TaskLostEvent,
  TaskRetryEvent,
} from './events.js';
export { type PreviewedObject, type PreviewedSymbol, previewCollection } from './preview.js';
export { type RefreshRequest, type RefreshSummary, type UpstreamChange, refresh } from './refresh.js';
