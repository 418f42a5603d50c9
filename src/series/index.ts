/**
 * Columns for looking at: one symbol, any span, any frequency from 1m up, each column from wherever it is kept. Charts,
 * plots and tear sheets read through this door. Reads, and writes nothing.
 */
export {
  type Series,
  type SeriesColumn,
  type SeriesRequest,
  type SeriesSpan,
  SERIES_FREQUENCIES,
  parseSeriesFrequency,
} from './request.js';
export { listSeriesColumns, readSeries } from './read-series.js';
export { type SeriesSymbol, listSeriesSymbols } from './symbols.js';
