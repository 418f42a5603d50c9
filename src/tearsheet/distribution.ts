import { meanOf } from './correlation.js';
import { orNull } from './estimate.js';

export interface Distribution {
  readonly observations: number;
  readonly zeros: number;
  readonly mean: number | null;
  /** Of the sample. */
  readonly deviation: number | null;
  /** Third and fourth standardised moments of the population, the fourth less 3. */
  readonly skewness: number | null;
  readonly excessKurtosis: number | null;
  /** Linear between neighbours. */
  readonly quantiles: readonly { readonly q: number; readonly value: number }[];
  readonly histogram: Histogram | null;
}

/** Bins of equal width from `low` to `high`, the last one closed; what lies outside is counted aside. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

const SHOWN = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
const BINS = 40;

export function distributionOf(columns: readonly Float64Array[]): Distribution {
  const present = columns.map((column) => column.filter((value) => !Number.isNaN(value)));
  const n = present.reduce((sum, { length }) => sum + length, 0);
  const values = new Float64Array(n);
  let at = 0;
  for (const column of present) {
    values.set(column, at);
    at += column.length;
  }
  values.sort();
  const mean = meanOf(values);
  let [second, third, fourth] = [0, 0, 0];
  for (const value of values) {
    const distance = value - mean;
    second += distance ** 2 / n;
    third += distance ** 3 / n;
    fourth += distance ** 4 / n;
  }
  return {
    observations: n,
    zeros: values.filter((value) => value === 0).length,
    mean: orNull(mean),
    deviation: orNull(Math.sqrt((second * n) / (n - 1))),
    skewness: orNull(third / second ** 1.5),
    excessKurtosis: orNull(fourth / second ** 2 - 3),
    quantiles: n === 0 ? [] : SHOWN.map((q) => ({ q, value: quantileOfSorted(values, q) })),
    histogram: histogramOf(values),
  };
}

function quantileOfSorted(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)]!;
  const high = sorted[Math.ceil(position)]!;
  return low + (high - low) * (position - Math.floor(position));
}

/** From the 1 % to the 99 % quantile, or over all values when these are equal; null when all values are. */
function histogramOf(sorted: Float64Array): Histogram | null {
  const n = sorted.length;
  if (n === 0 || sorted[0] === sorted[n - 1]) return null;
  let [low, high] = [quantileOfSorted(sorted, 0.01), quantileOfSorted(sorted, 0.99)];
  if (low === high) [low, high] = [sorted[0]!, sorted[n - 1]!];
  const counts = new Array<number>(BINS).fill(0);
  let [below, above] = [0, 0];
  for (const value of sorted) {
    if (value < low) below++;
    else if (value > high) above++;
    else counts[Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS))]!++;
  }
  return { low, high, counts, below, above };
}
