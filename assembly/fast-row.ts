// A usual row, read from the list of its separators (scan.ts) without a branch that depends on its digits:
//   id,price,quantity,first,last,time,bool[,bool]\n
// Anything unusual, malformed or merely rare makes it give up before it has changed anything, and the row is
// read by careful-row.ts. So this file decides speed, never results; a test reads the same rows both ways.

import { fastTimeDigits } from './careful-row';
import {
  anyNotDigit,
  compact,
  fieldBefore,
  firstNumber,
  numbers,
  pointIn,
  secondNumber,
  trailingZeros,
} from './digits';
import { MAX_INTEGER, mantissa, parseDecimal, scale } from './field';
import { takeRow } from './ticks';

const COMMA: u32 = 44;
const NEWLINE: u32 = 10;

let columns: usize = 7;

export function setFastColumns(count: i32): void {
  columns = <usize>count;
}

/** Entries of the separator list that a usual row has. */
export function separatorsInRow(): usize {
  return columns;
}

// @ts-ignore: decorator
@inline
function separator(list: usize, n: usize): usize {
  return <usize>load<u32>(list + (n << 2));
}

/** True unless `[start, end)` is `true` or `false` in any case. */
// @ts-ignore: decorator
@inline
function notBoolean(start: usize, end: usize): bool {
  const word = load<u32>(start) | 0x20202020;
  const length = end - start;
  const yes = <u32>(word == 0x65757274) & <u32>(length == 4);
  const no = <u32>(word == 0x736c6166) & <u32>(length == 5) & <u32>((load<u8>(start, 4) | 32) == 101);
  return (yes | no) == 0;
}

/** Reads the row that starts at `start` and whose separators begin at `list`; false, having done nothing, if it
 *  is not usual. The row is not counted. */
export function fastRow(start: usize, list: usize): bool {
  const end0 = separator(list, 0);
  const end1 = separator(list, 1);
  const end2 = separator(list, 2);
  const end3 = separator(list, 3);
  const end4 = separator(list, 4);
  const end5 = separator(list, 5);
  let end6 = separator(list, 6);
  let rowEnd = end6;
  let strange =
    (load<u8>(end0) ^ COMMA) |
    (load<u8>(end1) ^ COMMA) |
    (load<u8>(end2) ^ COMMA) |
    (load<u8>(end3) ^ COMMA) |
    (load<u8>(end4) ^ COMMA) |
    (load<u8>(end5) ^ COMMA);
  if (columns == 8) {
    rowEnd = separator(list, 7);
    strange |= load<u8>(end6) ^ COMMA;
  }
  strange |= load<u8>(rowEnd) ^ NEWLINE;
  const timeLength = end5 - end4 - 1;
  if (strange != 0 || timeLength != <usize>fastTimeDigits) return false;
  rowEnd -= <usize>(load<u8>(rowEnd - 1) == 13);
  if (columns == 8) {
    if (notBoolean(end6 + 1, rowEnd)) return false;
  } else {
    end6 = rowEnd;
  }
  if (notBoolean(end5 + 1, end6)) return false;

  const idLength = end0 - start;
  const priceLength = end1 - end0 - 1;
  const quantityLength = end2 - end1 - 1;
  const firstLength = end3 - end2 - 1;
  const lastLength = end4 - end3 - 1;
  // 1 … 15 digits: below 2^53.
  if (idLength - 1 > 14 || firstLength - 1 > 14 || lastLength - 1 > 14) return false;
  const idField = fieldBefore(end0, idLength);
  const timeField = fieldBefore(end5, timeLength);
  const firstField = fieldBefore(end3, firstLength);
  const lastField = fieldBefore(end4, lastLength);
  if (anyNotDigit(i8x16.max_u(i8x16.max_u(idField, timeField), i8x16.max_u(firstField, lastField)))) return false;

  // A point needs a digit beside it, hence the 1 less; 16 characters give at most 10^16.
  if (priceLength - 1 > 15 || quantityLength - 1 > 15) return false;
  const priceText = fieldBefore(end1, priceLength);
  const quantityText = fieldBefore(end2, quantityLength);
  const pricePoint = pointIn(priceText);
  const quantityPoint = pointIn(quantityText);
  let priceScale = 0;
  let quantityScale = 0;
  let priceZeros = 0;
  let quantityZeros = 0;
  if (pricePoint >= 0) {
    priceZeros = trailingZeros(priceText);
    priceScale = 15 - pricePoint - priceZeros;
    if (priceLength == 1) return false;
  }
  if (quantityPoint >= 0) {
    quantityZeros = trailingZeros(quantityText);
    quantityScale = 15 - quantityPoint - quantityZeros;
    if (quantityLength == 1) return false;
  }
  const priceField = compact(priceText, pricePoint, priceZeros);
  const quantityField = compact(quantityText, quantityPoint, quantityZeros);
  const decimals = numbers(priceField, quantityField);
  let price = firstNumber(decimals);
  let quantity = secondNumber(decimals);
  if (anyNotDigit(i8x16.max_u(priceField, quantityField))) {
    // Scientific notation, mostly: whole files are written in it.
    if (!parseDecimal(end0 + 1, end1)) return false;
    price = mantissa;
    priceScale = scale;
    if (!parseDecimal(end1 + 1, end2)) return false;
    quantity = mantissa;
    quantityScale = scale;
  }

  const idAndTime = numbers(idField, timeField);
  const fills = numbers(firstField, lastField);
  const count = secondNumber(idAndTime);
  const time = <i64>(timeLength == 13 ? count * 1000 : count);
  const first = <i64>firstNumber(fills);
  const last = <i64>secondNumber(fills);
  // 16 digits may be too many for a double.
  if (price == 0 || last < first || count > <u64>MAX_INTEGER) return false;

  const maker = <usize>((load<u8>(end5, 1) | 32) == 116 /* t */);
  takeRow(<i64>firstNumber(idAndTime), price, priceScale, quantity, quantityScale, first, last, time, maker);
  return true;
}
