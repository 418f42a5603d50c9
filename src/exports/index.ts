/**
 * What leaves the wide table: tables for training, qlib's files, and what is known of its columns. Reads the final files
 * one symbol at a time and writes folders that appear whole or not at all.
 */
export {
  type ExportFormat,
  type ExportRequest,
  type ExportResult,
  EXPORT_FORMATS,
  exportDataset,
} from './export.js';
export type { ExportManifest, ManifestColumn, ManifestPart } from './manifest.js';
export { type TableColumn, describeColumns, parseColumns, selectColumns } from './columns.js';
export { type Label, LABEL_PREFIX, forwardReturns, longestHorizon, parseLabels } from './labels.js';
export { type Split, type SplitName, NOT_VALID, fateOfRows, parseSplit, purgedFrom } from './split.js';
export { type FillRule, ForwardFill, isFillable, parseFill } from './fill.js';
export { type WideSymbol, type WideTable, type WideTableRequest, openWideTable } from './wide-table.js';
export { type StagedLeftover, findStaged, recoverStaged } from './staged-folder.js';
export { type DatasetStatistics, measureDataset } from './statistics/measure.js';
export type { ColumnStatistics } from './statistics/column-statistics.js';
export type { CorrelatedPair } from './statistics/correlation.js';
