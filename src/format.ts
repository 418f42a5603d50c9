/** Numbers as people read them, wherever they are printed. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1.2 MB`, powers of 1000. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]!}`;
}
