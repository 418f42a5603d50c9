const UNITS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** How the numbers of an axis are written. `si`: 1.5M; `plain`: 42,500.0; `percent`: 0.01 stands as 1 %. */
export type NumberStyle = 'si' | 'plain' | 'percent';

/** Labels of ticks: all with the decimals that their step needs, and with one unit. */
export function tickLabels(values: readonly number[], step: number, style: NumberStyle): string[] {
  if (style === 'percent') {
    const decimals = decimalsOf(step * 100);
    return values.map((value) => `${(value * 100).toFixed(decimals)}%`.replace('-', '−'));
  }
  const largest = Math.max(...values.map(Math.abs), 0);
  const [unit, letter] = UNITS.find(([size]) => style === 'si' && largest >= size) ?? [1, ''];
  if (largest > 0 && (largest < 1e-6 || largest >= 1e15)) {
    return values.map((value) => (value === 0 ? '0' : value.toExponential(1).replace('e+', 'e')));
  }
  const decimals = decimalsOf(step / unit);
  return values.map((value) => (value === 0 ? '0' : `${grouped(value / unit, decimals)}${letter}`));
}

/** One number for reading: 4 digits and a unit, `−4.408M`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2).replace(/^-/, '−');
  const [unit, letter] = UNITS.find(([least]) => size >= least) ?? [1, ''];
  return `${Number((value / unit).toPrecision(4))}${letter}`.replace('-', '−');
}

/** Decimals that tell multiples of `step` apart. */
function decimalsOf(step: number): number {
  return Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
}

function grouped(value: number, decimals: number): string {
  const text = value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return text.replace('-', '−');
}
