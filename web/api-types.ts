/** The server's own types, as the build of src/ declares them; nothing of this is left in the page. */
export type * from '../dist/serve/api.js';
export type {
  FailureStatus,
  StatusSnapshot,
  WorkerStatus,
  SymbolStatus,
  MonthCounts,
} from '../dist/watch/index.js';
