/** Liquidations: their normal form, what of them is known, and factors of both. Pure: columns in, columns out. */
export {
  type LiquidatedSide,
  type LiquidationEvents,
  type LiquidationRow,
  SIDE,
  allocateEvents,
  checkEvents,
  concatEvents,
  eventsFromRows,
  sliceEvents,
} from './events.js';
export { sortEvents } from './sort-events.js';
export { dropEqualEvents } from './equal-events.js';
export {
  type Coverage,
  type CoveredSpan,
  coverageOfEvents,
  makeCoverage,
  sliceCoverage,
} from './coverage.js';
export { type TradedBars, liquidationFactors } from './factors.js';
export { type EngineParameters, LiquidationFactorEngine } from './engine.js';
export {
  type EngineOptions,
  type LiquidationFactorOptions,
  type ResolvedEngineOptions,
  type ResolvedFactorOptions,
  resolveEngineOptions,
  resolveFactorOptions,
} from './options.js';
export { type SizeThresholds, sizeThresholds } from './thresholds.js';
export type { NumberOrList } from './parameters.js';
export {
  LIQUIDATION_FORMULAS_VERSION,
  describeLiquidationColumn,
  listLiquidationFactors,
} from './registry.js';
export { type Quantile, toQuantile } from './quantile.js';
export { SortedWindow, slide } from './sorted-window.js';
export { shapeOf } from './shape.js';
