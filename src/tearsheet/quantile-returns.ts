import { type MeanEstimate, meanOverTime } from './estimate.js';
import { QUANTILES, type QuantileRule } from './quantiles.js';

export interface QuantileReturn extends MeanEstimate {
  /** 1 … 5, smallest values of the factor first. */
  readonly quantile: number;
  /** Pairs of symbol and bar. */
  readonly observations: number;
}

/** Mean forward return of the symbols of each quantile at each bar, NaN where it has none, and their number in all. */
export function returnsByQuantile(
  quantiles: readonly Float64Array[],
  forward: readonly Float64Array[],
  bars: number,
): { readonly series: readonly Float64Array[]; readonly observations: readonly number[] } {
  const series = Array.from({ length: QUANTILES }, () => new Float64Array(bars).fill(NaN));
  const observations = new Array<number>(QUANTILES).fill(0);
  const sums = new Float64Array(QUANTILES);
  const counts = new Float64Array(QUANTILES);
  for (let t = 0; t < bars; t++) {
    sums.fill(0);
    counts.fill(0);
    quantiles.forEach((column, i) => {
      const quantile = column[t]!;
      const value = forward[i]![t]!;
      if (Number.isNaN(quantile) || Number.isNaN(value)) return;
      sums[quantile]! += value;
      counts[quantile]!++;
    });
    for (let quantile = 0; quantile < QUANTILES; quantile++) {
      if (counts[quantile] === 0) continue;
      series[quantile]![t] = sums[quantile]! / counts[quantile]!;
      observations[quantile]! += counts[quantile]!;
    }
  }
  return { series, observations };
}

export function quantileReturns(
  quantiles: readonly Float64Array[],
  forward: readonly Float64Array[],
  bars: number,
  horizon: number,
): QuantileReturn[] {
  const { series, observations } = returnsByQuantile(quantiles, forward, bars);
  return series.map((values, i) => ({
    quantile: i + 1,
    observations: observations[i]!,
    ...meanOverTime(values, horizon),
  }));
}

/**
 * What is earned by holding the top quantile against the bottom one, for one horizon from each bar on.
 * - `cross-section`: mean return of the top − mean return of the bottom, at bars that have both.
 * - `own past`: (Σ returns of the symbols in their top − Σ of those in their bottom) / symbols with a quantile and a return;
 *   0 when there is neither.
 */
export function spreadSeries(
  rule: QuantileRule,
  quantiles: readonly Float64Array[],
  forward: readonly Float64Array[],
  bars: number,
): Float64Array {
  if (rule === 'cross-section') {
    const { series } = returnsByQuantile(quantiles, forward, bars);
    return series[QUANTILES - 1]!.map((top, t) => top - series[0]![t]!);
  }
  return Float64Array.from({ length: bars }, (_, t) => {
    let sum = 0;
    let count = 0;
    quantiles.forEach((column, i) => {
      const quantile = column[t]!;
      const value = forward[i]![t]!;
      if (Number.isNaN(quantile) || Number.isNaN(value)) return;
      count++;
      if (quantile === QUANTILES - 1) sum += value;
      else if (quantile === 0) sum -= value;
    });
    return count === 0 ? NaN : sum / count;
  });
}

/**
 * Σ spread / horizon: a horizon's worth of portfolios overlap, each with its part of the capital (Jegadeesh and Titman
 * 1993). Log returns, before costs. A bar without a spread is null and adds nothing.
 */
export function cumulatedSpread(spread: Float64Array, horizon: number): Float64Array {
  let sum = 0;
  return spread.map((value) => (Number.isNaN(value) ? NaN : (sum += value / horizon)));
}
