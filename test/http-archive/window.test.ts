import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, type ListQuery, type SymbolPlan, planSymbol } from '../../src/archive/index.js';
import { objectKey } from '../../src/market/index.js';
import {
  type DateRange,
  type Period,
  daysBetween,
  epochMs,
  monthsBetween,
  parsePeriod,
  parseRange,
} from '../../src/time/index.js';
import { put } from '../archive/fixture.js';
import { type Mirror } from '../../src/mirror/index.js';
import { mirrorOf, newFolder, openHttp } from './setup.js';

const QUERY = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;
const [FROM, TO] = [epochMs(2020, 11, 1), epochMs(2024, 3, 1)];

async function treeOf(periods: readonly Period[]): Promise<string> {
  const root = await newFolder();
  await put(root, 'data/futures/um/daily/aggTrades/OTHERUSDT/readme.txt', 'x');
  for (const period of periods) {
    const key = objectKey({ ...QUERY, period });
    await put(root, key, 'x');
    await put(root, `${key}.CHECKSUM`, 'x');
  }
  return root;
}

/** Some months and days of a life, with holes. */
const life = fc
  .record({
    start: fc.integer({ min: 0, max: 1100 }),
    length: fc.integer({ min: 1, max: 400 }),
    monthly: fc.constantFrom('most', 'none', 'all'),
    holes: fc.uniqueArray(fc.integer({ min: 0, max: 399 }), { maxLength: 40 }),
  })
  .map(({ start, length, monthly, holes }): Period[] => {
    const all = daysBetween(FROM, TO);
    const days = all.slice(start, start + length).filter((_, at) => !holes.includes(at));
    const whole = days.length === 0 ? [] : monthsBetween(days[0]!.startMs, days.at(-1)!.endMs);
    const months =
      monthly === 'none'
        ? []
        : monthly === 'all'
          ? whole
          : whole.slice(0, -1).filter((_, at) => at % 5 !== 3);
    return [...months, ...days];
  });

const range = fc
  .record({ start: fc.integer({ min: 0, max: 1200 }), days: fc.integer({ min: 1, max: 900 }) })
  .map(({ start, days }): DateRange => {
    const all = daysBetween(FROM, TO);
    return parseRange(all[start]!.key, all[Math.min(start + days, all.length) - 1]!.key);
  });

/** What a plan says about the request; of the listing itself, a part of it cannot know all. */
function sense(plan: SymbolPlan, alternates: boolean): unknown {
  const keys = (list: readonly ArchiveEntry[]): string[] => list.map(({ key }) => key);
  return {
    months: plan.months.map((month) => ({
      month: month.month.key,
      objects: keys(month.objects),
      ...(alternates ? { alternates: keys(month.alternates) } : {}),
      missing: month.missing,
    })),
    holes: plan.holes,
    before: plan.beforeListing,
    after: plan.afterDelisting,
  };
}

