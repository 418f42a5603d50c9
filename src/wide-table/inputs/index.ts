/**
 * What is collected and imported of one symbol, as the columns that `src/dataset` joins: each source by a function of its
 * own, usable alone. All take a span of time and give what bars within it can show, history that is looked back to included.
 * Nothing that is missing is an error: it is null, or absent.
 */
export { type ReadOptions, type Span, SourceRows } from './span.js';
export { type InputMonth, inputMonth, sha256 } from './digest.js';
export { readFunding, viewFunding } from './funding.js';
export { readMetrics, viewMetrics } from './metrics.js';
export { type TriadMonths, type TriadName, readTriad, viewTriad } from './triad.js';
export { inputsOfSources } from './sources.js';
export {
  WIDE_DUMPS,
  inputsOfImports,
  isAnyImported,
  isImportedOf,
  readDumps,
  readTicker,
} from './imported.js';
export {
  type LiquidationOptions,
  concatTables,
  digestLiquidations,
  noLiquidations,
  readLiquidationTable,
} from './liquidations.js';
export {
  type Life,
  type Stretch,
  QUIET_ENDS_LIFE_MS,
  RESTART_AFTER_MS,
  beginsLife,
  livesOf,
  stretchesOf,
} from './lives.js';
export { type MinuteMonth, type MinuteStore, openMinutes } from './minute-store.js';
export { type MonthCarry, type MonthMinutes, readMinutes, readStretches } from './minutes.js';
