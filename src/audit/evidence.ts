import type { MinuteBars } from '../ticks/index.js';
import type { Difference } from './differences.js';

/** Trade ids that no accepted tick carries, seen from one minute. NaN where nothing tells. */
export interface IdGaps {
  /** Between the first and the last fill of the bar; 0 without a bar. */
  readonly inside: number;
  /** Between the bar before and this one; without a bar, between the bars around the minute. */
  readonly before: number;
  /** Between this bar and the next; without a bar, the same as `before`. */
  readonly after: number;
}

/**
 * The ids around a minute of the layer. Ids only tell of what lies between two bars whose days were both milled:
 * `isWhole(fromMs, toMs)` says whether all days from one minute to another were.
 */
export function idGaps(
  { columns }: MinuteBars,
  { row, place }: Pick<Difference, 'row' | 'place'>,
  isWhole: (fromMs: number, toMs: number) => boolean,
): IdGaps {
  const between = (next: number): number => {
    const [before, after] = [columns.minute[next - 1], columns.minute[next]];
    if (before === undefined || after === undefined || !isWhole(before, after)) return NaN;
    return Math.max(0, columns.first_fill_id[next]! - columns.last_fill_id[next - 1]! - 1);
  };
  if (row < 0) return { inside: 0, before: between(place), after: between(place) };
  const span = columns.last_fill_id[row]! - columns.first_fill_id[row]! + 1;
  const inside = Math.max(0, span - columns.fill_count[row]!);
  return { inside, before: between(row), after: between(row + 1) };
}

/** Fills of a bar that lie within the id span of a tick of several, and need not all be trades. */
export function spannedFills({ columns }: MinuteBars, row: number): number {
  return row < 0 ? 0 : Math.max(0, columns.fill_count[row]! - columns.trade_count[row]!);
}
