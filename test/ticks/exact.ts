/**
 * Exact arithmetic for the reference: decimals as BigInt fractions, doubles as BigInt multiples of 2^-1074, and
 * one rounding at the end. Slow and plain on purpose; the kernel's shortcuts are what it judges.
 */

/** numerator / denominator, denominator > 0, not negative. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const MAX_SIGNIFICANT_DIGITS = 18;
const MAX_DECIMAL_PLACES = 18;

/** Every finite double is an integer multiple of this. */
const SMALLEST_EXPONENT = -1074n;
const MANTISSA_BITS = 53;

/** A decimal without sign; null when it is none, or has more digits than a number of the tape may have. */
export function parseDecimal(text: string): Rational | null {
  const match = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match) return null;
  const [whole = '', fraction = '', exponent = '0'] = match.slice(1) as (string | undefined)[];
  if (whole + fraction === '') return null;
  let mantissa = BigInt(whole + fraction);
  let places = fraction.length - Number(exponent);
  if (mantissa === 0n) return { numerator: 0n, denominator: 1n };
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    places--;
  }
  const digitsNeeded = String(mantissa).length + Math.max(0, -places);
  if (digitsNeeded > MAX_SIGNIFICANT_DIGITS || places > MAX_DECIMAL_PLACES) return null;
  return places >= 0
    ? { numerator: mantissa, denominator: 10n ** BigInt(places) }
    : { numerator: mantissa * 10n ** BigInt(-places), denominator: 1n };
}

export function times(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

export function dividedBy(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator };
}

/** The double nearest to a fraction, ties to even. Right in the range of normal doubles, which is all that is asked of it. */
export function nearestDouble({ numerator, denominator }: Rational): number {
  if (numerator === 0n) return 0;
  // Scaled by a power of two so that the quotient has at least 53 bits, then brought down to exactly 53.
  let shift = MANTISSA_BITS + 4 - (roughBits(numerator) - roughBits(denominator));
  const top = shift >= 0 ? numerator << BigInt(shift) : numerator;
  let unit = shift >= 0 ? denominator : denominator << BigInt(-shift);
  while (top / unit >= 1n << BigInt(MANTISSA_BITS)) {
    unit *= 2n;
    shift--;
  }
  const quotient = top / unit;
  const rest = 2n * (top - quotient * unit);
  const up = rest > unit || (rest === unit && quotient % 2n === 1n);
  return Number(up ? quotient + 1n : quotient) * 2 ** -shift;
}

/** Number of bits, rounded up to a multiple of four. */
function roughBits(n: bigint): number {
  return n.toString(16).length * 4;
}

const bits = new DataView(new ArrayBuffer(8));

/** A double ≥ 0 as an integer multiple of 2^-1074. */
function multiples(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = word >> 52n;
  const mantissa = word & 0xf_ffff_ffff_ffffn;
  return exponent === 0n ? mantissa : (mantissa | 0x10_0000_0000_0000n) << (exponent - 1n);
}

/** The correctly rounded sum of doubles ≥ 0. */
export function sumRoundedOnce(values: readonly number[]): number {
  const numerator = values.reduce((sum, value) => sum + multiples(value), 0n);
  return nearestDouble({ numerator, denominator: 1n << -SMALLEST_EXPONENT });
}
