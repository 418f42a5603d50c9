import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, type SymbolPlan, planSymbol } from '../../src/archive/index.js';
import { objectKey } from '../../src/market/index.js';
import {
  DAY_MS,
  dayPeriod,
  daysBetween,
  daysOfMonth,
  parsePeriod,
  parseRange,
} from '../../src/time/index.js';

function entry(period: string, key?: string): ArchiveEntry {
  const name = {
    market: 'um',
    dataType: 'aggTrades',
    symbol: 'XYZUSDT',
    period: parsePeriod(period),
  } as const;
  return {
    name,
    key: key ?? objectKey(name),
    bytes: 1,
    hasChecksum: true,
    etag: null,
    lastModified: null,
  };
}
const entries = (...periods: string[]): ArchiveEntry[] => periods.map((period) => entry(period));
const days = (start: string, end: string): string[] => {
  const range = parseRange(start, end);
  return daysBetween(range.startMs, range.endMs).map((day) => day.key);
};
const plan = (listing: ArchiveEntry[], start: string, end = start): SymbolPlan =>
  planSymbol(listing, parseRange(start, end));
const periodsOf = (list: readonly ArchiveEntry[]): string[] => list.map((object) => object.name.period.key);
const chosen = (result: SymbolPlan): string[] => result.months.flatMap((month) => periodsOf(month.objects));

describe('planSymbol', () => {
  it('takes whole months from monthly objects and keeps the daily ones as alternates', () => {
    const result = plan(entries('2024-01', '2024-02', '2024-01-03', '2024-03-01'), '2024-01', '2024-02');
    expect(chosen(result)).toEqual(['2024-01', '2024-02']);
    expect(result.months.map((month) => periodsOf(month.alternates))).toEqual([['2024-01-03'], []]);
    expect([...result.holes, ...result.beforeListing, ...result.afterDelisting]).toEqual([]);
    expect(result.months.some((month) => 'note' in month)).toBe(false);
  });

  it('takes the edges from daily objects', () => {
    const listing = [...entries('2024-01', '2024-02', '2024-03'), ...entries(...days('2024-01', '2024-03'))];
    const result = plan(listing, '2024-01-30', '2024-03-02');
    expect(chosen(result)).toEqual(['2024-01-30', '2024-01-31', '2024-02', '2024-03-01', '2024-03-02']);
    expect(result.months[0]).toMatchObject({
      startMs: parsePeriod('2024-01-30').startMs,
      endMs: parsePeriod('2024-01').endMs,
    });
  });

  it('takes an edge from the monthly object when its daily ones do not suffice, and says so', () => {
    const result = plan(entries('2024-01', '2024-01-30'), '2024-01-30', '2024-01-31');
    expect(chosen(result)).toEqual(['2024-01']);
    expect(periodsOf(result.months[0]?.alternates ?? [])).toEqual(['2024-01-30']);
    expect(result.months[0]?.note).toMatch(/2024-01: 1 of the 2 requested days have no daily object/);
    expect(result.holes).toEqual([]);
  });

  it('takes a month that is not published from its days, and does not call what is to come a hole', () => {
    const result = plan(entries('2024-01', '2024-02-01', '2024-02-03'), '2024-01', '2024-02');
    expect(chosen(result)).toEqual(['2024-01', '2024-02-01', '2024-02-03']);
    expect(result.holes).toEqual([{ period: '2024-02-02', reason: 'not listed' }]);
    expect(result.afterDelisting.map((missing) => missing.period)).toEqual(days('2024-02-04', '2024-02-29'));
    expect(result.months[1]?.missing).toHaveLength(27);
  });

  it('reports a whole missing month as a month, and only between the first and last object', () => {
    const result = plan(entries('2023-11', '2024-01-31'), '2023-09', '2024-03');
    expect(result.beforeListing.map((missing) => missing.period)).toEqual(['2023-09', '2023-10']);
    expect(result.holes.map((missing) => missing.period)).toEqual([
      '2023-12',
      ...days('2024-01-01', '2024-01-30'),
    ]);
    expect(result.afterDelisting.map((missing) => missing.period)).toEqual(['2024-02', '2024-03']);
  });

  it('measures the listing by all objects, not by the request', () => {
    const result = plan(entries('2020-01', '2024-01'), '2022-05');
    expect(result).toMatchObject({ months: [], holes: [{ period: '2022-05', reason: 'not listed' }] });
    expect(result.listed).toMatchObject({ firstDay: '2020-01-01', lastDay: '2024-01-31', objects: 2 });
    expect(plan(entries('2020-01', '2024-01'), '2022-05-31').holes).toEqual([
      { period: '2022-05-31', reason: 'not listed' },
    ]);
  });

  it('splits a month by reason when its days are missing for different ones', () => {
    const result = plan(entries('2024-01-10', '2024-01-12'), '2024-01');
    expect(result.beforeListing.map((missing) => missing.period)).toEqual(days('2024-01-01', '2024-01-09'));
    expect(result.holes.map((missing) => missing.period)).toEqual(['2024-01-11']);
    expect(result.afterDelisting.map((missing) => missing.period)).toEqual(days('2024-01-13', '2024-01-31'));
  });

  it('has nothing to say of a symbol that is not there', () => {
    const result = plan([], '2024-01', '2024-02-03');
    expect(result).toMatchObject({ months: [], holes: [], listed: null });
    expect(result.beforeListing.map((missing) => missing.period)).toEqual([
      '2024-01',
      ...days('2024-02-01', '2024-02-03'),
    ]);
  });

  it('takes one of two spellings of a month, the usual one', () => {
    const folder = 'data/futures/um/monthly/aggTrades/XYZUSDT/XYZUSDT-aggTrades';
    const odd = entry('2020-08', `${folder}-2020-8.zip`);
    expect(plan([odd], '2020-08').months[0]?.objects).toEqual([odd]);
    expect(plan([odd, entry('2020-08')], '2020-08').months[0]?.objects).toEqual([entry('2020-08')]);
  });
});

