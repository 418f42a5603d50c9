import { averageRanks } from './ranks.js';

/** Pearson correlation of values that are not NaN; NaN below 2 pairs and when either side does not vary. */
export function pearson(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  if (n < 2) return NaN;
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Of equal values the mean may be off by a rounding, which would pass for a variance.
  if (xx <= n * (meanX * 1e-15) ** 2 || yy <= n * (meanY * 1e-15) ** 2) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** Spearman correlation: Pearson's of the average ranks. */
export function spearman(x: Float64Array, y: Float64Array): number {
  return pearson(averageRanks(x), averageRanks(y));
}

/** Mean; the distances from the first value carry no rounding where values are close together. */
export function meanOf(values: Float64Array): number {
  const first = values[0] ?? NaN;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - first;
  return first + sum / values.length;
}
