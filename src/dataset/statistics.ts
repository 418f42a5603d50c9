/** Statistics of a few numbers, none of them null. Sums run in the order of the numbers, so bits repeat. */

/** NaN for none. */
export function mean(values: Float64Array): number {
  return moments(values).mean;
}

export interface Moments {
  readonly mean: number;
  /** Of the population, divided by n; exactly 0 when all are equal. */
  readonly variance: number;
  /** Σ d³ / n and Σ d⁴ / n, d being the distance from the mean. */
  readonly third: number;
  readonly fourth: number;
}

/**
 * Central moments, by distances from the first value and then from their mean: nothing large is subtracted from anything
 * large, as it is in E[x²] − E[x]².
 */
export function moments(values: Float64Array): Moments {
  const n = values.length;
  const first = values[0] ?? NaN;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]! - first;
  let shift = sum / n;
  let residue = 0;
  for (let i = 0; i < n; i++) residue += values[i]! - first - shift;
  shift += residue / n;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const distance = values[i]! - first - shift;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  return { mean: first + shift, variance: second / n, third: third / n, fourth: fourth / n };
}

/** Standard deviation of the population. */
export function deviation(values: Float64Array): number {
  return Math.sqrt(moments(values).variance);
}

export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

export function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

export function ratios(numerators: Float64Array, denominators: Float64Array, atLeast: number): Float64Array {
  return numerators.map((value, i) => value / Math.max(denominators[i]!, atLeast));
}

/** Quantile, linear between neighbours, of at least one value. */
export function quantileLinear(values: Float64Array, q: number): number {
  const sorted = values.slice().sort();
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** Least squares of `values` on 0 … n − 1. */
export interface Trend {
  readonly slope: number;
  /** Share of the variance that the line explains; null (NaN) when there is none. */
  readonly r2: number;
}

/** Null below 3 values: a line through two points explains everything. */
export function trendOf(values: Float64Array): Trend {
  const n = values.length;
  if (n < 3) return { slope: NaN, r2: NaN };
  const { mean: average, variance } = moments(values);
  const middle = (n - 1) / 2;
  let covariance = 0;
  for (let i = 0; i < n; i++) covariance += (i - middle) * (values[i]! - average);
  const timeSquares = (n * (n * n - 1)) / 12;
  const slope = covariance / timeSquares;
  if (variance === 0) return { slope: 0, r2: NaN };
  return { slope, r2: Math.min(1, (slope * covariance) / (variance * n)) };
}

/** Pearson correlation; null (NaN) below `fewest` pairs, and when either side does not vary. */
export function correlation(x: Float64Array, y: Float64Array, fewest: number): number {
  const n = x.length;
  if (n < fewest) return NaN;
  const ofX = moments(x);
  const ofY = moments(y);
  if (ofX.variance === 0 || ofY.variance === 0) return NaN;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (x[i]! - ofX.mean) * (y[i]! - ofY.mean);
  const value = sum / n / Math.sqrt(ofX.variance) / Math.sqrt(ofY.variance);
  return Math.max(-1, Math.min(1, value));
}