describe('planSymbol, whatever is listed and requested', () => {
  const origin = parsePeriod('2023-12-01').startMs;
  const day = fc.nat(150).map((n) => dayPeriod(origin + n * DAY_MS).key);
  const period = fc.oneof(day, fc.constantFrom('2023-12', '2024-01', '2024-02', '2024-03', '2024-04'));
  const range = fc
    .tuple(period, period)
    .filter(([a, b]) => parsePeriod(a).startMs < parsePeriod(b).endMs)
    .map(([a, b]) => parseRange(a, b));
  const listing = fc
    .array(fc.oneof(period, day), { maxLength: 120 })
    .chain((periods) => fc.shuffledSubarray(periods, { minLength: periods.length }));

  it('accounts for every requested day exactly once', () => {
    fc.assert(
      fc.property(listing, range, (periods, requested) => {
        const result = planSymbol(entries(...periods), requested);
        const seen = new Map<string, string[]>();
        const count = (key: string, where: string): void => {
          const { startMs, endMs } = parsePeriod(key);
          for (const { key: d } of daysBetween(startMs, endMs)) seen.set(d, [...(seen.get(d) ?? []), where]);
        };
        for (const month of result.months)
          for (const object of month.objects) count(object.name.period.key, 'covered');
        for (const missing of result.holes) count(missing.period, 'hole');
        for (const missing of result.beforeListing) count(missing.period, 'before');
        for (const missing of result.afterDelisting) count(missing.period, 'after');

        const asked = daysBetween(requested.startMs, requested.endMs);
        for (const { key } of asked) expect(seen.get(key), key).toHaveLength(1);
        const beyond = [...seen].filter(([key]) => !asked.some((d) => d.key === key));
        // Only a monthly object at an edge covers more than was asked for; what is missing never does.
        for (const [, where] of beyond) expect(where).toEqual(['covered']);
      }),
      { numRuns: 250 },
    );
  });

  it('never passes over an object, nor calls a hole what lies outside the listing', () => {
    fc.assert(
      fc.property(listing, range, (periods, requested) => {
        const result = planSymbol(entries(...periods), requested);
        const listed = new Set(periods.flatMap((key) => [key, ...(key.length === 7 ? daysOfMonth(parsePeriod(key)) : []).map((d) => (typeof d === 'string' ? d : d.key))])); // prettier-ignore
        for (const { period: key } of [...result.holes, ...result.beforeListing, ...result.afterDelisting]) {
          expect(listed.has(key), key).toBe(false);
        }
        for (const hole of result.holes) {
          const { startMs, endMs } = parsePeriod(hole.period);
          expect(startMs).toBeGreaterThanOrEqual(result.listed!.startMs);
          expect(endMs).toBeLessThanOrEqual(result.listed!.endMs);
        }
        for (const month of result.months) {
          expect(month.objects.length).toBeGreaterThan(0);
          for (const { name } of [...month.objects, ...month.alternates]) {
            expect(name.period.startMs >= month.month.startMs && name.period.endMs <= month.month.endMs).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: 250 },
    );
  });
});
