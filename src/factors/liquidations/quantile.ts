/** Quantiles are read as decimals with this many parts to 1. */
const PARTS = 1e8;

/** A quantile Q, `0 ≤ Q ≤ 1`, of at most 8 decimals. */
export interface Quantile {
  /** Q × 10⁸, a whole number. */
  readonly parts: number;
  /** Q itself. */
  readonly q: number;
  /** 100 Q as it stands in names of columns: `90`, `99.5`. */
  readonly label: string;
}

/** Null when `q` is no number of 0 … 1 with at most 8 decimals. */
export function toQuantile(q: number): Quantile | null {
  const parts = Math.round(q * PARTS);
  if (!(q >= 0 && q <= 1) || parts / PARTS !== q) return null;
  return { parts, q, label: String(parts / (PARTS / 100)) };
}

/**
 * The quantile of the first `length` ≥ 1 entries of a sorted column, linear between neighbours.
 *
 * Its position, (length − 1) Q, is computed from the decimal Q: 0.29 × 100 is 29 here, not 28.999999999999996, so that a
 * quantile that is one of the values is exactly that value.
 */
export function quantileOfSorted(sorted: Float64Array, length: number, { parts }: Quantile): number {
  const position = (length - 1) * parts;
  const below = Math.floor(position / PARTS);
  const value = sorted[below]!;
  const rest = position - below * PARTS;
  return rest === 0 ? value : value + (rest / PARTS) * (sorted[below + 1]! - value);
}
