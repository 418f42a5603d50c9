/** Exact decimal text of scaled integers: `value × 10^-decimals`. */

/** `12.3400` for (123400, 4): all decimals written. */
export function fixedText(value: bigint, decimals: number): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return negative ? `-${text}` : text;
}

/**
 * As Java prints a double, which is how the archive writes futures prices and quantities: `83.3`, `9.0`,
 * `4.452E-4` below a thousandth, `1.000406E7` from ten million on.
 */
export function javaText(value: bigint, decimals: number): string {
  if (value === 0n) return '0.0';
  const [whole = '0', fraction = ''] = fixedText(value, decimals).split('.');
  if (whole.length > 7 || (whole === '0' && value * 1000n < 10n ** BigInt(decimals))) {
    return scientificText(value, decimals);
  }
  return `${whole}.${fraction.replace(/0+$/, '') || '0'}`;
}

/** `4.452E-4`, `1.0E0`: one digit before the point, at least one behind it. */
export function scientificText(value: bigint, decimals: number): string {
  if (value === 0n) return '0.0E0';
  const digits = value.toString();
  return `${digits[0]!}.${digits.slice(1).replace(/0+$/, '') || '0'}E${digits.length - 1 - decimals}`;
}

/** `a / b` to the nearest integer, halves up. Both positive. */
export function divideRounded(a: bigint, b: bigint): bigint {
  return (2n * a + b) / (2n * b);
}
