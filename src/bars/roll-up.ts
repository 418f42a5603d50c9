import type { MinuteBars } from '../ticks/minute-bars.js';
import { MINUTE_MS, type Frequency } from '../time/index.js';
import { type Bars, COUNT_SUMS, DOUBLE_SUMS, allocateBars } from './bars.js';
import { ExactSum } from './exact-sum.js';

/**
 * Rolls minute bars up to bars of a frequency, aligned to UTC midnight. A bar exists when it has a minute bar.
 *
 * Every sum is the exact sum of the minutes' stored doubles, rounded once (`ExactSum`): the same whatever the
 * order or the machine. Bars are therefore always rolled up from minutes, never from other bars; an hour made
 * of 5m bars could differ in the last digit. Open is the first minute's `price_first`, close the last one's
 * `price_last`.
 *
 * `minutes` must be sorted; it is not changed.
 */
export function rollUp(minutes: MinuteBars, frequency: Frequency): Bars {
  const starts = barStarts(minutes.columns.minute, frequency.lengthMs);
  const barCount = starts.length - 1;
  const bars = allocateBars(frequency, barCount);
  const { columns: from } = minutes;
  const { columns: to } = bars;

  for (let bar = 0; bar < barCount; bar++) {
    const first = starts[bar]!;
    const last = starts[bar + 1]! - 1;
    to.minute[bar] = floorTo(from.minute[first]!, frequency.lengthMs);
    to.minute_count[bar] = last - first + 1;
    to.price_open[bar] = from.price_first[first]!;
    to.price_close[bar] = from.price_last[last]!;
    to.price_high[bar] = extreme(from.price_high, first, last, Math.max);
    to.price_low[bar] = extreme(from.price_low, first, last, Math.min);
    // Ids need not ascend with time: some files interleave streams of different days.
    to.first_agg_id[bar] = extreme(from.first_agg_id, first, last, Math.min);
    to.last_agg_id[bar] = extreme(from.last_agg_id, first, last, Math.max);
    to.first_fill_id[bar] = extreme(from.first_fill_id, first, last, Math.min);
    to.last_fill_id[bar] = extreme(from.last_fill_id, first, last, Math.max);
  }
  for (const name of COUNT_SUMS) sumCounts(from[name], starts, to[name]);
  for (const name of DOUBLE_SUMS) sumExactly(from[name], starts, to[name]);
  sumExactly(weightedCvd(minutes, frequency.lengthMs), starts, to.weighted_cvd_quote);
  return bars;
}

/** Row of the first minute of every bar, and the number of minutes as the last entry. */
function barStarts(minute: Float64Array, lengthMs: number): Uint32Array {
  const starts = new Uint32Array(minute.length + 1);
  let bars = 0;
  let current = NaN;
  for (let row = 0; row < minute.length; row++) {
    const start = floorTo(minute[row]!, lengthMs);
    if (start === current) continue;
    current = start;
    starts[bars++] = row;
  }
  starts[bars] = minute.length;
  return starts.subarray(0, bars + 1);
}

function floorTo(t: number, lengthMs: number): number {
  return Math.floor(t / lengthMs) * lengthMs;
}

function extreme(
  column: Float64Array,
  first: number,
  last: number,
  choose: (a: number, b: number) => number,
): number {
  let found = column[first]!;
  for (let row = first + 1; row <= last; row++) found = choose(found, column[row]!);
  return found;
}

function sumCounts(column: Float64Array, starts: Uint32Array, sums: Float64Array): void {
  for (let bar = 0; bar < sums.length; bar++) {
    let sum = 0;
    for (let row = starts[bar]!; row < starts[bar + 1]!; row++) sum += column[row]!;
    sums[bar] = sum;
  }
}

function sumExactly(column: Float64Array, starts: Uint32Array, sums: Float64Array): void {
  const sum = new ExactSum();
  for (let bar = 0; bar < sums.length; bar++) {
    sum.clear();
    for (let row = starts[bar]!; row < starts[bar + 1]!; row++) sum.add(column[row]!);
    sums[bar] = sum.value();
  }
}

/** n × (taker_buy_quote - taker_sell_quote) of every minute, rounded twice; n counts traded or not, from 1. */
function weightedCvd(minutes: MinuteBars, lengthMs: number): Float64Array {
  const { minute, taker_buy_quote, taker_sell_quote } = minutes.columns;
  return minute.map((t, row) => {
    const weight = (t - floorTo(t, lengthMs)) / MINUTE_MS + 1;
    return weight * (taker_buy_quote[row]! - taker_sell_quote[row]!);
  });
}
