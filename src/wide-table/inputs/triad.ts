import { type AsOfSource, TRIAD_MAX_AGE_MS, type TriadSources } from '../../dataset/index.js';
import { KLINE_INTERVALS, type Market } from '../../market/index.js';
import { type SourceMonthFile, readSourceRows } from '../../sources/index.js';
import { type Frequency, HOUR } from '../../time/index.js';
import { viewSeries } from './series.js';
import { type ReadOptions, SourceRows, type Span } from './span.js';

const TRIAD_TYPES = {
  mark: 'markPriceKlines',
  index: 'indexPriceKlines',
  premium: 'premiumIndexKlines',
} as const;
export type TriadName = keyof typeof TRIAD_TYPES;

/** Months of one kind of price klines, each of one interval. */
export interface TriadMonths {
  readonly interval: string;
  readonly lengthMs: number;
  readonly month: SourceMonthFile;
}

/**
 * Month files that `readTriad` reads of one kind, oldest first: of each month the longest interval that divides the bar.
 * All of them say the same at the end of a bar, the longest in the fewest rows. Only footers are read.
 * @throws `E_LAYER`, `E_IO`
 */
export async function viewTriad(
  dataDir: string,
  market: Market,
  symbol: string,
  name: TriadName,
  span: Span,
  frequency: Frequency = HOUR,
): Promise<TriadMonths[]> {
  const found = new Map<string, TriadMonths>();
  for (const { label, lengthMs } of KLINE_INTERVALS) {
    if (lengthMs === null || frequency.lengthMs % lengthMs !== 0) continue;
    const series = { dataType: TRIAD_TYPES[name], interval: label };
    for (const month of await viewSeries(dataDir, market, symbol, series, leadIn(span))) {
      found.set(month.key, { interval: label, lengthMs, month });
    }
  }
  return [...found.values()].sort((a, b) => (a.month.key < b.month.key ? -1 : 1));
}

/**
 * Closes of mark, index and premium klines that bars of this length within the span can show; null for each of which
 * nothing is collected. Coin-margined index prices are those of the contract's pair.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readTriad(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs, frequency = HOUR }: ReadOptions & { readonly frequency?: Frequency } = {},
): Promise<TriadSources> {
  const read = async (name: TriadName): Promise<AsOfSource<'close'> | null> => {
    const months = await viewTriad(dataDir, market, symbol, name, span, frequency);
    if (months.length === 0) return null;
    const rows = new SourceRows(['close'] as const, leadIn(span), cutMs);
    for (const { lengthMs, month } of months) {
      for await (const { table } of readSourceRows([month])) {
        const time = table.columns['time']!;
        rows.add(table, table.columns['available_at']!, (row) => time[row]! + lengthMs);
      }
    }
    return rows.finish();
  };
  return { mark: await read('mark'), index: await read('index'), premium: await read('premium') };
}

function leadIn({ startMs, endMs }: Span): Span {
  return { startMs: startMs - TRIAD_MAX_AGE_MS, endMs };
}
