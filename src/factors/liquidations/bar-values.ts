import { ExactSum } from '../../bars/index.js';
import { type LiquidatedSide, type LiquidationEvents, SIDE } from './events.js';
import type { Grid } from './grid.js';
import { shapeOf } from './shape.js';

/** Whose liquidations: those of longs, of shorts, or both. */
export type Side = LiquidatedSide | 'all';
export const SIDES = ['long', 'short', 'all'] as const satisfies readonly Side[];

/**
 * The rows of one side, bar by bar, in order of time.
 *
 * @param visit gets the bar, and the rows as a view that is used again for the next bar
 */
export function forEachBar(
  events: LiquidationEvents,
  grid: Grid,
  side: Side,
  visit: (bar: number, rows: Uint32Array) => void,
): void {
  const { starts, length, covered } = grid;
  const wanted = side === 'all' ? -1 : SIDE[side];
  const rows = new Uint32Array(mostInABar(grid));
  for (let bar = 0; bar < length; bar++) {
    if (covered[bar] === 0) continue;
    let count = 0;
    for (let row = starts[bar]!; row < starts[bar + 1]!; row++) {
      if (wanted === -1 || events.side[row] === wanted) rows[count++] = row;
    }
    visit(bar, rows.subarray(0, count));
  }
}

function mostInABar({ starts, length }: Grid): number {
  let most = 0;
  for (let bar = 0; bar < length; bar++) most = Math.max(most, starts[bar + 1]! - starts[bar]!);
  return most;
}

/** Copies some rows of a column to the beginning of `to`, and returns that part of it. */
function gather(column: Float64Array, rows: Uint32Array, to: Float64Array): Float64Array {
  for (let i = 0; i < rows.length; i++) to[i] = column[rows[i]!]!;
  return to.subarray(0, rows.length);
}

/** The exact sum of a column over some rows, rounded once: their order does not matter. */
export function sumOf(sum: ExactSum, column: Float64Array, rows: Uint32Array): number {
  sum.clear();
  for (let i = 0; i < rows.length; i++) sum.add(column[rows[i]!]!);
  return sum.value();
}

/** A column of one row per bar, null as yet. */
export function nulls(grid: Grid): Float64Array {
  return new Float64Array(grid.length).fill(NaN);
}

/** What both the factors and the engine say of the values of a side: sum, count, and shape. */
export interface SideValues {
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly skew: Float64Array;
  readonly kurt: Float64Array;
}

export function sideValues(events: LiquidationEvents, grid: Grid, side: Side): SideValues {
  const columns = { sum: nulls(grid), count: nulls(grid), skew: nulls(grid), kurt: nulls(grid) };
  const sum = new ExactSum();
  const values = new Float64Array(mostInABar(grid));
  forEachBar(events, grid, side, (bar, rows) => {
    columns.sum[bar] = sumOf(sum, events.value, rows);
    columns.count[bar] = rows.length;
    const { skew, kurt } = shapeOf(gather(events.value, rows, values));
    columns.skew[bar] = skew;
    columns.kurt[bar] = kurt;
  });
  return columns;
}

/** Null when the denominator is 0 or either is null. */
export function ratio(numerator: Float64Array, denominator: Float64Array): Float64Array {
  return numerator.map((value, row) => {
    const quotient = value / denominator[row]!;
    return Number.isFinite(quotient) ? quotient : NaN;
  });
}

export function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, row) => value - b[row]!);
}
