import { type EpochMs, MINUTE_MS } from '../../time/index.js';
import { type AsOfSource, asOfJoin } from '../as-of.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { type Rows, barEnds } from '../rows.js';

const column = columnMaker({
  window: 'the end of the bar',
  whenNull: 'not known in the last 5 minutes',
});
const price = { unit: 'quote/base', range: '(0, ∞)' } as const;

/** Group 4, Tardis tickers: what the exchange's stream said last. */
export const TICKER = {
  dt_funding_rate: column('last funding rate', ['derivative_ticker.funding_rate'], {
    unit: '1 per interval',
  }),
  dt_mark_price: column('last mark price', ['derivative_ticker.mark_price'], price),
  dt_index_price: column('last index price', ['derivative_ticker.index_price'], price),
  dt_last_price: column('last traded price', ['derivative_ticker.last_price'], price),
  dt_basis: column('(dt_last_price − dt_index_price) / dt_index_price', ['dt_last_price', 'dt_index_price'], {
    range: '(-1, ∞)',
    whenNull: 'one of the two is null',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type TickerColumn = keyof typeof TICKER;
export const TICKER_COLUMNS = ['funding_rate', 'mark_price', 'index_price', 'last_price'] as const;
export type TickerSource = AsOfSource<(typeof TICKER_COLUMNS)[number]>;

/** A stream that speaks every second and is silent for longer has stopped. */
export const TICKER_MAX_AGE_MS: EpochMs = 5 * MINUTE_MS;

export function tickerColumns(
  rows: Rows,
  source: TickerSource,
  maxAgeMs: EpochMs = TICKER_MAX_AGE_MS,
): Record<TickerColumn, Float64Array> {
  const { columns } = asOfJoin(barEnds(rows), source, { maxAgeMs });
  const { index_price: index, last_price: last } = columns;
  return {
    dt_funding_rate: columns.funding_rate,
    dt_mark_price: columns.mark_price,
    dt_index_price: index,
    dt_last_price: last,
    dt_basis: last.map((x, row) => quotient(x - index[row]!, index[row]!)),
  };
}
