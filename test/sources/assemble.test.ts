import { describe, expect, it } from 'vitest';
import { type AssembleOptions, assembleSourceMonth, sliceSourceDays } from '../../src/sources/index.js';
import { parsePeriod } from '../../src/time/index.js';
import { KLINES_1H, at, klineLine, klineLines, parse, rowsOf, times } from './fixture.js';

const HOUR = 3_600_000;
const [FIRST, SECOND, THIRD] = ['2024-01-01', '2024-01-02', '2024-01-03'] as const;

const part = (period: string, lines: readonly string[]) => ({
  period: parsePeriod(period),
  table: parse({ ...KLINES_1H, period }, ...lines).table,
});
const day = (key: string, own: Record<number, string | null> = {}) => {
  const lines = klineLines(at(key), HOUR, 24);
  return part(
    key,
    lines.map((line, n) => (own[n] === undefined ? line : own[n])).filter((line) => line !== null),
  );
};
/** Three days, numbered like the daily ones. */
const month = (drop: readonly string[] = []) =>
  part(
    '2024-01',
    [FIRST, SECOND, THIRD].flatMap((key) => klineLines(at(key), HOUR, 24)).filter((line) => !drop.some((t) => line.startsWith(`${at(t)},`))), // prettier-ignore
  );
/** The line of an hour with another volume and count. */
const other = (key: string, hour: number, count: number): string =>
  klineLine(at(key) + hour * HOUR, HOUR, hour, { 5: '999', 8: String(count) });

describe('a month of days', () => {
  it('is the days, in order of time', () => {
    const { table, comparison, seam } = assembleSourceMonth([day(THIRD), day(FIRST), day(SECOND)]);
    expect(rowsOf(table)).toEqual(rowsOf(month().table));
    expect({ comparison, seam }).toEqual({ comparison: null, seam: { duplicate: 0, contradiction: 0 } });
  });

  it('cannot have two objects of one day, nor none', () => {
    expect(() => assembleSourceMonth([day(FIRST), day(FIRST)])).toThrow('two objects of 2024-01-01');
    expect(() => assembleSourceMonth([month(), month()])).toThrow('two objects of 2024-01');
    expect(() => assembleSourceMonth([])).toThrow(RangeError);
  });

  it('can be cut into its days again', () => {
    const whole = assembleSourceMonth([day(FIRST), day(SECOND), day(THIRD)]).table;
    const kept = sliceSourceDays(whole, [parsePeriod(THIRD), parsePeriod(FIRST)]);
    expect(rowsOf(kept)).toEqual(rowsOf(assembleSourceMonth([day(FIRST), day(THIRD)]).table));
    expect(rowsOf(assembleSourceMonth([day(SECOND)], { kept }).table)).toEqual(rowsOf(whole));
    expect(sliceSourceDays(whole, []).length).toBe(0);
  });
});

describe('a month with its days', () => {
  const merge = (options: AssembleOptions = {}) =>
    assembleSourceMonth(
      [
        // The 2nd: hour 3 has more trades than the month says, hour 4 fewer, hour 5 as many; 6 is only in the month,
        // 7 only here. The 1st and 3rd have no daily object.
        day(SECOND, { 3: other(SECOND, 3, 100), 4: other(SECOND, 4, 1), 5: other(SECOND, 5, 10), 6: null }),
        month(['2024-01-02 07:00:00', '2024-01-03 09:00:00']),
      ],
      options,
    );
  const hoursOf = ({ table }: ReturnType<typeof merge>): string[] => times(table);
  const taken = ({ table }: ReturnType<typeof merge>): number[] =>
    rowsOf(table).flatMap((row) => (row['volume'] === 999 ? [new Date(row['time']!).getUTCHours()] : []));

  it('takes the row with more trades, and the one that there is', () => {
    const merged = merge();
    expect(merged.comparison).toEqual({
      prefer: null,
      days: 1,
      rowsCompared: 24,
      rowsDiffering: 5,
      rowsOnlyMonthly: 1,
      rowsOnlyDaily: 1,
      rowsTakenFromDaily: 2,
      firstTimes: [3, 4, 5, 6, 7].map((hour) => at(SECOND) + hour * HOUR),
    });
    expect(taken(merged)).toEqual([3]);
    expect(merged.table.length).toBe(71);
    expect(hoursOf(merged)).not.toContain('2024-01-03T09:00:00Z');
  });

  it('takes the word of the preferred one, for rows it lacks too', () => {
    const daily = merge({ prefer: 'daily' });
    expect(taken(daily)).toEqual([3, 4, 5]);
    expect(hoursOf(daily)).toContain('2024-01-02T07:00:00Z');
    expect(hoursOf(daily)).not.toContain('2024-01-02T06:00:00Z');
    expect(daily.comparison?.rowsTakenFromDaily).toBe(5);
    const monthly = merge({ prefer: 'monthly' });
    expect(taken(monthly)).toEqual([]);
    expect(hoursOf(monthly)).toContain('2024-01-02T06:00:00Z');
    expect(hoursOf(monthly)).not.toContain('2024-01-02T07:00:00Z');
    expect(monthly.comparison?.rowsTakenFromDaily).toBe(0);
  });

  it('without volumes takes the monthly row', () => {
    const mark = (period: string, price: string) => ({
      period: parsePeriod(period),
      table: parse({ ...KLINES_1H, dataType: 'markPriceKlines', period }, klineLine(at(SECOND), HOUR, 0, { 2: price })).table, // prettier-ignore
    });
    const { table } = assembleSourceMonth([mark('2024-01', '200'), mark(SECOND, '300')]);
    expect(table.columns['high']![0]).toBe(200);
  });
});
