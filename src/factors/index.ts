/** Factors: columns derived from bars, and the registry that names and documents every one. Pure. */
export { type Factor, type FactorDefinition, listFactors } from './registry.js';
export { type FactorTable, makeTable } from './factor-table.js';
export { type OrderFlowFactor, ORDER_FLOW, ORDER_FLOW_FACTORS } from './order-flow-registry.js';
export { orderFlowFactors } from './order-flow.js';
export { renderFactorDocs } from './docs.js';
