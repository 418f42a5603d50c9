/** Numbers as people read them. Pure. */

const SUFFIXES = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** `1,234` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1 month`, `2 months` */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Four significant digits, thousands by suffix: `12.35 M`, `0.01235`, `−3.2 k`; an em dash for null. */
export function valueText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size === 0) return '0';
  for (const [unit, suffix] of SUFFIXES) {
    // 999.95 k would be printed as 1000.0 k otherwise.
    if (size >= unit * 0.99995 && (unit > 1e3 || size >= 1e5))
      return `${sign}${digits(size / unit)} ${suffix}`;
  }
  if (size >= 1000) return `${sign}${size.toLocaleString('en-US', { maximumFractionDigits: 2 })}`;
  if (size < 1e-6) return `${sign}${size.toExponential(2)}`;
  return `${sign}${trim(size.toPrecision(4))}`;
}

/** A price in full, never shortened: `67,123.4`. */
export function priceText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  const decimals = size >= 1000 ? 2 : size >= 1 ? 4 : 8;
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals }).replace('-', '−');
}

/** For the ticks of an axis, that all have the precision of their step. */
export function axisText(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  for (const [unit, suffix] of SUFFIXES) {
    if (size >= unit && (unit > 1e3 || size >= 1e5)) {
      return `${sign}${(size / unit).toFixed(decimalsOf(step / unit))}${suffix}`;
    }
  }
  const decimals = decimalsOf(step);
  if (decimals > 7) return `${sign}${size.toExponential(1)}`;
  return `${sign}${size.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

/** `99.982 %`: 100 % only when nothing is left, 0 % only when there is nothing. */
export function shareText(share: number | null | undefined, decimals = 3): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '—';
  const scale = 10 ** decimals;
  let percent = Math.round(share * 100 * scale) / scale;
  if (share < 1 && percent >= 100) percent = (100 * scale - 1) / scale;
  if (share > 0 && percent <= 0) percent = 1 / scale;
  return `${trim(percent.toFixed(decimals))} %`;
}

/** `1.2 MB`, powers of 1000. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]!}`;
}

function digits(value: number): string {
  return value.toFixed(value >= 99.995 ? 1 : 2);
}

function decimalsOf(step: number): number {
  return step > 0 ? Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9))) : 0;
}

function trim(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}
