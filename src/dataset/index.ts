/**
 * The wide table: one row a symbol and bar, made of what was known at its end. Pure: columns in, columns out.
 *
 * One symbol, its minutes month by month, then all symbols stretch by stretch:
 *
 * ```
 * gridFromLayer | gridFromKlines ─► MinuteColumns.add … finish ─► symbolTable ─► applyCrossSection ─► computeFactors
 *   (a month)                        (columns of all bars)          ▲    │                ▲
 *                                        asOf sources, factors ─────┘    └─► CrossSections.add … close
 * ```
 */
export {
  type WideColumn,
  type WideColumnDefinition,
  type WideFamily,
  WIDE_FAMILIES,
  columnMaker,
} from './column.js';
export { ORDER_FLOW_PREFIX, WIDE_COLUMNS, listWideColumns } from './registry.js';
export { renderWideTableDocs } from './docs.js';
export {
  type GridCarry,
  type MinuteGrid,
  type MinuteSpan,
  cutGrid,
  gridFromKlines,
  gridFromLayer,
  sliceGrid,
} from './minute-grid.js';
export { type BarMinutes, type KeptMinutes, barsOfGrid, keptMinutes } from './bar-minutes.js';
export {
  type MinuteFamilyColumn,
  MINUTE_FAMILY_COLUMNS,
  MinuteColumns,
  minuteColumns,
} from './minute-columns.js';
export { type Rows, alignTo, barEnds, makeRows } from './rows.js';
export { rollingMean, rollingZ, quantileBefore } from './rolling.js';
export {
  type AsOfJoin,
  type AsOfOptions,
  type AsOfSource,
  asOfJoin,
  cutSource,
  sourceColumns,
  thinSource,
} from './as-of.js';
export { FUNDING_MAX_AGE_MS, type FundingSource, fundingColumns } from './families/funding.js';
export { TRIAD_MAX_AGE_MS, type TriadSources, triadColumns } from './families/triad.js';
export {
  METRICS_COLUMNS,
  METRICS_MAX_AGE_MS,
  type MetricsSource,
  openInterestColumns,
} from './families/open-interest.js';
export { DUMP_VALUES, type DumpSources, type WideDump, dumpColumns } from './families/dumps.js';
export { TICKER_COLUMNS, TICKER_MAX_AGE_MS, type TickerSource, tickerColumns } from './families/ticker.js';
export { timeColumns } from './families/universe.js';
export { AFTERTHOUGHTS, type QualityInputs, qualityColumns } from './families/quality.js';
export { rvStability } from './families/volatility.js';
export { type CrossInputs, acrossTimeColumns } from './families/cross.js';
export { type MaxAges, type SymbolInputs, symbolTable } from './symbol-table.js';
export {
  CROSS_SECTION_COLUMNS,
  type CrossSection,
  type CrossSectionRows,
  CrossSections,
  applyCrossSection,
} from './cross-section.js';
export {
  type FactorInputs,
  type FactorRows,
  type UserFactor,
  type UserFactorDefinition,
  computeFactors,
  defineFactor,
  orderFactors,
} from './define-factor.js';
export { type FactorSources, FACTOR_SOURCE_NAMES, NO_SOURCES, factorSources } from './factor-sources.js';
export { type Built, type Leak, type LeakOptions, type LeakReport, checkLeaks, compareCut } from './leaks.js';
