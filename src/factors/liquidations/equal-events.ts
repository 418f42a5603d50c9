import type { LiquidationEvents } from './events.js';
import { pick } from './sort-events.js';

/**
 * The events without those that equal an earlier one in time, side, price, quantity and value, and how many those
 * were. The events must be sorted by time; the first of equal rows stays.
 *
 * Two liquidations may well be alike in these five columns and differ in one that a source has beside them, such as
 * an id. Where such columns exist, equal rows must be dropped before the events are brought into this form; this
 * is for sources that have nothing else.
 */
export function dropEqualEvents(events: LiquidationEvents): { events: LiquidationEvents; dropped: number } {
  const { length, ts } = events;
  const kept = new Uint32Array(length);
  let count = 0;
  for (let start = 0; start < length;) {
    let end = start + 1;
    while (end < length && ts[end] === ts[start]) end++;
    count = keepDistinct(events, start, end, kept, count);
    start = end;
  }
  const dropped = length - count;
  return { events: dropped === 0 ? events : pick(events, kept.subarray(0, count)), dropped };
}

/** Up to here comparing with each row is faster than making keys; beyond, it would be quadratic. */
const FEW = 16;

/** Appends the distinct rows of `[start, end)`, all of one time, to `kept` from `count` on; returns its new count. */
function keepDistinct(
  events: LiquidationEvents,
  start: number,
  end: number,
  kept: Uint32Array,
  count: number,
): number {
  const { side, price, qty, value } = events;
  const first = count;
  const seen = end - start > FEW ? new Set<string>() : null;
  for (let row = start; row < end; row++) {
    let isNew = true;
    if (seen) {
      const before = seen.size;
      isNew = seen.add(`${side[row]} ${price[row]} ${qty[row]} ${value[row]}`).size > before;
    } else {
      for (let at = first; at < count && isNew; at++) {
        const other = kept[at]!;
        isNew =
          side[other] !== side[row] ||
          price[other] !== price[row] ||
          qty[other] !== qty[row] ||
          value[other] !== value[row];
      }
    }
    if (isNew) kept[count++] = row;
  }
  return count;
}
