/**
 * tapemill as a library. Bytes of aggTrades to minute bars, minute bars to bars of any frequency, bars to factors;
 * the layer on disk; the main job as one function. Tables are `{ length, columns }` of `Float64Array`s.
 */
export {
  EXIT,
  ERROR_KINDS,
  TapemillError,
  type ErrorCode,
  type ErrorContext,
  type ExitStatus,
} from './errors.js';
export {
  type DateRange,
  type EpochMicros,
  type EpochMs,
  type Frequency,
  type Period,
  FREQUENCIES,
  parseFrequency,
  parsePeriod,
  parseRange,
} from './time/index.js';
export { type Market, MARKETS, contractSizeUsd } from './market/index.js';
export {
  type Archive,
  type ArchiveEntry,
  type ArchiveObject,
  type ObjectFacts,
  type SymbolPlan,
  type DownloadEvent,
  type HttpArchiveOptions,
  HttpArchive,
  LocalArchive,
  openArchive,
  openObject,
  planSymbol,
} from './archive/index.js';
export {
  type AggregatedTrades,
  type AggregateOptions,
  type ByteSource,
  type MinuteBars,
  type MinuteColumn,
  type RowAccount,
  type Thresholds,
  DEFAULT_THRESHOLDS,
  MINUTE_COLUMN,
  MINUTE_COLUMNS,
  aggregateAggTrades,
  concatMinuteBars,
  sliceMinuteBars,
} from './ticks/index.js';
export {
  type LayerFacts,
  type LayerMonth,
  type MonthFile,
  type SourceFacts,
  LAYER_SCHEMA_VERSION,
  listMonths,
  listSymbols,
  mergeMonthlyWithDaily,
  monthPath,
  readLayerFacts,
  readMonth,
  writeMonth,
} from './layer/index.js';
export { readMinutes } from './layer/read-minutes.js';
export { type Bars, rollUp } from './bars/index.js';
export {
  type Coverage,
  type CoveredSpan,
  type EngineOptions,
  type EngineParameters,
  type Factor,
  type FactorTable,
  type LiquidationEvents,
  type LiquidationFactorOptions,
  type LiquidationRow,
  type NumberOrList,
  type SizeThresholds,
  type TradedBars,
  LiquidationFactorEngine,
  concatEvents,
  describeLiquidationColumn,
  dropEqualEvents,
  eventsFromRows,
  liquidationFactors,
  listFactors,
  listLiquidationFactors,
  makeCoverage,
  orderFlowFactors,
  sizeThresholds,
  sliceCoverage,
  sliceEvents,
  sortEvents,
} from './factors/index.js';
export { type FactorMeta, type Settled, type SettleRequest, settleFactors } from './outputs/index.js';
export {
  type LiquidationMeta,
  type SettleLiquidationsRequest,
  type SettledLiquidations,
  listLiquidationSymbols,
  settleLiquidations,
} from './outputs/liquidations/index.js';
export {
  type FetchTardisRequest,
  type FetchedDay,
  type ImportedTable,
  type ImportProgress,
  type JobResult,
  type KindName as ImportKindName,
  type LiquidationEvents as ImportedLiquidations,
  type SymbolImport,
  fetchTardis,
  importDumps,
  importForceOrders,
  importTardis,
  importTardisTrades,
  listImportedSymbols,
  readImported,
  readImportedDays,
  surveyImported,
} from './imports/index.js';
export {
  type ObjectRequest,
  type SeriesRequest,
  type SettledSource,
  type SettleSourceRequest,
  type SourceMonthFile,
  type SourcePart,
  type SourceSeries,
  type SourceTable,
  type SourceType,
  SOURCE_KINDS,
  SOURCE_TYPES,
  parseSource,
  readSourceMonth,
  readSourceObject,
  readSourceRows,
  settleSource,
  sourceSeries,
  viewSource,
} from './sources/index.js';
export { audit, auditSymbol, explainMinute, readQualityPerBar } from './audit/index.js';
export {
  type FactorInputs,
  type FactorRows,
  type UserFactor,
  type UserFactorDefinition,
  type WideColumn,
  defineFactor,
  listWideColumns,
} from './dataset/index.js';
export {
  type Series,
  type SeriesColumn,
  type SeriesRequest as ReadSeriesRequest,
  listSeriesColumns,
  listSeriesSymbols,
  parseSeriesFrequency,
  readSeries,
} from './series/index.js';
export {
  type BuildReport,
  type BuildRequest,
  type CheckReport,
  type CheckRequest,
  type DatasetLock,
  buildDataset,
  checkDataset,
  describeDataset,
} from './wide-table/index.js';
export {
  type ExportManifest,
  type ExportRequest,
  type ExportResult,
  exportDataset,
} from './exports/index.js';
export { type Plot, type PlotRequest, plot } from './plot/index.js';
export { type Dashboard, type ServeOptions, startDashboard } from './serve/index.js';
export { type CollectEvent, type CollectRequest, type CollectSummary, collect } from './collect/index.js';
export { type Mirror, type MirrorOptions, startMirror } from './mirror/index.js';
export { type SimulationReport, type SimulationRequest, simulateArchive } from './simulator/index.js';
export { VERSION } from './version.js';
