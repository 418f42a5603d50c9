/** Factors: columns derived from bars, and the registry that names and documents every one. Pure. */
export { type Factor, type FactorDefinition, listFactors } from './registry.js';
export { type FactorTable, makeTable } from './factor-table.js';
export { type OrderFlowFactor, ORDER_FLOW, ORDER_FLOW_FACTORS } from './order-flow-registry.js';
export { orderFlowFactors } from './order-flow.js';
export { renderFactorDocs } from './docs.js';
export {
  type Coverage,
  type CoveredSpan,
  type EngineOptions,
  type EngineParameters,
  type LiquidatedSide,
  type LiquidationEvents,
  type LiquidationFactorOptions,
  type LiquidationRow,
  type NumberOrList,
  type ResolvedEngineOptions,
  type ResolvedFactorOptions,
  type SizeThresholds,
  type TradedBars,
  LIQUIDATION_FORMULAS_VERSION,
  LiquidationFactorEngine,
  SIDE,
  SortedWindow,
  allocateEvents,
  checkEvents,
  concatEvents,
  coverageOfEvents,
  describeLiquidationColumn,
  dropEqualEvents,
  eventsFromRows,
  liquidationFactors,
  listLiquidationFactors,
  makeCoverage,
  resolveEngineOptions,
  resolveFactorOptions,
  shapeOf,
  sizeThresholds,
  slide,
  sliceCoverage,
  sliceEvents,
  sortEvents,
  toQuantile,
} from './liquidations/index.js';
