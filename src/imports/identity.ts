import { type Rows, compareRows, pickRows, sortRows } from './rows.js';

/** One file's rows, each once, in order of time; and how many were dropped on the way. */
export interface Distinct {
  readonly rows: Rows;
  /** Equal to a row that was kept. */
  readonly duplicate: number;
  /** Of the same time as a row that was kept, with other values. */
  readonly contradictory: number;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Events: rows equal in every column are one. The rows may end with columns beyond the table (what else makes a row
 * what it is, a number for its id for instance), which are compared and then cut off.
 */
export function distinctEvents(given: Rows, width: number): Distinct {
  const rows = sortRows(given, upTo(given.columns.length));
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (i === 0 || compareRows(rows.columns, i - 1, i) !== 0) kept[count++] = i;
  }
  const cut: Rows = { length: rows.length, columns: rows.columns.slice(0, width) };
  const distinct = count === rows.length ? cut : pickRows(cut, kept.subarray(0, count));
  return { rows: distinct, duplicate: rows.length - count, contradictory: 0 };
}

/** Samples: of the rows of one time the last one of the file counts. */
export function distinctSamples(given: Rows): Distinct {
  const rows = sortRows(given, [0]);
  const ts = rows.columns[0]!;
  const kept = new Uint32Array(rows.length);
  let count = 0;
  let duplicate = 0;
  let contradictory = 0;
  for (let start = 0, end: number; start < rows.length; start = end) {
    end = start + 1;
    while (end < rows.length && ts[end] === ts[start]) end++;
    for (let i = start; i < end - 1; i++) {
      if (compareRows(rows.columns, i, end - 1) === 0) duplicate++;
      else contradictory++;
    }
    kept[count++] = end - 1;
  }
  return {
    rows: count === rows.length ? rows : pickRows(rows, kept.subarray(0, count)),
    duplicate,
    contradictory,
  };
}

/**
 * Rows of several files put together. A row that several files have (by the identity of the kind) is that of the file
 * with the largest id, all of them if that file has it more than once; so the result depends on the files alone, not
 * on the order in which they came.
 * @param rows with `source` as their last column, in any order
 * @param onSuperseded told of each row left out, by the id of its file
 */
export function resolveAcross(
  rows: Rows,
  identity: 'row' | 'time',
  onSuperseded: (source: number) => void,
): Rows {
  const last = rows.columns.length - 1;
  const sorted = sortRows(rows, identity === 'time' ? [0, last] : upTo(last + 1));
  const keys = identity === 'time' ? sorted.columns.slice(0, 1) : sorted.columns.slice(0, last);
  const source = sorted.columns[last]!;
  const kept = new Uint32Array(sorted.length);
  let count = 0;
  for (let start = 0, end: number; start < sorted.length; start = end) {
    end = start + 1;
    while (end < sorted.length && compareRows(keys, start, end) === 0) end++;
    // Within equal keys the sources ascend.
    const winner = source[end - 1]!;
    for (let i = start; i < end; i++) {
      if (source[i] === winner) kept[count++] = i;
      else onSuperseded(source[i]!);
    }
  }
  return count === sorted.length ? sorted : pickRows(sorted, kept.subarray(0, count));
}
