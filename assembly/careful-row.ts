// A row in any known layout and spelling: columns in the order the header gave, quotes and spaces around
// fields, every form of number, time and boolean. Decides what is malformed.

import * as account from './account';
import {
  INVALID,
  UNIT_MS,
  UNIT_UNKNOWN,
  UNIT_US,
  mantissa,
  parseBoolean,
  parseDecimal,
  parseInteger,
  parseTime,
  scale,
  unit,
} from './field';
import { takeRow } from './ticks';

const MAX_COLUMNS: i32 = 16;
/** Start and end of each field of the row at hand, u32 pairs. */
const fields: usize = memory.data(128);

let columns: i32 = 7;
/** Where in the row each of id, price, quantity, first, last, time, maker stands. */
const positions: usize = memory.data(7 * 4);
/** The time unit of the file, set by its first good row. */
export let fileUnit: i32 = UNIT_UNKNOWN;
/** No field is that long. 0 would not do: an empty field is no time either. */
const NO_FAST_TIME: u64 = u64.MAX_VALUE;
/** Digits of a time that fast-row.ts may take as one; `NO_FAST_TIME` sends every row here. */
export let fastTimeDigits: u64 = NO_FAST_TIME;
/** The order of columns is the usual one. */
let usual: bool = true;

/** `order` holds, 4 bits each from the lowest, the position of id, price, quantity, first, last, time, maker. */
export function setLayout(columnCount: i32, order: u32): void {
  columns = columnCount;
  usual = true;
  for (let i = 0; i < 7; i++) {
    const position = (order >> (i << 2)) & 15;
    store<i32>(positions + (<usize>i << 2), position);
    if (position != i) usual = false;
  }
  usual = usual && (columnCount == 7 || columnCount == 8);
  fileUnit = UNIT_UNKNOWN;
  fastTimeDigits = NO_FAST_TIME;
}

/** Reads the line `[p, end)`, its line end taken off; it has been counted as a line. */
export function carefulRow(p: usize, end: usize): void {
  if (end > p && load<u8>(end - 1) == 13) end--;
  if (p == end) return; // a blank line is no row
  account.countRow();
  if (!read(p, end)) account.countMalformed(p, end - p);
}

function read(p: usize, end: usize): bool {
  if (split(p, end) != columns) return false;
  const id = parseInteger(from(0), to(0));
  if (id < 0) return false;
  if (!parseDecimal(from(1), to(1))) return false;
  const price = mantissa;
  const priceScale = scale;
  if (!parseDecimal(from(2), to(2))) return false;
  const quantity = mantissa;
  const quantityScale = scale;
  const first = parseInteger(from(3), to(3));
  const last = parseInteger(from(4), to(4));
  const time = parseTime(from(5), to(5));
  const maker = parseBoolean(from(6), to(6));
  if (first == INVALID || last == INVALID || time == INVALID || maker < 0) return false;
  // A sentinel has neither price nor quantity, and any ids; a tick has a price and its fills.
  if ((price | quantity) != 0 && (price == 0 || first < 0 || last < first)) return false;
  if (fileUnit == UNIT_UNKNOWN) {
    fileUnit = unit;
    fastTimeDigits = !usual ? NO_FAST_TIME : unit == UNIT_MS ? 13 : unit == UNIT_US ? 16 : NO_FAST_TIME;
  } else if (unit != fileUnit) {
    return false;
  }
  takeRow(id, price, priceScale, quantity, quantityScale, first, last, time, <usize>maker);
  return true;
}

// @ts-ignore: decorator
@inline
function from(column: usize): usize {
  return load<u32>(fields + (<usize>load<i32>(positions + (column << 2)) << 3));
}

// @ts-ignore: decorator
@inline
function to(column: usize): usize {
  return load<u32>(fields + (<usize>load<i32>(positions + (column << 2)) << 3), 4);
}

/** Cuts the line at its commas and the fields free of spaces and one pair of quotes; returns how many there are. */
function split(p: usize, end: usize): i32 {
  let n = 0;
  while (true) {
    let stop = p;
    while (stop < end && load<u8>(stop) != 44) stop++;
    if (n == MAX_COLUMNS) return n + 1;
    let left = p;
    let right = stop;
    while (left < right && load<u8>(left) == 32) left++;
    while (left < right && load<u8>(right - 1) == 32) right--;
    if (right - left >= 2 && load<u8>(left) == 34 && load<u8>(right - 1) == 34) {
      left++;
      right--;
    }
    store<u32>(fields + (<usize>n << 3), <u32>left);
    store<u32>(fields + (<usize>n << 3), <u32>right, 4);
    n++;
    if (stop == end) return n;
    p = stop + 1;
  }
}
