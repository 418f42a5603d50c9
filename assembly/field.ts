// One field of a row at a time, in every spelling that the archive has ever used. This is the careful way; the
// quick way through a usual row is in fast-row.ts, and both must read the same.

import { MANTISSA_LIMIT, MAX_SCALE, power10 } from './decimal';

export const UNIT_UNKNOWN: i32 = 0;
export const UNIT_MS: i32 = 1;
export const UNIT_US: i32 = 2;
export const UNIT_ISO: i32 = 3;

/** Largest id and integer of a column: exact as a double. */
export const MAX_INTEGER: i64 = 9007199254740991;
/** Returned where a field is no number; no valid field has this value. */
export const INVALID: i64 = i64.MIN_VALUE;

/** The decimal read last. */
export let mantissa: u64 = 0;
export let scale: i32 = 0;
/** The unit of the time read last. */
export let unit: i32 = UNIT_UNKNOWN;

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 48 <= 9;
}

/** An integer, perhaps negative. INVALID when it is none or too large. */
export function parseInteger(p: usize, end: usize): i64 {
  let negative = false;
  if (p < end && load<u8>(p) == 45 /* - */) {
    negative = true;
    p++;
  }
  if (p == end || end - p > 16) return INVALID;
  let value: i64 = 0;
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (!isDigit(c)) return INVALID;
    value = value * 10 + (c - 48);
  }
  if (value > MAX_INTEGER || (negative && value == 0)) return INVALID;
  return negative ? -value : value;
}

/** A decimal without sign, plain or scientific, into `mantissa` and `scale`, trailing zeros dropped. */
export function parseDecimal(p: usize, end: usize): bool {
  let m: u64 = 0;
  let zeros = 0; // digits 0 not yet in m: they may prove trailing
  let places = 0;
  let digits = 0;
  let point = false;
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (c == 46 /* . */ && !point) {
      point = true;
      continue;
    }
    if (!isDigit(c)) break;
    digits++;
    if (point) places++;
    if (c == 48) {
      if (m != 0) zeros++;
      continue;
    }
    if (zeros > 17) return false;
    // m stays below 10^18: at most 18 significant digits.
    if (m >= power10(17 - zeros)) return false;
    m = m * power10(zeros + 1) + (c - 48);
    zeros = 0;
  }
  if (digits == 0) return false;
  let exponent = 0;
  if (p < end) {
    if ((load<u8>(p++) | 32) != 101 /* e */) return false;
    let negative = false;
    if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 43)) negative = load<u8>(p++) == 45;
    if (p == end || end - p > 3) return false;
    for (; p < end; p++) {
      const c = load<u8>(p);
      if (!isDigit(c)) return false;
      exponent = exponent * 10 + (c - 48);
    }
    if (negative) exponent = -exponent;
  }
  if (m == 0) {
    mantissa = 0;
    scale = 0;
    return true;
  }
  return setDecimal(m, places - zeros - exponent);
}

/** Brings m × 10^-s into the form of the tape: scale 0 … 18, mantissa below 10^18. */
export function setDecimal(m: u64, s: i32): bool {
  if (s < 0) {
    if (s < -17 || m >= power10(18 + s)) return false;
    m *= power10(-s);
    s = 0;
  }
  if (s > MAX_SCALE || m >= MANTISSA_LIMIT) return false;
  mantissa = m;
  scale = s;
  return true;
}

/** 1 for true, 0 for false, -1 for neither. `true|1|t|yes|y` and their opposites, in any case. */
export function parseBoolean(p: usize, end: usize): i32 {
  const length = end - p;
  if (length == 0 || length > 5) return -1;
  let word: u64 = 0;
  for (let i: usize = 0; i < length; i++) word = (word << 8) | (<u64>load<u8>(p + i) | 32);
  if (length == 1) {
    const c = load<u8>(p);
    if (word == 0x74 || c == 49 || word == 0x79) return 1; // t 1 y
    if (word == 0x66 || c == 48 || word == 0x6e) return 0; // f 0 n
    return -1;
  }
  if (word == 0x74727565 || word == 0x796573) return 1; // true yes
  if (word == 0x66616c7365 || word == 0x6e6f) return 0; // false no
  return -1;
}

/** A time in µs since the epoch, and its `unit`; INVALID when it is none. */
export function parseTime(p: usize, end: usize): i64 {
  const length = end - p;
  if (length == 13 || length == 16) {
    const number = parseInteger(p, end);
    if (number >= 0) {
      unit = length == 13 ? UNIT_MS : UNIT_US;
      return length == 13 ? number * 1000 : number;
    }
  }
  unit = UNIT_ISO;
  return parseIso(p, end);
}

/** `2024-01-05T00:00:00.123456Z`; a space for the T, no fraction, no zone or `+00:00`, `+0000`, ` UTC` will do. UTC only. */
function parseIso(p: usize, end: usize): i64 {
  if (end - p < 19) return INVALID;
  if (load<u8>(p, 4) != 45 || load<u8>(p, 7) != 45 || load<u8>(p, 13) != 58 || load<u8>(p, 16) != 58) return INVALID;
  if ((load<u8>(p, 10) | 32) != 116 /* t */ && load<u8>(p, 10) != 32) return INVALID;
  const year = number(p, 4);
  const month = number(p + 5, 2);
  const day = number(p + 8, 2);
  const hour = number(p + 11, 2);
  const minute = number(p + 14, 2);
  const second = number(p + 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return INVALID;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return INVALID;
  p += 19;
  let micros: i64 = 0;
  if (p < end && load<u8>(p) == 46) {
    p++;
    let unitMicros: i64 = 100000;
    const start = p;
    for (; p < end && isDigit(load<u8>(p)); p++) {
      micros += <i64>(load<u8>(p) - 48) * unitMicros;
      unitMicros /= 10;
    }
    if (p == start || p - start > 9) return INVALID;
  }
  if (!isUtc(p, end)) return INVALID;
  const seconds = ((daysFromEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1_000_000 + micros;
}

function isUtc(p: usize, end: usize): bool {
  const length = end - p;
  if (length == 0) return true;
  if (length == 1) return (load<u8>(p) | 32) == 122; // Z
  if (length == 4) return load<u32>(p) == 0x43545520; // " UTC"
  if (length == 5) return load<u8>(p) == 43 && load<u32>(p + 1) == 0x30303030; // +0000
  return length == 6 && load<u8>(p) == 43 && load<u16>(p + 1) == 0x3030 && load<u8>(p, 3) == 58 && load<u16>(p + 4) == 0x3030;
}

function number(p: usize, digits: usize): i64 {
  const value = parseInteger(p, p + digits);
  return value < 0 ? -1 : value;
}

function daysInMonth(year: i64, month: i64): i64 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a Gregorian date from 1970 on, counting years from March. */
function daysFromEpoch(year: i64, month: i64, day: i64): i64 {
  const y = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719468;
}
