/** Below this number of events the shape of their values is not looked at. */
export const FEWEST_FOR_SHAPE = 5;

/** Sample skewness and excess kurtosis; NaN is null. */
export interface Shape {
  readonly skew: number;
  readonly kurt: number;
}

const NO_SHAPE: Shape = { skew: NaN, kurt: NaN };

/**
 * Bias-corrected skewness (adjusted Fisher–Pearson, G1) and excess kurtosis (G2) of `values`, those of pandas and DuckDB.
 * Null for fewer than `FEWEST_FOR_SHAPE` values, and when all are equal: nothing has been divided by a spread
 * of 0. (pandas says 0 there, DuckDB NaN or null.)
 *
 * Sorts `values` in place. Powers are summed in ascending order of value, so the result does not depend on the order
 * that they came in.
 */
export function shapeOf(values: Float64Array): Shape {
  const n = values.length;
  if (n < FEWEST_FOR_SHAPE) return NO_SHAPE;
  values.sort();
  const smallest = values[0]!;
  if (values[n - 1] === smallest) return NO_SHAPE;

  // Distances from the smallest value carry no rounding where values lie close together, unlike those from a mean.
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]! - smallest;
  let mean = sum / n;
  let residue = 0;
  for (let i = 0; i < n; i++) residue += values[i]! - smallest - mean;
  mean += residue / n;

  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const distance = values[i]! - smallest - mean;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  const variance = second / n;
  const g1 = third / n / (variance * Math.sqrt(variance));
  const g2 = fourth / n / (variance * variance) - 3;
  return {
    skew: (g1 * Math.sqrt(n * (n - 1))) / (n - 2),
    kurt: ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6),
  };
}
