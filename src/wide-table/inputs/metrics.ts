import { METRICS_COLUMNS, METRICS_MAX_AGE_MS, type MetricsSource } from '../../dataset/index.js';
import type { Market } from '../../market/index.js';
import { type SourceMonthFile, readSourceRows } from '../../sources/index.js';
import { MINUTE_MS } from '../../time/index.js';
import { viewSeries } from './series.js';
import { type ReadOptions, SourceRows, type Span } from './span.js';

/** A row describes 5 minutes from `time` on, or a whole day: never known earlier than after the 5 minutes. */
const STEP_MS = 5 * MINUTE_MS;

/** Month files that `readMetrics` reads; only footers are read. @throws `E_LAYER`, `E_IO` */
export function viewMetrics(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
): Promise<SourceMonthFile[]> {
  return viewSeries(dataDir, market, symbol, { dataType: 'metrics' }, leadIn(span));
}

/**
 * Open interest and ratios that bars within the span can show: those known in it, and up to an hour before. Null when
 * nothing is collected of them.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readMetrics(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs }: ReadOptions = {},
): Promise<MetricsSource | null> {
  const months = await viewMetrics(dataDir, market, symbol, span);
  if (months.length === 0) return null;
  const rows = new SourceRows(METRICS_COLUMNS, leadIn(span), cutMs);
  for await (const { table } of readSourceRows(months)) {
    const time = table.columns['time']!;
    rows.add(table, table.columns['available_at']!, (row) => time[row]! + STEP_MS);
  }
  return rows.finish();
}

function leadIn({ startMs, endMs }: Span): Span {
  return { startMs: startMs - METRICS_MAX_AGE_MS, endMs };
}
