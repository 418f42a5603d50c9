import { describe, expect, it } from 'vitest';
import { assembleDays, mergeMonthlyWithDaily, sliceDays, sliceToSpan } from '../../src/layer/index.js';
import { type MinuteBars, concatMinuteBars, sliceMinuteBars } from '../../src/ticks/minute-bars.js';
import { DAY_MS, MINUTE_MS, dayPeriod } from '../../src/time/index.js';
import { minutesFrom, sampleBars } from './sample.js';

const FIRST = Date.UTC(2026, 3, 13);
const days = [0, 1, 2].map((day) => dayPeriod(FIRST + day * DAY_MS));
const parts = days.map((period, index) => ({
  period,
  bars: sampleBars(minutesFrom(period.startMs, 1440), index + 1),
}));
const whole = concatMinuteBars(parts.map((part) => part.bars));

/** A copy with `change` made to one row. */
function changed(bars: MinuteBars, change: (copy: MinuteBars) => void): MinuteBars {
  const copy = concatMinuteBars([bars]);
  change(copy);
  return copy;
}

/** A copy without one row. */
function without(bars: MinuteBars, row: number): MinuteBars {
  return concatMinuteBars([sliceMinuteBars(bars, 0, row), sliceMinuteBars(bars, row + 1, bars.length)]);
}

describe('days', () => {
  it('become a month in whatever order they come', () => {
    expect(assembleDays([parts[2]!, parts[0]!, parts[1]!])).toEqual(whole);
    expect(assembleDays([]).length).toBe(0);
  });

  it('are found again in the month, to complete it with another', () => {
    const kept = sliceDays(assembleDays([parts[0]!, parts[2]!]), [days[0]!, days[2]!]);
    expect(assembleDays([...kept, parts[1]!])).toEqual(whole);
    expect(sliceToSpan(whole, { startMs: FIRST - DAY_MS, endMs: FIRST + MINUTE_MS }).length).toBe(1);
    expect(sliceToSpan(whole, { startMs: FIRST + 9 * DAY_MS, endMs: FIRST + 10 * DAY_MS }).length).toBe(0);
  });

  it('are refused when they overlap or hold bars of another day', () => {
    expect(() => assembleDays([parts[0]!, parts[0]!])).toThrow('2026-04-13 and 2026-04-13 overlap');
    expect(() => assembleDays([{ period: days[0]!, bars: parts[1]!.bars }])).toThrow('not within 2026-04-13');
  });
});

describe('a monthly object beside daily ones', () => {
  it('that are equal leaves nothing to report', () => {
    const { bars, comparison } = mergeMonthlyWithDaily(whole, parts);
    expect(bars).toEqual(whole);
    expect(comparison).toEqual({
      prefer: null,
      days: 3,
      minutesCompared: 3 * 1440,
      minutesDiffering: 0,
      minutesOnlyMonthly: 0,
      minutesOnlyDaily: 0,
      minutesTakenFromDaily: 0,
      columns: [],
      firstMinutes: [],
    });
  });

  it('compares only the days at hand', () => {
    const { bars, comparison } = mergeMonthlyWithDaily(whole, [parts[1]!]);
    expect(bars).toEqual(whole);
    expect(comparison).toMatchObject({ days: 1, minutesCompared: 1440, minutesDiffering: 0 });
  });

  it('gives way, minute by minute, to the source with more fills', () => {
    const monthly = changed(whole, ({ columns }) => {
      columns.fill_count[10]! -= 1; // daily has more
      columns.quote_volume[10]! -= 1;
      columns.fill_count[20]! += 1; // monthly has more
    });
    const { bars, comparison } = mergeMonthlyWithDaily(monthly, parts);
    expect(bars).toEqual(changed(whole, ({ columns }) => (columns.fill_count[20]! += 1)));
    expect(comparison).toMatchObject({
      minutesDiffering: 2,
      minutesTakenFromDaily: 1,
      columns: [
        { column: 'quote_volume', minutes: 1 },
        { column: 'fill_count', minutes: 2 },
      ],
      firstMinutes: [FIRST + 10 * MINUTE_MS, FIRST + 20 * MINUTE_MS],
    });
  });

  it('stands when both have as many fills', () => {
    const monthly = changed(whole, ({ columns }) => (columns.price_last[10]! += 1));
    expect(mergeMonthlyWithDaily(monthly, parts).bars).toEqual(monthly);
    expect(mergeMonthlyWithDaily(monthly, parts, 'daily').bars).toEqual(whole);
  });

  it('is completed by minutes that only the days have, and keeps those that they lack', () => {
    const monthly = without(whole, 5);
    const daily = [{ period: days[0]!, bars: without(parts[0]!.bars, 7) }, ...parts.slice(1)];
    const { bars, comparison } = mergeMonthlyWithDaily(monthly, daily);
    expect(bars).toEqual(whole);
    expect(comparison).toMatchObject({
      minutesCompared: 3 * 1440,
      minutesDiffering: 2,
      minutesOnlyMonthly: 1,
      minutesOnlyDaily: 1,
      minutesTakenFromDaily: 1,
      columns: [],
    });
    expect(mergeMonthlyWithDaily(monthly, daily, 'monthly').bars).toEqual(monthly);
    expect(mergeMonthlyWithDaily(monthly, daily, 'daily').bars).toEqual(without(whole, 7));
  });

  it('lists no more than the first 20 minutes', () => {
    const monthly = changed(whole, ({ columns }) => columns.trade_count.fill(1));
    const { comparison } = mergeMonthlyWithDaily(monthly, parts);
    expect(comparison.minutesDiffering).toBeGreaterThan(4000);
    expect(comparison.firstMinutes.length).toBe(20);
  });
});
