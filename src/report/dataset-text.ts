/** A value with four digits: `0.0123`, `1.235e+9`, `–` for none. */
export function valueText(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(3).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(4)));
}

/** What a stability index says. */
export function driftTone(drift: number | null): 'good' | 'warn' | 'bad' | 'none' {
  if (drift === null) return 'none';
  return drift < 0.1 ? 'good' : drift <= 0.25 ? 'warn' : 'bad';
}
