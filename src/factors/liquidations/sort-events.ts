import { type LiquidationEvents, allocateEvents } from './events.js';

/**
 * The events by ascending time; rows of the same time keep their order. Events that are sorted already are
 * returned as they are, not copied.
 *
 * A merge sort of row numbers along the ascending runs that are there: a few files that overlap at their ends take a
 * few passes, whatever their length.
 */
export function sortEvents(events: LiquidationEvents): LiquidationEvents {
  const { length } = events;
  let runs = findRuns(events.ts);
  if (runs.length <= 2) return events;

  let from: Order = { ts: events.ts.slice(), rows: Uint32Array.from({ length }, (_, row) => row) };
  let to: Order = { ts: new Float64Array(length), rows: new Uint32Array(length) };
  while (runs.length > 2) {
    runs = mergePairs(from, to, runs);
    [from, to] = [to, from];
  }
  return pick(events, from.rows);
}

/** Starts of the ascending runs, and the number of rows as the last entry. */
function findRuns(ts: Float64Array): number[] {
  const starts = [0];
  for (let row = 1; row < ts.length; row++) {
    if (ts[row]! < ts[row - 1]!) starts.push(row);
  }
  starts.push(ts.length);
  return starts;
}

/** Rows in some order, with their times beside them: looked up by row, they would be all over the memory. */
interface Order {
  readonly ts: Float64Array;
  readonly rows: Uint32Array;
}

/** Merges every two neighbouring runs of `from` into one of `to`; returns where those start. */
function mergePairs(from: Order, to: Order, runs: readonly number[]): number[] {
  const { ts, rows } = from;
  const { ts: mergedTs, rows: mergedRows } = to;
  const starts: number[] = [];
  for (let run = 0; run < runs.length - 1; run += 2) {
    const start = runs[run]!;
    const middle = runs[run + 1]!;
    const end = runs[run + 2] ?? middle;
    starts.push(start);
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      // Of equal times the left one goes first: that is what makes the sort stable.
      const takeLeft = right === end || (left < middle && ts[left]! <= ts[right]!);
      const taken = takeLeft ? left++ : right++;
      mergedTs[at] = ts[taken]!;
      mergedRows[at] = rows[taken]!;
    }
  }
  starts.push(rows.length);
  return starts;
}

/** The rows of these numbers, in that order. */
export function pick(events: LiquidationEvents, rows: Uint32Array): LiquidationEvents {
  const picked = allocateEvents(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    picked.ts[at] = events.ts[row]!;
    picked.side[at] = events.side[row]!;
    picked.price[at] = events.price[row]!;
    picked.qty[at] = events.qty[row]!;
    picked.value[at] = events.value[row]!;
  }
  return picked;
}
