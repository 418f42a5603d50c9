import type { BarMinutes, KeptMinutes } from '../bar-minutes.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { rollingMean } from '../rolling.js';
import { deviation, mean, ratios, sumOfSquares } from '../statistics.js';

const column = columnMaker({ range: '[0, ∞)', window: 'the kept minutes', source: 'golden volatility' });
const VOLUME = ['minute.volume'];
const CLOSE = ['minute.close'];
const RANGE = ['minute.high', 'minute.low'];
const SHARE = { range: '[0, 1]', whenNull: 'the close does not move' } as const;

/**
 * Group 8: how much it moves. Minutes with high / low > 1.2 are left out, unless fewer than 10 remain. Standard deviations
 * are of the population. r is ln of successive closes of kept minutes, 0 for the first.
 */
export const VOLATILITY = {
  n_minutes: column('minutes of the bar that are there, traded or not', ['minute'], {
    unit: 'minutes',
    range: '[1, ∞)',
    type: 'int64',
    window: 'the bar',
  }),
  n_minutes_kept: column('those with high / low ≤ 1.2; all when fewer than 10 are', RANGE, {
    unit: 'minutes',
    range: '[1, ∞)',
    type: 'int64',
    window: 'the bar',
  }),
  min_range_ratio_max: column('largest high / low of all minutes, kept or not', RANGE, {
    range: '[1, ∞)',
    window: 'the bar',
  }),
  vol_1m_mean: column('mean volume of a minute', VOLUME, { unit: 'base' }),
  vol_1m_std: column('its standard deviation', VOLUME, { unit: 'base' }),
  vol_1m_cv: column('vol_1m_std / vol_1m_mean', ['vol_1m_std', 'vol_1m_mean'], {
    whenNull: 'vol_1m_mean = 0',
  }),
  range_ratio_1m_std: column('standard deviation of high / low', RANGE),
  log_range_1m_std: column('standard deviation of ln(high / low)', RANGE),
  up_vol_l2: column('√Σ r² of r > 0', CLOSE),
  down_vol_l2: column('√Σ r² of r < 0', CLOSE),
  up_var_share: column('Σ r² of r > 0 / Σ r²', CLOSE, SHARE),
  down_var_share: column('Σ r² of r < 0 / Σ r²', CLOSE, SHARE),
  rv_std_sqrt60: column('standard deviation of r × √60, whatever the length of the bar', CLOSE, {
    unit: '1 per √hour',
  }),
  rv_l2: column('√Σ r²', CLOSE),
  rv_per_vol: column('rv_std_sqrt60 / vol_1m_mean', ['rv_std_sqrt60', 'vol_1m_mean'], {
    unit: '1/base',
    whenNull: 'vol_1m_mean = 0',
  }),
  rv_stability_24h: column('rv_std_sqrt60 / its mean over 24 rows', ['rv_std_sqrt60'], {
    window: '24 rows ending with this one',
    whenNull: 'fewer than 24 rows, or their mean is 0',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type VolatilityColumn = keyof typeof VOLATILITY;
/** What looks at other rows is computed when all rows are there. */
export type BarVolatilityColumn = Exclude<VolatilityColumn, 'rv_stability_24h'>;

export function volatilityOf(bar: BarMinutes, kept: KeptMinutes): Record<BarVolatilityColumn, number> {
  const { returns, volume } = kept;
  const rangeRatios = ratios(kept.high, kept.low, 0);
  const up = sumOfSquares(returns.filter((r) => r > 0));
  const down = sumOfSquares(returns.filter((r) => r < 0));
  const volumeMean = mean(volume);
  const volumeStd = deviation(volume);
  const rv = deviation(returns) * Math.sqrt(60);
  return {
    n_minutes: bar.length,
    n_minutes_kept: kept.length,
    min_range_ratio_max: ratios(bar.high, bar.low, 0).reduce((largest, x) => Math.max(largest, x)),
    vol_1m_mean: volumeMean,
    vol_1m_std: volumeStd,
    vol_1m_cv: quotient(volumeStd, volumeMean),
    range_ratio_1m_std: deviation(rangeRatios),
    log_range_1m_std: deviation(rangeRatios.map(Math.log)),
    up_vol_l2: Math.sqrt(up),
    down_vol_l2: Math.sqrt(down),
    up_var_share: quotient(up, up + down),
    down_var_share: quotient(down, up + down),
    rv_std_sqrt60: rv,
    rv_l2: Math.sqrt(sumOfSquares(returns)),
    rv_per_vol: quotient(rv, volumeMean),
  };
}

export function rvStability(rv: Float64Array): Float64Array {
  const usual = rollingMean(rv, 24);
  return rv.map((value, row) => quotient(value, usual[row]!));
}
