import { SortedWindow, slide, toQuantile } from '../factors/index.js';

/**
 * Statistics over windows of rows that never reach past the row itself. Every window is summed anew from its oldest row:
 * a value depends on the rows of its window alone, to the bit, so neither where a table starts nor where it is cut
 * shows in it, and nothing remains of a spike that has left. NaN is null.
 */

/** Mean of the `window` rows ending with this one; null unless `fewest` of them (by default all) are there and not null. */
export function rollingMean(column: Float64Array, window: number, fewest = window): Float64Array {
  return column.map((_, row) => {
    const { count, mean } = momentsBefore(column, row + 1, window);
    return count >= fewest ? mean : NaN;
  });
}

/**
 * `(x − mean) / sample standard deviation` over the `window` rows ending with this one; null when fewer than `fewest`
 * of them are there and not null, when all are equal, and when the row itself is null.
 */
export function rollingZ(column: Float64Array, window: number, fewest = window): Float64Array {
  return column.map((x, row) => {
    const { count, mean, squares } = momentsBefore(column, row + 1, window);
    if (count < Math.max(2, fewest) || squares === 0) return NaN;
    return (x - mean) / Math.sqrt(squares / (count - 1));
  });
}

/** Quantile, linear between neighbours, of the `window` rows before this one, itself left out. */
export function quantileBefore(
  column: Float64Array,
  q: number,
  window: number,
  fewest = window,
): Float64Array {
  const quantile = toQuantile(q);
  if (!quantile) throw new RangeError(`expected a quantile of 0 … 1 with at most 8 decimals, found ${q}`);
  const values = new SortedWindow(Math.min(window, column.length));
  return column.map((x, row) => {
    const found = values.size >= fewest && values.size > 0 ? values.quantile(quantile) : NaN;
    slide(values, column[row - window] ?? NaN, x);
    return found;
  });
}

/** Count, mean and sum of squared distances from it of the rows `[end - window, end)` that are not null. */
function momentsBefore(
  column: Float64Array,
  end: number,
  window: number,
): { count: number; mean: number; squares: number } {
  const start = Math.max(0, end - window);
  let count = 0;
  let first = NaN;
  let sum = 0;
  for (let row = start; row < end; row++) {
    const x = column[row]!;
    if (Number.isNaN(x)) continue;
    if (count++ === 0) first = x;
    sum += x - first;
  }
  // Distances from the first value carry no rounding where values are close together; equal ones give exactly 0.
  const shift = sum / count;
  let squares = 0;
  let residue = 0;
  for (let row = start; row < end; row++) {
    const x = column[row]!;
    if (Number.isNaN(x)) continue;
    const distance = x - first - shift;
    squares += distance * distance;
    residue += distance;
  }
  return { count, mean: first + (shift + residue / count), squares: squares - (residue * residue) / count };
}
