/** Instants and durations as people read them. All UTC; pure. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `2024-01-05 18:41`, with seconds when they are asked for. */
export function instantText(ms: number, withSeconds = false): string {
  return new Date(ms)
    .toISOString()
    .slice(0, withSeconds ? 19 : 16)
    .replace('T', ' ');
}

/** `18:41:59` */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** As the address has it: `2024-01-05`, or `2024-01-05T18:41` where it is no midnight. */
export function addressTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.slice(11, 16) === '00:00' ? text.slice(0, 10) : text.slice(0, 16);
}

/** The inverse of `parseRangeEnd`: what ends at a midnight is named by its last day. */
export function addressEnd(ms: number): string {
  return ms % DAY_MS === 0 ? addressTime(ms - DAY_MS) : addressTime(ms);
}

const INSTANT = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?Z?)?)?$/;

/** Reads a month, a day or a minute, as UTC; null when it is none. */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text.trim());
  if (!match) return null;
  const [, year, month, day = '01', hour = '00', minute = '00'] = match;
  const ms = Date.parse(`${year!}-${month!}-${day}T${hour}:${minute}:00Z`);
  // Date.parse takes February 30 for March 1 in some places.
  return Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(day) ? null : ms;
}

/** Where what is named ends: the day after a day, the month after a month, the minute itself. */
export function parseRangeEnd(text: string): number | null {
  const ms = parseInstant(text);
  if (ms === null) return null;
  const length = text.trim().length;
  if (length === 7) return Date.UTC(new Date(ms).getUTCFullYear(), new Date(ms).getUTCMonth() + 1);
  return length === 10 ? ms + DAY_MS : ms;
}

/** `7 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h` */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const d = Math.floor(whole / 86_400);
  const h = Math.floor(whole / 3600) % 24;
  const m = Math.floor(whole / 60) % 60;
  const s = whole % 60;
  const two = (large: number, unit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
  if (d > 0) return two(d, 'd', h, 'h');
  if (h > 0) return two(h, 'h', m, 'min');
  if (m >= 10) return `${m} min`;
  return m > 0 ? two(m, 'min', s, 's') : `${s} s`;
}

/** Months from the first to the last, `YYYY-MM`, both inclusive. */
export function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let year = Number(first.slice(0, 4));
  let month = Number(first.slice(5, 7));
  for (;;) {
    const key = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    if (key > last || months.length > 2400) return months;
    months.push(key);
    if (++month > 12) {
      month = 1;
      year++;
    }
  }
}
