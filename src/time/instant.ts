/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly __unit?: 'ms' };
/** Microseconds since 1970-01-01T00:00:00Z; exact as a double until the year 2255. */
export type EpochMicros = number & { readonly __unit?: 'us' };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The instant of a UTC calendar date; `month` is 1 … 12. */
export function epochMs(year: number, month: number, day: number): EpochMs {
  return Date.UTC(year, month - 1, day);
}

/** `2020-01-01 00:00:00+00:00`, the way pandas prints a UTC timestamp of whole seconds. */
export function formatUtcSeconds(t: EpochMs): string {
  const iso = new Date(t).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}+00:00`;
}

/** `2020-01-01T00:00:00.000Z` */
export function formatIso(t: EpochMs): string {
  return new Date(t).toISOString();
}
