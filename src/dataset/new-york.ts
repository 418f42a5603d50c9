import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../time/index.js';

const FORMAT = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/** One entry a day that was asked for: time zones are looked up once a day, not once a minute. */
const openings = new Map<EpochMs, EpochMs>();

/** 09:30 in New York on the date that begins at `dayMs` in UTC, summer time considered. */
export function newYorkOpening(dayMs: EpochMs): EpochMs {
  let opening = openings.get(dayMs);
  if (opening === undefined) {
    // Clocks change at night: at 14:30 UTC the offset is that of the opening, be it 13:30 or 14:30 UTC.
    const offset = offsetAt(dayMs + 14.5 * HOUR_MS);
    opening = dayMs + 9.5 * HOUR_MS - offset;
    openings.set(dayMs, opening);
  }
  return opening;
}

/** Local time less UTC. */
function offsetAt(t: EpochMs): number {
  const parts = new Map(FORMAT.formatToParts(t).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type)!;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - t;
}

/** First and last minute of the hour from 09:30 to 10:29 whose end falls in `[startMs, endMs)`; null when none does. */
export function openingHourEndingIn(
  startMs: EpochMs,
  endMs: EpochMs,
): { readonly firstMs: EpochMs; readonly lastMs: EpochMs } | null {
  // Noon in New York is in the same UTC day, and no bar is longer than a day.
  const firstMs = newYorkOpening(Math.floor(startMs / DAY_MS) * DAY_MS);
  const lastMs = firstMs + 59 * MINUTE_MS;
  return lastMs >= startMs && lastMs < endMs ? { firstMs, lastMs } : null;
}
