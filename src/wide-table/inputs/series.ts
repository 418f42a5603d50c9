import type { Market } from '../../market/index.js';
import {
  SOURCE_KINDS,
  type SourceMonthFile,
  type SourceType,
  sourceSeries,
  viewSource,
} from '../../sources/index.js';
import { DAY_MS } from '../../time/index.js';
import type { Span } from './span.js';

/** A row may be filed under the day before it becomes known, or two when it describes a whole day. */
const FILED_BEFORE_MS = 2 * DAY_MS;

/** Months of a series that can hold rows known within the span; none where the market has no such data. */
export async function viewSeries(
  dataDir: string,
  market: Market,
  symbol: string,
  series: { readonly dataType: SourceType; readonly interval?: string },
  span: Span,
): Promise<SourceMonthFile[]> {
  if (!SOURCE_KINDS[series.dataType].markets.includes(market)) return [];
  const range = { startMs: span.startMs - FILED_BEFORE_MS, endMs: span.endMs };
  return viewSource(dataDir, sourceSeries({ market, symbol, ...series }), range);
}
