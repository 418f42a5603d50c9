/** The main job: from an archive to the minute layer to 1h factors, over many symbols, in worker threads. */
export { type CollectRequest, type CollectSummary, collect } from './collect.js';
export type {
  BytesEvent,
  CollectEvent,
  MonthStartedEvent,
  MonthWrittenEvent,
  ObjectFailedEvent,
  ObjectMilledEvent,
  PlannedEvent,
  SymbolFailedEvent,
  SymbolSettledEvent,
} from './events.js';
