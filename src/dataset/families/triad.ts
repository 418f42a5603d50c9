import { type EpochMs, MINUTE_MS } from '../../time/index.js';
import { type AsOfSource, asOfJoin } from '../as-of.js';
import { type WideColumnDefinition, columnMaker, nulls, quotient } from '../column.js';
import { type Rows, barEnds } from '../rows.js';

const stale = (what: string): string => `no ${what} of the last 5 minutes is known`;
const column = columnMaker({ window: 'the end of the bar' });

/** Group 3: mark, index and premium prices at the end of the bar. */
export const TRIAD = {
  triad_mark_close: column('last close of the mark price', ['markPriceKlines.close'], {
    unit: 'quote/base',
    range: '(0, ∞)',
    whenNull: stale('mark price'),
  }),
  triad_index_close: column('last close of the index price', ['indexPriceKlines.close'], {
    unit: 'quote/base',
    range: '(0, ∞)',
    whenNull: stale('index price'),
  }),
  triad_premium_close: column('last close of the premium index', ['premiumIndexKlines.close'], {
    whenNull: stale('premium index'),
  }),
  triad_basis: column('(close − triad_index_close) / triad_index_close', ['close', 'triad_index_close'], {
    range: '(-1, ∞)',
    whenNull: stale('index price'),
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type TriadColumn = keyof typeof TRIAD;
export interface TriadSources {
  readonly mark: AsOfSource<'close'> | null;
  readonly index: AsOfSource<'close'> | null;
  readonly premium: AsOfSource<'close'> | null;
}

/** The difference of two prices of different times says nothing; a few missing minutes may pass. */
export const TRIAD_MAX_AGE_MS: EpochMs = 5 * MINUTE_MS;

/** @param close of the bars themselves */
export function triadColumns(
  rows: Rows,
  close: Float64Array,
  { mark, index, premium }: TriadSources,
  maxAgeMs: EpochMs = TRIAD_MAX_AGE_MS,
): Record<TriadColumn, Float64Array> {
  const ends = barEnds(rows);
  const join = (source: AsOfSource<'close'> | null): Float64Array =>
    source ? asOfJoin(ends, source, { maxAgeMs }).columns.close : nulls(rows.length);
  const indexClose = join(index);
  return {
    triad_mark_close: join(mark),
    triad_index_close: indexClose,
    triad_premium_close: join(premium),
    triad_basis: close.map((price, row) => quotient(price - indexClose[row]!, indexClose[row]!)),
  };
}
