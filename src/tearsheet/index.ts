/**
 * Tear sheets: what a factor says of the returns after it. The statistics are pure and in files of their own; `readPanel`
 * reads, `sheetHtml` and `sheetText` show. Definitions: docs/tearsheet.md.
 */
export { type PanelRequest, type ReadPanel, readPanel } from './read-panel.js';
export { parseHorizons } from './horizons.js';
export { type Horizon, type TearSheet, tearSheet } from './tear-sheet.js';
export type { FactorPanel, SymbolColumns } from './panel.js';
export type { Sheet } from './sheet.js';
export { sheetHtml } from './sheet-html.js';
export { sheetText } from './sheet-text.js';
