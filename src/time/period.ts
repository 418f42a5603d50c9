import { TapemillError } from '../errors.js';
import { DAY_MS, type EpochMs, epochMs } from './instant.js';

/** A UTC calendar month or day: what one object of the archive covers. Covers `[startMs, endMs)`. */
export interface Period {
  readonly kind: 'month' | 'day';
  /** `2024-01` or `2024-01-05`, as in the object's name. */
  readonly key: string;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** A requested span of whole days, `[startMs, endMs)`. */
export interface DateRange {
  /** As the user wrote them, both inclusive. */
  readonly start: string;
  readonly end: string;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

const pad = (n: number): string => String(n).padStart(2, '0');

export function monthPeriod(year: number, month: number): Period {
  return {
    kind: 'month',
    key: `${year}-${pad(month)}`,
    startMs: epochMs(year, month, 1),
    endMs: epochMs(year, month + 1, 1),
  };
}

/** The day that holds the instant `t`. */
export function dayPeriod(t: EpochMs): Period {
  const startMs = Math.floor(t / DAY_MS) * DAY_MS;
  return { kind: 'day', key: new Date(startMs).toISOString().slice(0, 10), startMs, endMs: startMs + DAY_MS };
}

/** The month that holds the instant `t`. */
export function monthOf(t: EpochMs): Period {
  const date = new Date(t);
  return monthPeriod(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Reads `YYYY-MM` or `YYYY-MM-DD`. @throws `E_PERIOD` for anything else, or a date that does not exist. */
export function parsePeriod(text: string): Period {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text);
  const fail = (): never => {
    throw new TapemillError('E_PERIOD', `expected a UTC date as YYYY-MM or YYYY-MM-DD, found "${text}"`, {
      expected: 'YYYY-MM or YYYY-MM-DD',
      found: text,
    });
  };
  if (!match) return fail();
  const [year, month, day] = [
    Number(match[1]),
    Number(match[2]),
    match[3] === undefined ? 0 : Number(match[3]),
  ];
  if (month < 1 || month > 12 || year < 1970) return fail();
  if (match[3] === undefined) return monthPeriod(year, month);
  const period = dayPeriod(epochMs(year, month, day));
  return period.key === text ? period : fail();
}

/** Reads two inclusive ends, each a month or a day. @throws `E_PERIOD` also when the start is after the end. */
export function parseRange(start: string, end: string): DateRange {
  const startMs = parsePeriod(start).startMs;
  const endMs = parsePeriod(end).endMs;
  if (startMs >= endMs) {
    throw new TapemillError('E_PERIOD', `the start ${start} is after the end ${end}`, {
      expected: 'start ≤ end',
      found: `${start} … ${end}`,
    });
  }
  return { start, end, startMs, endMs };
}

export function daysBetween(startMs: EpochMs, endMs: EpochMs): Period[] {
  const days: Period[] = [];
  for (let t = Math.floor(startMs / DAY_MS) * DAY_MS; t < endMs; t += DAY_MS) days.push(dayPeriod(t));
  return days;
}

export function daysOfMonth(month: Period): Period[] {
  return daysBetween(month.startMs, month.endMs);
}

/** Months that share at least one instant with `[startMs, endMs)`. */
export function monthsBetween(startMs: EpochMs, endMs: EpochMs): Period[] {
  const months: Period[] = [];
  for (let month = monthOf(startMs); month.startMs < endMs; month = monthOf(month.endMs)) months.push(month);
  return months;
}

export function periodContains(period: Period, t: EpochMs): boolean {
  return t >= period.startMs && t < period.endMs;
}
