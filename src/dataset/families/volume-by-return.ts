import type { KeptMinutes } from '../bar-minutes.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { moments, sumOf } from '../statistics.js';

const column = columnMaker({ window: 'the kept minutes', source: 'golden volatility' });
const INPUTS = ['minute.close', 'minute.volume'];
const FEW = 'fewer than 12 minutes';
const NO_VOLUME = { whenNull: `${FEW}, or no volume` } as const;
const quantile = (percent: number): WideColumnDefinition =>
  column(`smallest r up to which ${percent} % of the volume was traded`, INPUTS, NO_VOLUME);
const NO_SPREAD = { whenNull: `${FEW}, or all bins have the same volume` } as const;
const LARGEST = { ...NO_VOLUME, range: '[0, 1]' } as const;
const share = (count: number): WideColumnDefinition =>
  column(`share of the ${count} largest bins in the volume`, INPUTS, LARGEST);

/** Group 12: at which returns the volume was traded. r and volume are without the first minute. */
export const VOLUME_BY_RETURN = {
  doc_vol_pdf60: quantile(60),
  doc_vol_pdf70: quantile(70),
  doc_vol_pdf80: quantile(80),
  doc_vol_pdf90: quantile(90),
  doc_vol_pdf95: quantile(95),
  doc_vol_pdf90bi: column('smallest |r| up to which 90 % of the volume was traded', INPUTS, {
    ...NO_VOLUME,
    range: '[0, ∞)',
  }),
  doc_std: column('standard deviation of the volumes of 25 equal bins of r', INPUTS, {
    unit: 'base',
    range: '[0, ∞)',
    whenNull: FEW,
  }),
  doc_skew: column('skewness of the bins (population)', INPUTS, NO_SPREAD),
  doc_kurt: column('excess kurtosis of the bins (population)', INPUTS, NO_SPREAD),
  doc_vol5_ratio: share(5),
  doc_vol10_ratio: share(10),
  doc_vol50_ratio: column('the same of 50 bins; as there are 25, it is 1 but for rounding', INPUTS, LARGEST),
} as const satisfies Record<string, WideColumnDefinition>;

export type VolumeByReturnColumn = keyof typeof VOLUME_BY_RETURN;
const FEWEST_MINUTES = 12;
const BINS = 25;

const NONE = Object.fromEntries(Object.keys(VOLUME_BY_RETURN).map((name) => [name, NaN])) as Record<
  VolumeByReturnColumn,
  number
>;

export function volumeByReturnOf(kept: KeptMinutes): Record<VolumeByReturnColumn, number> {
  if (kept.length < FEWEST_MINUTES) return NONE;
  const returns = kept.returns.subarray(1);
  const volume = kept.volume.subarray(1);
  const upTo = volumeQuantiles(returns, volume);
  const bins = volumeBins(returns, volume);
  const { variance, third, fourth } = moments(bins);
  const total = sumOf(bins);
  const descending = bins.slice().sort().reverse();
  const shareOf = (count: number): number => quotient(sumOf(descending.subarray(0, count)), total);
  return {
    doc_vol_pdf60: upTo(0.6),
    doc_vol_pdf70: upTo(0.7),
    doc_vol_pdf80: upTo(0.8),
    doc_vol_pdf90: upTo(0.9),
    doc_vol_pdf95: upTo(0.95),
    doc_vol_pdf90bi: volumeQuantiles(returns.map(Math.abs), volume)(0.9),
    doc_std: Math.sqrt(variance),
    doc_skew: quotient(third, variance * Math.sqrt(variance)),
    doc_kurt: quotient(fourth, variance * variance) - 3,
    doc_vol5_ratio: shareOf(5),
    doc_vol10_ratio: shareOf(10),
    doc_vol50_ratio: shareOf(50),
  };
}

/** By share: the smallest value whose cumulated volume reaches it; null without volume. */
function volumeQuantiles(values: Float64Array, volume: Float64Array): (share: number) => number {
  const order = Array.from(values.keys())
    .filter((i) => volume[i]! > 0)
    .sort((a, b) => values[a]! - values[b]!);
  let sum = 0;
  const cumulated = order.map((i) => (sum += volume[i]!));
  return (share) => {
    const reached = cumulated.findIndex((part) => part >= share * sum);
    return values[order[reached] ?? -1] ?? NaN;
  };
}

/** Volume of 25 equal bins between the extremes of r; when there is but one r, one bin has it all. */
export function volumeBins(returns: Float64Array, volume: Float64Array): Float64Array {
  const smallest = returns.reduce((least, r) => Math.min(least, r));
  const largest = returns.reduce((most, r) => Math.max(most, r));
  const step = (largest - smallest) / BINS;
  const bins = new Float64Array(BINS);
  returns.forEach((r, i) => {
    let bin = step > 0 ? Math.min(BINS - 1, Math.floor((r - smallest) / step)) : 0;
    // The quotient may miss an edge by a bit; the edges themselves decide.
    if (bin > 0 && r < smallest + bin * step) bin--;
    else if (bin < BINS - 1 && step > 0 && r >= smallest + (bin + 1) * step) bin++;
    bins[bin]! += volume[i]!;
  });
  return bins;
}
