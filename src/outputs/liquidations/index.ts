/**
 * Liquidation files: what is stored of liquidations and of trades, made into CSV, Parquet and meta file. A room within
 * `outputs/`, because `sources/` uses that room and this one uses `sources/`.
 */
export type { SettleLiquidationsRequest } from './job.js';
export { type SettledLiquidations, settleLiquidations } from './settle.js';
export { LIQUIDATION_SCHEMA_VERSION, type LiquidationHole, type LiquidationMeta } from './meta.js';
export type { LiquidationParameters } from './plan.js';
export type { Origin } from './origins.js';
export { isCoinMargined, listLiquidationSymbols } from './event-store.js';
export { liquidationFolder, liquidationPaths } from './paths.js';
