import { meanOf } from './correlation.js';

/**
 * Fewest observations below which there is no number but `too few`.
 * - `pairs`: of a correlation over pairs of factor and return
 * - `symbols`: of a correlation, or of quantiles, across symbols at one bar
 * - `bars`: of a mean over bars
 * - `windows`: horizons that must fit into the bars of a mean, one after the other, for its standard error
 */
export const FEWEST = { pairs: 30, symbols: 5, bars: 30, windows: 10 } as const;

/** A number and how many observations it is made of; null when they are too few, or do not vary. */
export interface Estimate {
  readonly value: number | null;
  readonly observations: number;
}

/** A mean over bars. */
export interface MeanEstimate {
  readonly mean: number | null;
  /** Sample standard deviation over the bars. */
  readonly deviation: number | null;
  /** Newey–West; null as well when the horizon fits fewer than 10 times into the bars. */
  readonly standardError: number | null;
  /** mean / standardError */
  readonly t: number | null;
  /** Lags of the standard error. */
  readonly lags: number;
  /** Bars that have a value. */
  readonly bars: number;
}

export function estimate(value: number, observations: number, fewest: number): Estimate {
  return { value: observations >= fewest ? orNull(value) : null, observations };
}

export const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Lags for values that overlap over `horizon` bars: at least horizon − 1, the order of the moving average that overlapping
 * makes (Hansen and Hodrick 1980), and at least ⌊4 (n / 100)^(2/9)⌋ (Newey and West 1994).
 */
export function lagsFor(horizon: number, bars: number): number {
  return Math.max(horizon - 1, Math.floor(4 * (bars / 100) ** (2 / 9)));
}

/**
 * Mean over time with the standard error of Newey and West (1987): √(ω / n), ω = γ₀ + 2 Σₗ (1 − l / (L + 1)) γₗ, l = 1 … L.
 * γₗ is the sum of (x(t) − mean) (x(t+l) − mean) over the bars t where both are there, divided by n, so that bars
 * without a value (NaN) keep their place in time.
 * @param horizon bars over which the values overlap
 */
export function meanOverTime(series: Float64Array, horizon: number): MeanEstimate {
  const present = series.filter((value) => !Number.isNaN(value));
  const n = present.length;
  const lags = lagsFor(horizon, n);
  if (n < FEWEST.bars) {
    return { mean: null, deviation: null, standardError: null, t: null, lags, bars: n };
  }
  const mean = meanOf(present);
  const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  let omega = squares / n;
  for (let lag = 1; lag <= lags; lag++) {
    let products = 0;
    for (let t = 0; t + lag < series.length; t++) {
      const product = (series[t]! - mean) * (series[t + lag]! - mean);
      if (!Number.isNaN(product)) products += product;
    }
    omega += 2 * (1 - lag / (lags + 1)) * (products / n);
  }
  // Gaps can make ω negative, and a constant makes it 0: neither is a standard error.
  const isUsable = n >= horizon * FEWEST.windows && omega > (Math.abs(mean) * 1e-14) ** 2;
  const standardError = isUsable ? Math.sqrt(omega / n) : null;
  return {
    mean,
    deviation,
    standardError,
    t: standardError === null ? null : mean / standardError,
    lags,
    bars: n,
  };
}
