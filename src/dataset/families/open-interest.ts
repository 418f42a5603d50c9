import { type EpochMs, HOUR_MS } from '../../time/index.js';
import { type AsOfSource, asOfJoin } from '../as-of.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { type Rows, barEnds } from '../rows.js';

const NONE = 'blank, or not known in the last hour';
const column = columnMaker({ whenNull: NONE, range: '[0, ∞)', window: 'the last 5 minutes' });
const CHANGE = {
  range: '(-∞, ∞)',
  window: 'this row and the one before',
  whenNull: `${NONE}, of this row or of the previous one, or there is none`,
} as const;
const orNoVolume = { ...CHANGE, whenNull: `${CHANGE.whenNull}, or nothing was traded` } as const;

/** Group 4: open interest and ratios, from the exchange's metrics. */
export const OPEN_INTEREST = {
  oi_open_interest: column('open interest', ['metrics.sum_open_interest'], { unit: 'base (cm: contracts)' }),
  oi_open_interest_usd: column('its value', ['metrics.sum_open_interest_value'], {
    unit: 'quote (cm: base)',
  }),
  oi_delta: column('oi_open_interest − that of the previous row', ['oi_open_interest'], {
    ...CHANGE,
    unit: 'base (cm: contracts)',
  }),
  oi_delta_over_volume: column('oi_delta / volume', ['oi_delta', 'volume'], orNoVolume),
  oi_delta_usd: column('oi_open_interest_usd − that of the previous row', ['oi_open_interest_usd'], {
    ...CHANGE,
    unit: 'quote (cm: base)',
  }),
  oi_delta_usd_over_quote_volume: column(
    'oi_delta_usd / quote_volume',
    ['oi_delta_usd', 'quote_volume'],
    orNoVolume,
  ),
  ls_toptrader_long_short_ratio: column('long / short positions of top traders', [
    'metrics.sum_toptrader_long_short_ratio',
  ]),
  ls_toptrader_account_ratio: column('long / short accounts of top traders', [
    'metrics.count_toptrader_long_short_ratio',
  ]),
  ls_global_account_ratio: column('long / short accounts of all traders', ['metrics.count_long_short_ratio']),
  ls_taker_long_short_vol_ratio: column('taker buy / taker sell volume, over 5 minutes and not the bar', [
    'metrics.sum_taker_long_short_vol_ratio',
  ]),
  metrics_age_s: column('seconds since the oldest of these values became known', ['bar_end_time'], {
    unit: 's',
    range: '[0, 3600]',
    whenNull: 'none of them is known',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type OpenInterestColumn = keyof typeof OPEN_INTEREST;

export const METRICS_COLUMNS = [
  'sum_open_interest',
  'sum_open_interest_value',
  'count_toptrader_long_short_ratio',
  'sum_toptrader_long_short_ratio',
  'count_long_short_ratio',
  'sum_taker_long_short_vol_ratio',
] as const;
export type MetricsSource = AsOfSource<(typeof METRICS_COLUMNS)[number]>;

/** Twelve rows: the archive has half days missing, and half a day ago is not now. */
export const METRICS_MAX_AGE_MS: EpochMs = HOUR_MS;

/** @param traded volumes of the bars themselves */
export function openInterestColumns(
  rows: Rows,
  traded: { readonly volume: Float64Array; readonly quote_volume: Float64Array },
  source: MetricsSource,
  maxAgeMs: EpochMs = METRICS_MAX_AGE_MS,
): Record<OpenInterestColumn, Float64Array> {
  const { columns, ageSeconds } = asOfJoin(barEnds(rows), source, { maxAgeMs });
  const delta = change(columns.sum_open_interest);
  const deltaUsd = change(columns.sum_open_interest_value);
  return {
    oi_open_interest: columns.sum_open_interest,
    oi_open_interest_usd: columns.sum_open_interest_value,
    oi_delta: delta,
    oi_delta_over_volume: delta.map((value, row) => quotient(value, traded.volume[row]!)),
    oi_delta_usd: deltaUsd,
    oi_delta_usd_over_quote_volume: deltaUsd.map((value, row) => quotient(value, traded.quote_volume[row]!)),
    ls_toptrader_long_short_ratio: columns.sum_toptrader_long_short_ratio,
    ls_toptrader_account_ratio: columns.count_toptrader_long_short_ratio,
    ls_global_account_ratio: columns.count_long_short_ratio,
    ls_taker_long_short_vol_ratio: columns.sum_taker_long_short_vol_ratio,
    metrics_age_s: ageSeconds,
  };
}

function change(column: Float64Array): Float64Array {
  return column.map((value, row) => value - (column[row - 1] ?? NaN));
}
