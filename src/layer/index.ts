/** Minute bars on disk: one Parquet file a month and symbol, with where it comes from in its footer. */
export { LAYER_SCHEMA_VERSION } from './schema.js';
export {
  type FactorPaths,
  factorFolder,
  factorPaths,
  layerFolder,
  layerRoot,
  listMonths,
  listSymbols,
  monthPath,
} from './paths.js';
export {
  type ChecksumState,
  type Comparison,
  type LayerFacts,
  type MissingPeriod,
  type MissingReason,
  type ObjectSource,
  type SourceFacts,
  COMPARISON_MINUTES_LISTED,
  MISSING_REASONS,
} from './facts.js';
export { encodeMonth, writeMonth } from './parquet-write.js';
export { type LayerMonth, decodeMonth, findLayerFacts, readLayerFacts, readMonth } from './parquet-read.js';
export {
  AtomicFile,
  type FileContent,
  type Publish,
  type WrittenFile,
  atomicWriteFile,
  sweepTempFiles,
} from './atomic.js';
export { type MonthRequest, type MonthState, examineMonth, whyRebuild } from './reuse.js';
export {
  type BarsOfPeriod,
  type MergedMonth,
  assembleDays,
  mergeMonthlyWithDaily,
  sliceDays,
  sliceToSpan,
} from './merge.js';
export { type MonthFile, binanceFolder, listMonthFiles, readFolder } from './folders.js';
export { damaged, readKeyValues } from './read-key-values.js';
export { OBJECT_SHAPE, missingPeriod } from './object-shape.js';
