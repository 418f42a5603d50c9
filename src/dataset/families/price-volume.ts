import type { KeptMinutes } from '../bar-minutes.js';
import { EPSILON, type WideColumnDefinition, columnMaker } from '../column.js';
import { correlation } from '../statistics.js';

const column = columnMaker({
  range: '[-1, 1]',
  window: 'the kept minutes',
  source: 'golden volatility',
  whenNull: 'fewer than 10 pairs, or one side does not vary',
});
const INPUTS = ['minute.close', 'minute.volume'];

/** Group 11: Pearson correlations of price and volume over the minutes. */
export const PRICE_VOLUME = {
  corr_prv: column('r and volume, without the first minute', INPUTS),
  corr_prvr: column('r and change of volume, v / previous v − 1, clipped to ±10', INPUTS),
  corr_pv: column('close and volume', INPUTS),
  corr_pvd: column('close and volume of the minute before', INPUTS),
  corr_pvl: column('close and volume of the minute after, within the bar', INPUTS),
  corr_pvr: column('close and change of volume', INPUTS),
} as const satisfies Record<string, WideColumnDefinition>;

export type PriceVolumeColumn = keyof typeof PRICE_VOLUME;
const FEWEST_PAIRS = 10;
const LARGEST_CHANGE = 10;

export function priceVolumeOf({ returns, close, volume }: KeptMinutes): Record<PriceVolumeColumn, number> {
  const later = volume.subarray(1);
  const change = later.map((v, i) => {
    const relative = v / Math.max(volume[i]!, EPSILON) - 1;
    return Math.max(-LARGEST_CHANGE, Math.min(LARGEST_CHANGE, relative));
  });
  const r = returns.subarray(1);
  const pearson = (x: Float64Array, y: Float64Array): number => correlation(x, y, FEWEST_PAIRS);
  return {
    corr_prv: pearson(r, later),
    corr_prvr: pearson(r, change),
    corr_pv: pearson(close, volume),
    corr_pvd: pearson(close.subarray(1), volume.subarray(0, -1)),
    corr_pvl: pearson(close.subarray(0, -1), later),
    corr_pvr: pearson(close.subarray(1), change),
  };
}
