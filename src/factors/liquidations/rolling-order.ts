import type { Quantile } from './quantile.js';
import { SortedWindow, slide } from './sorted-window.js';

/**
 * Average rank of each row among the `window` rows ending with it, divided by how many of them are not null: 1 for the
 * largest. Null when fewer than half of the window is there and not null, and when the row itself is null.
 */
export function rollingRank(column: Float64Array, window: number): Float64Array {
  const fewest = Math.ceil(window / 2);
  const values = new SortedWindow(Math.min(window, column.length));
  return column.map((x, row) => {
    slide(values, column[row - window] ?? NaN, x);
    if (Number.isNaN(x) || values.size < fewest) return NaN;
    // Of k equal values the ranks are below + 1 … below + k, on average below + (k + 1) / 2.
    const rank = (values.countBelow(x) + values.countUpTo(x) + 1) / 2;
    return rank / values.size;
  });
}

/**
 * Each row divided by quantiles of the `window` rows before it, one column per quantile. Null when none of those rows
 * is there and not null, when the quantile is 0, and when the row itself is null.
 */
export function rollingBreakouts(
  column: Float64Array,
  window: number,
  quantiles: readonly Quantile[],
): Float64Array[] {
  const breakouts = quantiles.map(() => new Float64Array(column.length).fill(NaN));
  const values = new SortedWindow(Math.min(window, column.length));
  for (let row = 0; row < column.length; row++) {
    const x = column[row]!;
    if (values.size > 0 && !Number.isNaN(x)) {
      for (let index = 0; index < quantiles.length; index++) {
        const quotient = x / values.quantile(quantiles[index]!);
        // Not finite: the quantile is 0, or so near to it that the quotient overflows.
        if (Number.isFinite(quotient)) breakouts[index]![row] = quotient;
      }
    }
    slide(values, column[row - window] ?? NaN, x);
  }
  return breakouts;
}
