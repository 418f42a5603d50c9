import { TapemillError } from '../errors.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs, monthOf } from '../time/index.js';

/** Length of a kline, as the archive's folders spell it. */
export interface KlineInterval {
  readonly label: string;
  /** Null for `1mo`, whose length is that of the month. */
  readonly lengthMs: EpochMs | null;
}

const minutes = [1, 3, 5, 15, 30].map((n) => ({ label: `${n}m`, lengthMs: n * MINUTE_MS }));
const hours = [1, 2, 4, 6, 8, 12].map((n) => ({ label: `${n}h`, lengthMs: n * HOUR_MS }));

/** From the shortest on. `1mo` is the exchange's `1M`, which a file system may not tell from `1m`. */
export const KLINE_INTERVALS: readonly KlineInterval[] = [
  ...minutes,
  ...hours,
  { label: '1d', lengthMs: DAY_MS },
  { label: '3d', lengthMs: 3 * DAY_MS },
  { label: '1w', lengthMs: 7 * DAY_MS },
  { label: '1mo', lengthMs: null },
];

/** The first Monday since 1970: weeks of the exchange begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Reads `1m` … `1mo`, and the exchange's `1M`. @throws `E_USAGE` */
export function parseInterval(text: string): KlineInterval {
  const label = text === '1M' ? '1mo' : text;
  const found = KLINE_INTERVALS.find((interval) => interval.label === label);
  if (!found) {
    const expected = KLINE_INTERVALS.map((interval) => interval.label).join(', ');
    throw new TapemillError('E_USAGE', `expected a kline interval out of ${expected}, found "${text}"`, {
      expected,
      found: text,
    });
  }
  return found;
}

/** The instant at which the kline that opens at `openMs` ends and the next one opens. */
export function intervalEnd({ lengthMs }: KlineInterval, openMs: EpochMs): EpochMs {
  return lengthMs === null ? monthOf(openMs).endMs : openMs + lengthMs;
}

/** Whether a kline can open at `openMs`. Of `3d` only the day is checked: where its count starts is not published. */
export function isIntervalStart({ lengthMs }: KlineInterval, openMs: EpochMs): boolean {
  if (lengthMs === null) return monthOf(openMs).startMs === openMs;
  if (lengthMs === 7 * DAY_MS) return (openMs - FIRST_MONDAY_MS) % lengthMs === 0;
  return openMs % Math.min(lengthMs, DAY_MS) === 0;
}
