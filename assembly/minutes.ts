// The sufficient statistics of every minute of the period. A record is made when its minute gets its first
// tick; a table finds it. All of a record is independent of the order in which its ticks came.

import { NARROW_BYTES, WIDE_BYTES, addNarrow, addWide, mergeNarrow, mergeWide, roundBoth, roundNarrow } from './exact-sum';
import { allocate } from './heap';

const MINUTE_US: i64 = 60_000_000;

// Offsets in a record. What has a side is followed by the same of the taker sells.
export const TRADES: usize = 0; // i64, buy then sell
export const FILLS: usize = 16; // i64, buy then sell
export const FIRST_TIME: usize = 32;
export const FIRST_ID: usize = 40;
const FIRST_FILLS: usize = 48; // first and last trade id of that tick: they settle a tie
export const FIRST_PRICE: usize = 64;
export const LAST_TIME: usize = 72;
export const LAST_ID: usize = 80;
const LAST_FILLS: usize = 88;
export const LAST_PRICE: usize = 104;
export const HIGH: usize = 112;
export const LOW: usize = 120;
export const MIN_ID: usize = 128;
export const MAX_ID: usize = 136;
export const MIN_FILL: usize = 144;
export const MAX_FILL: usize = 152;
/** Address of the wide parts of all sums, 0 until one is needed. */
const WIDE: usize = 160;
const SUMS: usize = 168;
const RECORD_BYTES: usize = SUMS + 10 * NARROW_BYTES;

// Numbers of the sums; each is followed by that of the taker sells.
export const QUANTITY: usize = 0;
export const QUOTE: usize = 2;
export const SQUARE: usize = 4;
export const WHALE: usize = 6;
export const RETAIL: usize = 8;
const SUM_COUNT: usize = 10;

let startUs: i64 = 0;
let minutesInPeriod: u32 = 0;
let whaleQuote: f64 = 0;
let retailQuote: f64 = 0;
/** Address of the record of each minute of the period, 0 where there is none. */
let table: usize = 0;
export let minuteCount: u32 = 0;

/** Ticks come in runs of the same minute: the last one's bounds and record. */
let currentStart: i64 = 1;
let currentEnd: i64 = 0;
let current: usize = 0;

export function resetMinutes(periodStartUs: i64, periodEndUs: i64, whale: f64, retail: f64): void {
  startUs = periodStartUs;
  minutesInPeriod = <u32>((periodEndUs - periodStartUs + MINUTE_US - 1) / MINUTE_US);
  whaleQuote = whale;
  retailQuote = retail;
  table = allocate(<usize>minutesInPeriod * 4);
  minuteCount = 0;
  currentStart = 1;
  currentEnd = 0;
}

export function minuteSlots(): u32 {
  return minutesInPeriod;
}

/** The record of the period's n-th minute, or 0. */
export function recordAt(n: u32): usize {
  return load<u32>(table + (<usize>n << 2));
}

function enter(time: i64): void {
  const n = <u32>((time - startUs) / MINUTE_US);
  currentStart = startUs + <i64>n * MINUTE_US;
  currentEnd = currentStart + MINUTE_US;
  const slot = table + (<usize>n << 2);
  current = load<u32>(slot);
  if (current != 0) return;
  current = allocate(RECORD_BYTES);
  store<u32>(slot, <u32>current);
  minuteCount++;
  store<i64>(current, i64.MAX_VALUE, FIRST_TIME);
  store<i64>(current, i64.MIN_VALUE, LAST_TIME);
  store<f64>(current, -Infinity, HIGH);
  store<f64>(current, Infinity, LOW);
  store<i64>(current, i64.MAX_VALUE, MIN_ID);
  store<i64>(current, i64.MIN_VALUE, MAX_ID);
  store<i64>(current, i64.MAX_VALUE, MIN_FILL);
  store<i64>(current, i64.MIN_VALUE, MAX_FILL);
}

/** Of all ticks added; valid after `summarizeMinutes`. */
export let accepted: i64 = 0;
export let minId: i64 = 0;
export let maxId: i64 = 0;
export let minTime: i64 = 0;
export let maxTime: i64 = 0;

export function summarizeMinutes(): void {
  accepted = 0;
  minId = i64.MAX_VALUE;
  maxId = i64.MIN_VALUE;
  minTime = i64.MAX_VALUE;
  maxTime = i64.MIN_VALUE;
  for (let n: u32 = 0; n < minutesInPeriod; n++) {
    const record = recordAt(n);
    if (record == 0) continue;
    accepted += load<i64>(record, TRADES) + load<i64>(record, TRADES + 8);
    minId = min(minId, load<i64>(record, MIN_ID));
    maxId = max(maxId, load<i64>(record, MAX_ID));
    minTime = min(minTime, load<i64>(record, FIRST_TIME));
    maxTime = max(maxTime, load<i64>(record, LAST_TIME));
  }
}