describe('a listing for a range', () => {
  it('gives the same plan as the whole listing', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.array(range, { minLength: 6, maxLength: 6 }), async (periods, ranges) => {
        const mirror = await mirrorOf(await treeOf(periods));
        const { archive } = await openHttp(mirror.url);
        const all = await archive.list(QUERY);
        expect(all).toHaveLength(periods.length);
        for (const wanted of ranges) {
          const expected = planSymbol(all, wanted);
          const query: ListQuery = { ...QUERY, range: wanted };
          const some = await archive.list(query);
          expect(sense(planSymbol(some, wanted), true)).toEqual(sense(expected, true));
          expect(all).toEqual(expect.arrayContaining(some));
          const gaps = await archive.list({ ...query, days: 'gaps' });
          expect(sense(planSymbol(gaps, wanted), false)).toEqual(sense(expected, false));
        }
        await mirror.close();
      }),
      { numRuns: 12, seed: 11 },
    );
  });

  it('tells holes at its ends from listing and delisting, and reads on over pages', async () => {
    const days = [
      ...daysBetween(epochMs(2020, 12, 1), epochMs(2021, 1, 1)),
      ...daysBetween(epochMs(2021, 2, 1), epochMs(2023, 2, 1)),
      ...daysBetween(epochMs(2024, 2, 1), epochMs(2024, 3, 1)),
    ];
    const mirror = await mirrorOf(await treeOf(days));
    const { archive } = await openHttp(mirror.url);
    const all = await archive.list(QUERY);
    for (const [start, end] of [
      ['2021-01-15', '2021-02'],
      ['2021-06', '2022-12'],
      ['2021', '2022'].map((year) => `${year}-12-31`),
      ['2022-12', '2023-06'],
      ['2023-05', '2023-06'],
    ] as const) {
      const wanted = parseRange(start, end);
      for (const kind of ['all', 'gaps'] as const) {
        const some = await archive.list({ ...QUERY, range: wanted, days: kind });
        expect(sense(planSymbol(some, wanted), true), `${start} ${kind}`).toEqual(
          sense(planSymbol(all, wanted), true),
        );
      }
    }
  });

  const requests = (mirror: Mirror): number => mirror.requests.count({ target: 'index' });
  const DAYS = daysBetween(epochMs(2020, 1, 1), epochMs(2025, 7, 1));
  const MONTHS = monthsBetween(epochMs(2020, 1, 1), epochMs(2025, 6, 1));

  it('asks for no page that is not needed, and remembers those it had', async () => {
    const mirror = await mirrorOf(await treeOf([...MONTHS, ...DAYS]));
    const cost = async (query: Partial<ListQuery>): Promise<number> => {
      const { archive, dataDir } = await openHttp(mirror.url);
      const before = requests(mirror);
      const found = await archive.list({ ...QUERY, ...query });
      const asked = requests(mirror) - before;
      const again = await openHttp(mirror.url, { dataDir });
      expect(await again.archive.list({ ...QUERY, ...query })).toEqual(found);
      expect(requests(mirror) - before).toBe(asked);
      return asked;
    };
    expect(await cost({})).toBe(6);
    expect(await cost({ range: parseRange('2024-02', '2024-02') })).toBe(2);
    expect(await cost({ range: parseRange('2024-02', '2024-02'), days: 'gaps' })).toBe(1);
    expect(await cost({ range: parseRange('2020-01', '2025-06'), days: 'gaps' })).toBe(2);
    expect(await cost({ range: parseRange('2021-05-17', '2023-03-04'), days: 'gaps' })).toBe(3);
  });

  it('finds what is spelled unusually', async () => {
    const root = await treeOf([]);
    const folder = 'data/futures/um';
    await put(root, `${folder}/monthly/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2020-8.zip`, 'x');
    await put(root, `${folder}/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2021-1-2.zip`, 'x');
    await put(root, `${folder}/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2021-11-02.zip`, 'x');
    await put(root, `${folder}/daily/aggTrades/xyzusdt/xyzusdt-aggTrades-2021-11-03.zip`, 'x');
    await put(root, `${folder}/daily/aggTrades/abcusdt/abcusdt-aggTrades-2021-11-03.zip`, 'x');
    const mirror = await mirrorOf(root);
    const { archive } = await openHttp(mirror.url);
    const found = await archive.list({ ...QUERY, range: parseRange('2020-08', '2021-01') });
    expect(found.map(({ name }) => name.period)).toEqual(
      ['2020-08', '2021-01-02', '2021-11-02'].map(parsePeriod),
    );
    const other = await archive.list({
      ...QUERY,
      symbol: 'ABCUSDT',
      range: parseRange('2021-11', '2021-11'),
    });
    expect(other.map(({ key }) => key)).toEqual([
      `${folder}/daily/aggTrades/abcusdt/abcusdt-aggTrades-2021-11-03.zip`,
    ]);
  });
});
