// The finished minute columns: doubles, one column after the other, minutes in order of time.
// The order is that of MINUTE_COLUMNS in src/ticks/minute-bars.ts.

import { allocate } from './heap';
import {
  FILLS,
  FIRST_PRICE,
  FIRST_TIME,
  HIGH,
  LAST_PRICE,
  LAST_TIME,
  LOW,
  MAX_FILL,
  MAX_ID,
  MIN_FILL,
  MIN_ID,
  QUANTITY,
  QUOTE,
  RETAIL,
  SQUARE,
  TRADES,
  WHALE,
  mergeSides,
  minuteCount,
  minuteSlots,
  recordAt,
  sumOf,
} from './minutes';

export const COLUMN_COUNT: usize = 28;
const MINUTE_MS: i64 = 60_000;

let out: usize = 0;
let stride: usize = 0;

// @ts-ignore: decorator
@inline
function put(column: usize, row: usize, value: f64): void {
  store<f64>(out + column * stride + row, value);
}

// @ts-ignore: decorator
@inline
function integerAt(record: usize, offset: usize): f64 {
  return <f64>load<i64>(record + offset);
}

/** Writes the columns and returns their address. The sums of the records are used up. */
export function writeColumns(periodStartUs: i64): usize {
  stride = <usize>minuteCount << 3;
  out = allocate(stride * COLUMN_COUNT);
  const startMs = periodStartUs / 1000;
  let row: usize = 0;
  for (let n: u32 = 0; n < minuteSlots(); n++) {
    const record = recordAt(n);
    if (record == 0) continue;
    const buys = load<i64>(record, TRADES);
    const sells = load<i64>(record, TRADES + 8);
    const buyFills = load<i64>(record, FILLS);
    put(0, row, <f64>(startMs + <i64>n * MINUTE_MS));
    put(1, row, <f64>(buys + sells));
    put(4, row, sumOf(record, QUANTITY));
    put(5, row, sumOf(record, QUANTITY + 1));
    put(6, row, sumOf(record, QUOTE));
    put(7, row, sumOf(record, QUOTE + 1));
    put(8, row, sumOf(record, SQUARE));
    put(9, row, sumOf(record, SQUARE + 1));
    put(10, row, <f64>buys);
    put(11, row, <f64>sells);
    put(12, row, sumOf(record, WHALE));
    put(13, row, sumOf(record, WHALE + 1));
    put(14, row, sumOf(record, RETAIL));
    put(15, row, sumOf(record, RETAIL + 1));
    mergeSides(record, QUANTITY);
    mergeSides(record, QUOTE);
    put(2, row, sumOf(record, QUANTITY));
    put(3, row, sumOf(record, QUOTE));
    put(16, row, integerAt(record, FIRST_TIME));
    put(17, row, load<f64>(record, FIRST_PRICE));
    put(18, row, integerAt(record, LAST_TIME));
    put(19, row, load<f64>(record, LAST_PRICE));
    put(20, row, load<f64>(record, HIGH));
    put(21, row, load<f64>(record, LOW));
    put(22, row, <f64>(buyFills + load<i64>(record, FILLS + 8)));
    put(23, row, <f64>buyFills);
    put(24, row, integerAt(record, MIN_ID));
    put(25, row, integerAt(record, MAX_ID));
    put(26, row, integerAt(record, MIN_FILL));
    put(27, row, integerAt(record, MAX_FILL));
    row += 8;
  }
  return out;
}
