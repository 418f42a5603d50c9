/** Roll-up of minute bars to bars of any frequency. Pure: columns in, columns out. */
export { type BarColumn, type Bars, BAR_COLUMNS, allocateBars, concatBars } from './bars.js';
export { rollUp } from './roll-up.js';
export { ExactSum } from './exact-sum.js';
