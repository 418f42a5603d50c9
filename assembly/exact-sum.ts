// Exact sums of non-negative doubles, in fixed point: integer additions, associative and commutative by nature,
// so row order, chunking and duplicates cannot leave a trace. Reading a sum rounds once, to the nearest double,
// ties to even.
//
// A sum has two parts. Which part takes a value depends on the value alone.
//   narrow   192 bits, from 2^-96 up, three u64 words with carries. Takes every value from 2^-44 (5.7e-14) to
//            2^64, which is all that a tape usually holds.
//   wide     for the rest: 32-bit digits in 64-bit words, which need no carry for 2^32 additions. With decimals
//            of at most 18 digits and 18 places (decimal.ts) a row's value lies in 2^-120 … 2^127, its square in
//            2^-240 … 2^254, with 52 bits below. Made when the first such value comes.

export const NARROW_BYTES: usize = 24;
export const WIDE_WORDS: i32 = 20;
export const WIDE_BYTES: usize = WIDE_WORDS * 8;

const NARROW_LSB: i32 = -96;
const WIDE_LSB: i32 = -320;
/** Where the narrow part's lowest bit stands among the wide digits. */
const NARROW_DIGIT: usize = (NARROW_LSB - WIDE_LSB) / 32;

const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
const HIDDEN: u64 = 0x0010_0000_0000_0000;
const DIGIT: u64 = 0xffff_ffff;
/** A double is mantissa × 2^(biased exponent - 1075). */
const BIAS: i32 = 1075;
/** Biased exponents, relative to the lowest, of what the narrow part takes. */
const NARROW_EXPONENTS: u32 = 64 + 44;

/**
 * Adds `x` to the narrow sum at `sum` if `take` is 1, nothing if it is 0, with the same instructions; false, having
 * done nothing, when `x` belongs into the wide part. Zero is taken.
 */
// @ts-ignore: decorator
@inline
export function addNarrow(sum: usize, x: f64, take: u64 = 1): bool {
  const bits = reinterpret<u64>(x);
  const position = <i32>(bits >> 52) - (BIAS + NARROW_LSB);
  if (<u32>position >= NARROW_EXPONENTS) return bits == 0;
  const mantissa = ((bits & MANTISSA) | HIDDEN) & (0 - take);
  const shift = <u64>(position & 63);
  const low = mantissa << shift;
  const high = (mantissa >> 1) >> (63 - shift);
  const at = sum + ((<usize>(position >> 6)) << 3);
  const first = load<u64>(at) + low;
  store<u64>(at, first);
  const carried = high + (first < low ? 1 : 0);
  const second = load<u64>(at, 8) + carried;
  store<u64>(at, second, 8);
  // Past the third word nothing can carry: 2^64 × 2^31 rows stay below 2^96.
  if (second < carried) store<u64>(at, load<u64>(at, 16) + 1, 16);
  return true;
}

/** Adds `x`, positive, to the wide sum at `sum`. */
export function addWide(sum: usize, x: f64): void {
  const bits = reinterpret<u64>(x);
  const mantissa = (bits & MANTISSA) | HIDDEN;
  const position = <i32>(bits >> 52) - (BIAS + WIDE_LSB);
  const shift = <u64>(position & 31);
  const low = mantissa << shift;
  const at = sum + ((<usize>(position >> 5)) << 3);
  store<u64>(at, load<u64>(at) + (low & DIGIT));
  store<u64>(at, load<u64>(at, 8) + (low >> 32), 8);
  store<u64>(at, load<u64>(at, 16) + ((mantissa >> 1) >> (63 - shift)), 16);
}

/** Adds the narrow sum at `from` to the one at `to`. */
export function mergeNarrow(to: usize, from: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < NARROW_BYTES; i += 8) {
    const addend = load<u64>(from + i);
    const partial = load<u64>(to + i) + carry;
    carry = partial < carry ? 1 : 0;
    const sum = partial + addend;
    if (sum < addend) carry = 1;
    store<u64>(to + i, sum);
  }
}

/** Adds the wide sum at `from` to the one at `to`. */
export function mergeWide(to: usize, from: usize): void {
  for (let i: usize = 0; i < WIDE_BYTES; i += 8) store<u64>(to + i, load<u64>(to + i) + load<u64>(from + i));
}

/** The value of the narrow sum at `sum`. */
export function roundNarrow(sum: usize): f64 {
  let high = load<u64>(sum, 16);
  let low = load<u64>(sum, 8);
  let rest = load<u64>(sum);
  let exponent = NARROW_LSB + 128;
  if (high == 0) {
    high = low;
    low = rest;
    rest = 0;
    exponent -= 64;
    if (high == 0) {
      if (low == 0) return 0;
      high = low;
      low = 0;
      exponent -= 64;
    }
  }
  const shift = clz(high);
  const bits = (high << shift) | ((low >> 1) >> (63 - shift));
  return roundBits(bits, ((low << shift) | rest) != 0, exponent - <i32>shift);
}

const scratch: usize = memory.data(160);

/** The value of a wide and a narrow sum together. */
export function roundBoth(wideSum: usize, narrow: usize): f64 {
  const wide = scratch;
  memory.copy(wide, wideSum, WIDE_BYTES);
  for (let i: usize = 0; i < 3; i++) {
    const word = load<u64>(narrow + (i << 3));
    const at = wide + ((NARROW_DIGIT + 2 * i) << 3);
    store<u64>(at, load<u64>(at) + (word & DIGIT));
    store<u64>(at, load<u64>(at, 8) + (word >> 32), 8);
  }
  let carry: u64 = 0;
  let top = -1;
  for (let i = 0; i < WIDE_WORDS; i++) {
    const at = wide + (<usize>i << 3);
    const digit = load<u64>(at) + carry;
    carry = digit >> 32;
    store<u64>(at, digit & DIGIT);
    if ((digit & DIGIT) != 0) top = i;
  }
  if (top < 0) return 0;
  const high = load<u64>(wide + (<usize>top << 3));
  const middle = top > 0 ? load<u64>(wide + (<usize>(top - 1) << 3)) : 0;
  const low = top > 1 ? load<u64>(wide + (<usize>(top - 2) << 3)) : 0;
  const shift = <u64>clz<u32>(<u32>high);
  const bits = (((high << 32) | middle) << shift) | (low >> (32 - shift));
  let below = (low << shift) & DIGIT;
  for (let i = 0; i < top - 2; i++) below |= load<u64>(wide + (<usize>i << 3));
  return roundBits(bits, below != 0, WIDE_LSB + ((top - 1) << 5) - <i32>shift);
}

/** The double nearest to bits × 2^exponent plus, if `more`, something below one unit of `bits`; its highest bit is set. */
function roundBits(bits: u64, more: bool, exponent: i32): f64 {
  const rest = bits & 0x7ff;
  let mantissa = bits >> 11;
  if (rest > 0x400 || (rest == 0x400 && (more || (mantissa & 1) != 0))) mantissa++;
  return <f64>mantissa * reinterpret<f64>(<u64>(exponent + 11 + 1023) << 52);
}
