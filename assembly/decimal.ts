// Decimals as the text gives them: mantissa × 10^-scale, both integers. A number of the tape has at most
// 18 significant digits and 0 … 18 decimal places; anything longer is malformed. Products and quotients are
// formed from these integers and rounded once.

export const MAX_SCALE: i32 = 18;
export const MANTISSA_LIMIT: u64 = 1_000_000_000_000_000_000;

/** Integers up to here are exact as doubles. */
const EXACT: f64 = 9007199254740992;
/** 10^22 is the largest power of ten that is exact as a double. */
const MAX_EXACT_POWER: i32 = 22;

const POWERS: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
  1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
  1000000000000000000,
]);
const EXACT_POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);

/** 10^n, n in 0 … 18. */
// @ts-ignore: decorator
@inline
export function power10(n: usize): u64 {
  return load<u64>(POWERS + (n << 3));
}

/** The double nearest to mantissa × 10^-scale. One correctly rounded division of two exact doubles does it nearly always. */
// @ts-ignore: decorator
@inline
export function decimalToF64(mantissa: u64, scale: i32): f64 {
  if (mantissa <= <u64>EXACT) return <f64>(<i64>mantissa) / load<f64>(EXACT_POWERS + (<usize>scale << 3));
  return quotient(0, mantissa, 0, power10(scale));
}

/** The double nearest to the product of two decimals. */
// @ts-ignore: decorator
@inline
export function productToF64(a: u64, scaleA: i32, b: u64, scaleB: i32): f64 {
  const scale = scaleA + scaleB;
  // Less, not equal: 2^53 may stand for a product of 2^53 + 1.
  if (<f64>(<i64>a) * <f64>(<i64>b) < EXACT && scale <= MAX_EXACT_POWER) {
    return <f64>(<i64>(a * b)) / load<f64>(EXACT_POWERS + (<usize>scale << 3));
  }
  return wideProduct(a, scaleA, b, scaleB);
}

function wideProduct(a: u64, scaleA: i32, b: u64, scaleB: i32): f64 {
  multiply(a, b);
  const high = wideHigh;
  const low = wideLow;
  multiply(power10(scaleA), power10(scaleB));
  return quotient(high, low, wideHigh, wideLow);
}

/** The double nearest to (a × 10^-scaleA × factor) / (b × 10^-scaleB); b > 0, factor ≤ 100. */
export function ratioToF64(a: u64, scaleA: i32, factor: u64, b: u64, scaleB: i32): f64 {
  if (a == 0) return 0;
  let numeratorHigh: u64 = 0;
  let numerator: u64 = a * factor;
  if (a >= MANTISSA_LIMIT / 100) {
    multiply(a, factor);
    numeratorHigh = wideHigh;
    numerator = wideLow;
  }
  let denominatorHigh: u64 = 0;
  let denominator: u64 = b;
  if (scaleB > scaleA) {
    // Fits: a × factor < 10^20 and the power ≤ 10^18, so the product is below 10^38 < 2^127.
    multiply(numerator, power10(scaleB - scaleA));
    const carry = numeratorHigh * power10(scaleB - scaleA);
    numeratorHigh = wideHigh + carry;
    numerator = wideLow;
  } else if (scaleA > scaleB) {
    multiply(b, power10(scaleA - scaleB));
    denominatorHigh = wideHigh;
    denominator = wideLow;
  }
  if (
    numeratorHigh == 0 &&
    denominatorHigh == 0 &&
    numerator <= <u64>EXACT &&
    denominator <= <u64>EXACT
  ) {
    return <f64>(<i64>numerator) / <f64>(<i64>denominator);
  }
  return quotient(numeratorHigh, numerator, denominatorHigh, denominator);
}

let wideHigh: u64 = 0;
let wideLow: u64 = 0;

/** 64 × 64 -> 128 bits, into `wideHigh`, `wideLow`. */
function multiply(a: u64, b: u64): void {
  const al = a & 0xffffffff;
  const ah = a >> 32;
  const bl = b & 0xffffffff;
  const bh = b >> 32;
  const ll = al * bl;
  const lh = al * bh;
  const hl = ah * bl;
  const middle = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff);
  wideLow = (ll & 0xffffffff) | (middle << 32);
  wideHigh = ah * bh + (lh >> 32) + (hl >> 32) + (middle >> 32);
}

/**
 * The double nearest to N / D for 128-bit integers below 2^127, D > 0, ties to even. Schoolbook division, a bit
 * at a time: it is the way out for numbers too long for one floating-point division, and rare.
 */
function quotient(nHigh: u64, nLow: u64, dHigh: u64, dLow: u64): f64 {
  if ((nHigh | nLow) == 0) return 0;
  // 54 bits of quotient (53 and one to round by); the remainder tells whether anything follows.
  let rHigh: u64 = 0;
  let rLow: u64 = 0;
  let bits: u64 = 0;
  let exponent = 128;
  while (bits < 0x0020_0000_0000_0000) {
    const next = nHigh >> 63;
    nHigh = (nHigh << 1) | (nLow >> 63);
    nLow <<= 1;
    rHigh = (rHigh << 1) | (rLow >> 63);
    rLow = (rLow << 1) | next;
    bits <<= 1;
    if (rHigh > dHigh || (rHigh == dHigh && rLow >= dLow)) {
      const borrow: u64 = rLow < dLow ? 1 : 0;
      rLow -= dLow;
      rHigh -= dHigh + borrow;
      bits |= 1;
    }
    exponent--;
  }
  // The quotient is bits × 2^exponent plus something below one unit of `bits`.
  const more = (rHigh | rLow | nHigh | nLow) != 0;
  let mantissa = bits >> 1;
  if ((bits & 1) != 0 && (more || (mantissa & 1) != 0)) mantissa++;
  return <f64>mantissa * reinterpret<f64>(<u64>(exponent + 1 + 1023) << 52);
}
