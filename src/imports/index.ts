/**
 * Data that users have or buy: files of Tardis, captured messages, their own dumps. Read, cleaned, and stored by
 * symbol and month; and the download of Tardis files. Definitions: docs/imports.md.
 */
export {
  type DumpName,
  type ImportColumn,
  type ImportKind,
  type KindName,
  DUMP_NAMES,
  KIND_NAMES,
  isDumpName,
  kindOf,
} from './kinds.js';
export { type ImportAccount, MAX_MALFORMED_SHARE } from './account.js';
export { type ImportFacts, type ImportSource, IMPORT_SCHEMA_VERSION } from './facts.js';
export { importFolder, importPath, importRoot, listImportedMonths, listImportedSymbols } from './paths.js';
export { type CoveredSpan, clipSpans, coveredSpans, uncovered } from './coverage.js';
export {
  type Coverage,
  type ImportedTable,
  type LiquidationEvents,
  readImported,
  readImportedDays,
} from './read.js';
export {
  type ImportProgress,
  type MonthImport,
  type SymbolImport,
  importSymbol,
  readImportFacts,
} from './import.js';
export { type DaySurvey, type Gap, type Survey, surveyImported } from './survey.js';
export { type TradesDay, type TradesImport, importTrades } from './trades.js';
export { type JobResult, importDumps, importForceOrders, importTardis, importTardisTrades } from './jobs.js';
export {
  type TardisChannel,
  type TardisExchange,
  type TardisName,
  TARDIS_CHANNELS,
  TARDIS_EXCHANGES,
  exchangeOfMarket,
  marketOfExchange,
  parseChannel,
  parseExchange,
  parseTardisName,
  tardisFileName,
} from './tardis-name.js';
export {
  type FetchTardisRequest,
  type FetchedDay,
  TARDIS_DATASETS,
  fetchTardis,
  tardisFolder,
} from './fetch-tardis.js';
export { renderImportReport } from './report-html.js';
export { cleaningRows, formatSpan, gapLines } from './report.js';
