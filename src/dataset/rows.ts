import type { EpochMs, Frequency } from '../time/index.js';

/**
 * The rows of one symbol: bars that have at least one minute, ascending. A bar that is missing has no row; nothing
 * is put in its place.
 */
export interface Rows {
  readonly frequency: Frequency;
  readonly length: number;
  /** Start of each bar, ms since the epoch. */
  readonly minute: Float64Array;
}

/** @throws RangeError for starts that do not ascend: a mistake of the caller */
export function makeRows(frequency: Frequency, minute: Float64Array): Rows {
  for (let row = 1; row < minute.length; row++) {
    if (!(minute[row]! > minute[row - 1]!)) throw new RangeError(`rows do not ascend at ${minute[row]}`);
  }
  return { frequency, length: minute.length, minute };
}

/** `bar_end_time` of each row: what was known by then may enter it. */
export function barEnds({ minute, frequency }: Rows): Float64Array {
  return minute.map((start) => start + frequency.lengthMs);
}

/** The row that starts at `start`; -1 when there is none. */
export function rowAt(minute: Float64Array, start: EpochMs): number {
  let low = 0;
  let high = minute.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (minute[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return minute[low] === start ? low : -1;
}

/** A column of another table of the same bars, on these rows; null where that table has none. */
export function alignTo(rows: Rows, minute: Float64Array, column: Float64Array): Float64Array {
  let at = 0;
  return rows.minute.map((start) => {
    while (at < minute.length && minute[at]! < start) at++;
    return minute[at] === start ? column[at]! : NaN;
  });
}
