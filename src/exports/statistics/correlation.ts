/** Two columns that say nearly the same. */
export interface CorrelatedPair {
  readonly a: string;
  readonly b: string;
  readonly correlation: number;
  /** Rows in which both have a value. */
  readonly rows: number;
}

export interface CorrelatedColumns {
  readonly pairs: readonly CorrelatedPair[];
  /** Pairs that were looked at. */
  readonly compared: number;
}

/** Fewer rows than this say nothing of a pair. */
export const PAIR_FEWEST = 100;

interface Standardized {
  readonly name: string;
  /** Mean 0 and standard deviation 1; null is 0 here. */
  readonly values: Float64Array;
  /** 1 where there is a value; null when there is one everywhere. */
  readonly present: Float64Array | null;
}

/**
 * Pairs whose Pearson correlation is beyond ±`limit`, over the rows in which both have a value, the strongest first.
 * Columns that do not vary have none.
 * @param columns of the same rows, null as NaN
 */
export function correlatedPairs(
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
  limit: number,
): CorrelatedColumns {
  const ready = columns.flatMap((column) => standardize(column) ?? []);
  const pairs: CorrelatedPair[] = [];
  let compared = 0;
  for (let i = 0; i < ready.length; i++) {
    for (let j = i + 1; j < ready.length; j++) {
      const [a, b] = [ready[i]!, ready[j]!];
      const { correlation, rows } = correlate(a, b);
      if (rows < PAIR_FEWEST || Number.isNaN(correlation)) continue;
      compared++;
      if (Math.abs(correlation) > limit) pairs.push({ a: a.name, b: b.name, correlation, rows });
    }
  }
  // The order of the columns decides between equals: sorting is stable.
  pairs.sort((x, y) => Math.abs(y.correlation) - Math.abs(x.correlation));
  return { pairs, compared };
}

/** Keeps products small: sums of squares of prices and of rates would lose digits. */
function standardize({ name, values }: { name: string; values: Float64Array }): Standardized | null {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const delta = value - mean;
    mean += delta / ++count;
    squares += delta * (value - mean);
  }
  const deviation = Math.sqrt(squares / count);
  if (!(deviation > 0) || !Number.isFinite(deviation)) return null;
  return {
    name,
    values: values.map((value) => (Number.isNaN(value) ? 0 : (value - mean) / deviation)),
    present: count === values.length ? null : values.map((value) => Number(!Number.isNaN(value))),
  };
}

function correlate(a: Standardized, b: Standardized): { correlation: number; rows: number } {
  const { length } = a.values;
  const [x, y] = [a.values, b.values];
  if (a.present === null && b.present === null) {
    let products = 0;
    for (let i = 0; i < length; i++) products += x[i]! * y[i]!;
    return { correlation: clamp(products / length), rows: length };
  }
  const present =
    a.present === null ? b.present! : b.present === null ? a.present : both(a.present, b.present);
  let [rows, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    if (present[i] === 0) continue;
    const [u, v] = [x[i]!, y[i]!];
    rows++;
    sx += u;
    sy += v;
    sxx += u * u;
    syy += v * v;
    sxy += u * v;
  }
  const [vx, vy] = [sxx - (sx * sx) / rows, syy - (sy * sy) / rows];
  // What is left of a column in these rows may be constant but for rounding.
  if (!(vx > 1e-9 * rows) || !(vy > 1e-9 * rows)) return { correlation: NaN, rows };
  return { correlation: clamp((sxy - (sx * sy) / rows) / Math.sqrt(vx * vy)), rows };
}

function both(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]!);
}

const clamp = (value: number): number => Math.max(-1, Math.min(1, value));