/** Adds one tick whose time lies in the period. */
// @ts-ignore: decorator
@inline
export function addTick(
  time: i64,
  id: i64,
  firstFill: i64,
  lastFill: i64,
  price: f64,
  quantity: f64,
  quote: f64,
  takerSell: usize,
): void {
  if (time < currentStart || time >= currentEnd) enter(time);
  const record = current;
  const side8 = record + (takerSell << 3);
  store<i64>(side8, load<i64>(side8, TRADES) + 1, TRADES);
  store<i64>(side8, load<i64>(side8, FILLS) + (lastFill - firstFill + 1), FILLS);

  if (time <= load<i64>(record, FIRST_TIME)) first(record, time, id, firstFill, lastFill, price);
  if (time >= load<i64>(record, LAST_TIME)) last(record, time, id, firstFill, lastFill, price);
  // Branches that nearly always go the same way are cheaper than storing the same value again.
  if (price > load<f64>(record, HIGH)) store<f64>(record, price, HIGH);
  if (price < load<f64>(record, LOW)) store<f64>(record, price, LOW);
  if (id < load<i64>(record, MIN_ID)) store<i64>(record, id, MIN_ID);
  if (id > load<i64>(record, MAX_ID)) store<i64>(record, id, MAX_ID);
  if (firstFill < load<i64>(record, MIN_FILL)) store<i64>(record, firstFill, MIN_FILL);
  if (lastFill > load<i64>(record, MAX_FILL)) store<i64>(record, lastFill, MAX_FILL);

  add(record, QUANTITY + takerSell, quantity);
  add(record, QUOTE + takerSell, quote);
  add(record, SQUARE + takerSell, quote * quote);
  if (quote >= whaleQuote) add(record, WHALE + takerSell, quote);
  // Many ticks are retail and many are not: adding nothing is cheaper than a branch that cannot be predicted.
  const retail = quote <= retailQuote;
  if (!addNarrow(record + SUMS + (RETAIL + takerSell) * NARROW_BYTES, quote, <u64>retail) && retail) {
    addRare(record, RETAIL + takerSell, quote);
  }
}

// @ts-ignore: decorator
@inline
function add(record: usize, sum: usize, value: f64): void {
  if (!addNarrow(record + SUMS + sum * NARROW_BYTES, value)) addRare(record, sum, value);
}

function addRare(record: usize, sum: usize, value: f64): void {
  let wide = <usize>load<u32>(record, WIDE);
  if (wide == 0) {
    wide = allocate(SUM_COUNT * WIDE_BYTES);
    store<u32>(record, <u32>wide, WIDE);
  }
  addWide(wide + sum * WIDE_BYTES, value);
}

/** The value of a sum, rounded once. */
export function sumOf(record: usize, sum: usize): f64 {
  const narrow = record + SUMS + sum * NARROW_BYTES;
  const wide = <usize>load<u32>(record, WIDE);
  return wide == 0 ? roundNarrow(narrow) : roundBoth(wide + sum * WIDE_BYTES, narrow);
}

/** Adds the taker sells of a sum onto its taker buys, which are used up. */
export function mergeSides(record: usize, sum: usize): void {
  mergeNarrow(record + SUMS + sum * NARROW_BYTES, record + SUMS + (sum + 1) * NARROW_BYTES);
  const wide = <usize>load<u32>(record, WIDE);
  if (wide != 0) mergeWide(wide + sum * WIDE_BYTES, wide + (sum + 1) * WIDE_BYTES);
}

/** Order of ticks: time, agg_trade_id; two rows of one id fall back on their fills, so that no tie is left. */
// @ts-ignore: decorator
@inline
function precedes(record: usize, at: usize, time: i64, id: i64, firstFill: i64, lastFill: i64): bool {
  const otherTime = load<i64>(record + at);
  if (time != otherTime) return time < otherTime;
  const otherId = load<i64>(record + at, 8);
  if (id != otherId) return id < otherId;
  const otherFirst = load<i64>(record + at, 16);
  if (firstFill != otherFirst) return firstFill < otherFirst;
  return lastFill < load<i64>(record + at, 24);
}

function first(record: usize, time: i64, id: i64, firstFill: i64, lastFill: i64, price: f64): void {
  if (!precedes(record, FIRST_TIME, time, id, firstFill, lastFill)) return;
  store<i64>(record, time, FIRST_TIME);
  store<i64>(record, id, FIRST_ID);
  store<i64>(record, firstFill, FIRST_FILLS);
  store<i64>(record, lastFill, FIRST_FILLS + 8);
  store<f64>(record, price, FIRST_PRICE);
}

// @ts-ignore: decorator
@inline
function last(record: usize, time: i64, id: i64, firstFill: i64, lastFill: i64, price: f64): void {
  if (precedes(record, LAST_TIME, time, id, firstFill, lastFill)) return;
  store<i64>(record, time, LAST_TIME);
  store<i64>(record, id, LAST_ID);
  store<i64>(record, firstFill, LAST_FILLS);
  store<i64>(record, lastFill, LAST_FILLS + 8);
  store<f64>(record, price, LAST_PRICE);
}
