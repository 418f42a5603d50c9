/**
 * Numbers straight into bytes. Every function writes at `at` and returns the index behind what it wrote; the
 * caller has made sure of the room. No allocation.
 */

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const EXPONENT = 69;

/** `'000' … '999'` as bytes. */
const THREE = Uint8Array.from({ length: 3000 }, (_, i) => {
  const value = Math.floor(i / 3);
  const place = i % 3;
  return ZERO + (Math.floor(value / (place === 0 ? 100 : place === 1 ? 10 : 1)) % 10);
});

/** A 31-bit unsigned integer without leading zeros. */
export function writeInt(out: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let bound = 10; value >= bound && end < at + 10; bound *= 10) end++;
  let v = value | 0;
  for (let i = end - 1; i >= at; i--) {
    const q = (v / 10) | 0;
    out[i] = ZERO + v - q * 10;
    v = q;
  }
  return end;
}

/** Any integer of magnitude below 2^53; negative ones occur in sentinel rows. */
export function writeId(out: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    out[at] = MINUS;
    return writeId(out, at + 1, -value);
  }
  if (value < 2147483648) return writeInt(out, at, value);
  const high = Math.floor(value / 1e9);
  return writeNine(out, writeInt(out, at, high), value - high * 1e9);
}

/** Exactly nine digits. */
export function writeNine(out: Uint8Array, at: number, value: number): number {
  const high = (value / 1e6) | 0;
  return writeSix(out, writeThree(out, at, high), (value - high * 1e6) | 0);
}

/** Exactly six digits. */
export function writeSix(out: Uint8Array, at: number, value: number): number {
  const high = (value / 1000) | 0;
  return writeThree(out, writeThree(out, at, high), value - high * 1000);
}

function writeThree(out: Uint8Array, at: number, value: number): number {
  const from = value * 3;
  out[at] = THREE[from]!;
  out[at + 1] = THREE[from + 1]!;
  out[at + 2] = THREE[from + 2]!;
  return at + 3;
}

/** `value × 10^-decimals` with all its decimals, then `padding` zeros. `scale` is `10^decimals`. */
export function writeFixed(
  out: Uint8Array,
  at: number,
  value: number,
  decimals: number,
  scale: number,
  padding: number,
): number {
  const whole = Math.floor(value / scale);
  let end = writeId(out, at, whole);
  out[end++] = DOT;
  end = writeFraction(out, end, value - whole * scale, decimals);
  for (let i = 0; i < padding; i++) out[end++] = ZERO;
  return end;
}

/** As `javaText` in `decimal.ts`, into bytes. */
export function writeJava(
  out: Uint8Array,
  at: number,
  value: number,
  decimals: number,
  scale: number,
): number {
  const whole = Math.floor(value / scale);
  if (whole >= 1e7 || (value * 1000 < scale && value > 0)) return writeScientific(out, at, value, decimals);
  let end = writeInt(out, at, whole);
  out[end++] = DOT;
  const first = end;
  end = writeFraction(out, end, value - whole * scale, decimals);
  if (end === first) out[end++] = ZERO;
  while (end > first + 1 && out[end - 1] === ZERO) end--;
  return end;
}

function writeScientific(out: Uint8Array, at: number, value: number, decimals: number): number {
  // The digits one place to the right, then the first of them in front of the point.
  let end = writeId(out, at + 1, value);
  const exponent = end - at - 2 - decimals;
  out[at] = out[at + 1]!;
  out[at + 1] = DOT;
  if (end === at + 2) out[end++] = ZERO;
  while (end > at + 3 && out[end - 1] === ZERO) end--;
  out[end++] = EXPONENT;
  return writeId(out, end, exponent);
}

/** Exactly `digits` digits, at most 9. */
function writeFraction(out: Uint8Array, at: number, value: number, digits: number): number {
  let v = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const q = (v / 10) | 0;
    out[i] = ZERO + v - q * 10;
    v = q;
  }
  return at + digits;
}
