/** Points of a line in pixels; NaN in `y` is a gap. */
export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/**
 * The same line with at most four points a column of pixels: first, lowest, highest, last, in the order they come. What
 * is drawn covers the same pixels. A gap stays when it is at least a whole column wide. `x` ascends.
 */
export function decimate({ x, y }: Points, columns: number): Points {
  const n = x.length;
  if (n <= columns * 4) return { x, y };
  const toX: number[] = [];
  const toY: number[] = [];
  let lastColumn = NaN;
  for (let i = 0; i < n;) {
    const column = Math.floor(x[i]!);
    let [first, lowest, highest, last] = [-1, -1, -1, -1];
    for (; i < n && Math.floor(x[i]!) === column; i++) {
      if (Number.isNaN(y[i]!)) continue;
      if (first < 0) first = lowest = highest = i;
      if (y[i]! < y[lowest]!) lowest = i;
      if (y[i]! > y[highest]!) highest = i;
      last = i;
    }
    if (first < 0) continue;
    if (column > lastColumn + 1) {
      toX.push(NaN);
      toY.push(NaN);
    }
    lastColumn = column;
    for (const at of [...new Set([first, lowest, highest, last])].sort((a, b) => a - b)) {
      toX.push(x[at]!);
      toY.push(y[at]!);
    }
  }
  return { x: toX, y: toY };
}

/** Smallest and largest of each column of pixels that has a value. */
export interface ColumnRange {
  /** Left edge of the column, px. */
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** `low` and `high` over bars at `x` px, by columns of pixels. Nulls in either are left out. `x` ascends. */
export function rangesByColumn(
  x: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): ColumnRange[] {
  const found: { x: number; low: number; high: number }[] = [];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(low[i]!) || Number.isNaN(high[i]!)) continue;
    const column = Math.floor(x[i]!);
    const current = found.at(-1);
    if (current?.x === column) {
      current.low = Math.min(current.low, low[i]!);
      current.high = Math.max(current.high, high[i]!);
    } else found.push({ x: column, low: low[i]!, high: high[i]! });
  }
  return found;
}
