import { quantileBefore } from '../dataset/index.js';
import { FEWEST } from './estimate.js';
import { averageRanks } from './ranks.js';

/** Quintiles, numbered from 0 (smallest values) to 4. */
export const QUANTILES = 5;

/** Whose values say which quantile a value is in. */
export type QuantileRule = 'cross-section' | 'own past';

/** Of `own past`: bars looked back on, and how many of them must have a value. */
export interface PastWindow {
  readonly window: number;
  readonly fewest: number;
}

const DAYS_BACK = 30;
const DAY_MS = 86_400_000;

/** 30 days, but from 100 to 2,000 bars; 100 of them must have a value. */
export function pastWindow(barMs: number): PastWindow {
  const window = Math.min(2000, Math.max(100, Math.round((DAYS_BACK * DAY_MS) / barMs)));
  return { window, fewest: 100 };
}

/**
 * The quintile of every value among the values of its own bar: ⌊5 (rank − ½) / n⌋ with average ranks, so equal values
 * are in one quintile. NaN where the value is null, and at bars where fewer than 5 symbols have one.
 */
export function quantilesAcross(factors: readonly Float64Array[], bars: number): Float64Array[] {
  const quantiles = factors.map(() => new Float64Array(bars).fill(NaN));
  for (let t = 0; t < bars; t++) {
    const there = factors.flatMap((column, i) => (Number.isNaN(column[t]!) ? [] : [i]));
    if (there.length < FEWEST.symbols) continue;
    const ranks = averageRanks(Float64Array.from(there, (i) => factors[i]![t]!));
    there.forEach((i, n) => {
      quantiles[i]![t] = Math.floor((QUANTILES * (ranks[n]! - 0.5)) / there.length);
    });
  }
  return quantiles;
}

/**
 * The quintile of every value among the values of the same symbol before it: how many of the four quintile thresholds of
 * the window it is above. The bar itself and what follows have no say. NaN before enough of the past is known.
 */
export function quantilesOfPast(factor: Float64Array, { window, fewest }: PastWindow): Float64Array {
  const thresholds = [1, 2, 3, 4].map((n) => quantileBefore(factor, n / QUANTILES, window, fewest));
  return factor.map((value, t) => {
    if (Number.isNaN(value) || Number.isNaN(thresholds[0]![t]!)) return NaN;
    return thresholds.filter((threshold) => value > threshold[t]!).length;
  });
}
