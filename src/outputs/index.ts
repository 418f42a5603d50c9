/**
 * Factor files: the one place right of the layer that reads and writes the disk, so that `bars/` and `factors/`
 * can stay pure. CSV and Parquet for readers, the meta file for those who must know what they read.
 */
export { type Settled, type SettleRequest, findSettled, settleFactors } from './settle.js';
export { FACTOR_SCHEMA_VERSION, type FactorMeta, type FactorSource, type FileFacts } from './meta.js';
export { csvHeader, csvRows } from './csv.js';
export { FactorParquet, factorFields } from './factor-parquet.js';
export { findHoles, isPartial } from './holes.js';
export type { FactsReader } from './layer-view.js';
