import { spearman } from './correlation.js';
import { type Estimate, FEWEST, estimate, orNull } from './estimate.js';
import { pairsAcross, pairsOf } from './panel.js';

/** How much of what the factor says still holds some bars later. */
export interface Persistence {
  readonly bars: number;
  /** Share of the values that are in another quantile then. */
  readonly turnover: Estimate;
  /** Spearman correlation of the factor with itself: see `rankAutocorrelation`. */
  readonly rankAutocorrelation: Estimate;
}

export function turnover(quantiles: readonly Float64Array[], bars: number): Estimate {
  let changed = 0;
  let pairs = 0;
  for (const column of quantiles) {
    for (let t = 0; t + bars < column.length; t++) {
      const [now, then] = [column[t]!, column[t + bars]!];
      if (Number.isNaN(now) || Number.isNaN(then)) continue;
      pairs++;
      if (now !== then) changed++;
    }
  }
  return estimate(changed / pairs, pairs, FEWEST.pairs);
}

/**
 * With 5 symbols or more the mean over bars of the correlation across symbols, observations being bars; else the mean over
 * symbols of the correlation over time, observations being pairs of bars.
 */
export function rankAutocorrelation(factors: readonly Float64Array[], bars: number): Estimate {
  const later = factors.map((column) => [column, column.map((_, t) => column[t + bars] ?? NaN)] as const);
  const length = factors[0]?.length ?? 0;
  const found: number[] = [];
  let observations = 0;
  if (factors.length >= FEWEST.symbols) {
    const pairsAt = pairsAcross(later);
    for (let t = 0; t < length; t++) {
      const { x, y } = pairsAt(t);
      const value = x.length < FEWEST.symbols ? NaN : spearman(x, y);
      if (!Number.isNaN(value)) found.push(value);
    }
    observations = found.length;
  } else {
    for (const column of later) {
      const { x, y } = pairsOf([column]);
      const value = x.length < FEWEST.pairs ? NaN : spearman(x, y);
      if (Number.isNaN(value)) continue;
      found.push(value);
      observations += x.length;
    }
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  return { value: observations >= FEWEST.bars ? orNull(mean) : null, observations };
}
