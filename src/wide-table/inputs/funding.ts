import { FUNDING_MAX_AGE_MS, type FundingSource } from '../../dataset/index.js';
import type { Market } from '../../market/index.js';
import { type SourceMonthFile, readSourceRows } from '../../sources/index.js';
import { viewSeries } from './series.js';
import { type ReadOptions, SourceRows, type Span } from './span.js';

const DATA_TYPE = 'fundingRate';

/** Month files that `readFunding` reads; only footers are read. @throws `E_LAYER`, `E_IO` */
export function viewFunding(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
): Promise<SourceMonthFile[]> {
  return viewSeries(dataDir, market, symbol, { dataType: DATA_TYPE }, leadIn(span));
}

/**
 * Settlements that bars within the span can show: those known in it, and up to 24 hours before; rates per interval, hours
 * between settlements, `availableAt` in ms. Null when nothing is collected of them.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readFunding(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs }: ReadOptions = {},
): Promise<FundingSource | null> {
  const months = await viewFunding(dataDir, market, symbol, span);
  if (months.length === 0) return null;
  const rows = new SourceRows(['last_funding_rate', 'funding_interval_hours'] as const, leadIn(span), cutMs);
  for await (const { table } of readSourceRows(months)) {
    const time = table.columns['time']!;
    rows.add(table, table.columns['available_at']!, (row) => time[row]!);
  }
  return rows.finish();
}

function leadIn({ startMs, endMs }: Span): Span {
  return { startMs: startMs - FUNDING_MAX_AGE_MS, endMs };
}
