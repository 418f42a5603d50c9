/**
 * Liquidation files: what is stored of liquidations and of trades, made into CSV, Parquet and meta file. A room within
 * `outputs/`, because `sources/` uses that room and this one uses `sources/`.
 */
export type { SettleLiquidationsRequest } from './job.js';
export { type SettledLiquidations, settleLiquidations } from './settle.js';
export { LIQUIDATION_SCHEMA_VERSION, type LiquidationHole, type LiquidationMeta } from './meta.js';
export { type LiquidationParameters, firstDay, piecesOf, reachMs, resolveParameters } from './plan.js';
export { type Choice, type Origin, chooseOrigins } from './origins.js';
export { type EventStore, isCoinMargined, listLiquidationSymbols, openEventStore } from './event-store.js';
export { type ReadEvents, readEvents } from './read-events.js';
export { type TradedStore, openTradedStore, readTraded } from './traded.js';
export { type PieceInput, makePiece } from './tables.js';
export { liquidationFolder, liquidationPaths } from './paths.js';
