import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import type { Market } from '../../src/market/index.js';
import { type SimulationReport, parseDefect, simulateArchive } from '../../src/simulator/index.js';
import {
  type ObjectRequest,
  type SourcePart,
  assembleSourceMonth,
  encodeSourceMonth,
  readSourceObject,
} from '../../src/sources/index.js';
import { parsePeriod, parseRange } from '../../src/time/index.js';
import { factsOf, temporaryFolder } from './fixture.js';

/** What the simulator plants, the sources find. */
const folder = await temporaryFolder();

async function simulate(
  name: string,
  market: Market,
  range: [string, string],
  defects: string[],
): Promise<SimulationReport> {
  return simulateArchive({
    outDir: join(folder, name),
    market,
    symbols: 1,
    range: parseRange(...range),
    ticksPerMonth: 3000,
    seed: 5,
    sources: market === 'spot' ? ['klines'] : ['klines', 'metrics', 'fundingRate'],
    defects: defects.map(parseDefect),
  });
}

async function read(
  report: SimulationReport,
  name: string,
  request: Omit<ObjectRequest, 'symbol'>,
): Promise<SourcePart> {
  const archive = new LocalArchive(join(folder, name));
  const { market, dataType, interval, period } = request;
  const symbol = report.objects[0]!.symbol;
  const entries = await archive.list({ market, dataType, symbol, ...(interval ? { interval } : {}) });
  const object = await archive.open(entries.find((entry) => entry.name.period.key === period)!);
  try {
    return await readSourceObject(object, { ...request, symbol });
  } finally {
    await object.close();
  }
}

function changed(report: SimulationReport, kind: string): Readonly<Record<string, number>> {
  return report.planted.find((planted) => planted.kind === kind)!.objects[0]!.changed;
}

describe('planted defects of metrics', async () => {
  const kinds = [
    'odd-seconds',
    'blank-cells',
    'next-day-row',
    'duplicate-stamps',
    'once-a-day',
    'zero-open-interest',
    'short',
  ];
  const dayOf = (kind: string): string => `2024-02-${String(kinds.indexOf(kind) + 2).padStart(2, '0')}`;
  const defects = kinds.map((kind) => `metrics-${kind}:SIMAUSDT:${dayOf(kind)}`);
  const report = await simulate('metrics', 'um', ['2024-02-01', '2024-02-10'], defects);
  const account = async (kind: string) =>
    (await read(report, 'metrics', { market: 'um', dataType: 'metrics', period: dayOf(kind) })).account;
  const planted = (kind: string): Readonly<Record<string, number>> => changed(report, `metrics-${kind}`);

  it('are found in the numbers that were planted', async () => {
    const sound = (await read(report, 'metrics', { market: 'um', dataType: 'metrics', period: '2024-02-10' }))
      .account;
    expect(sound).toMatchObject({ accepted: 288, repaired: [], gaps: { spans: 0 } });

    const odd = planted('odd-seconds')['oddStamps']!;
    expect((await account('odd-seconds')).repaired).toEqual([{ repair: 'create_time moved to the nearest 5-minute mark', rows: odd }]); // prettier-ignore
    const blank = planted('blank-cells')['blankRows']!;
    for (const { column, rows } of (await account('blank-cells')).nulls) {
      expect(column).toMatch(/ratio$/);
      expect(rows).toBeGreaterThanOrEqual(blank);
    }
    expect(blank).toBeGreaterThan(10);
    expect(await account('next-day-row')).toMatchObject({ accepted: 288, outside: planted('next-day-row')['nextDayRows'] }); // prettier-ignore
    expect(await account('duplicate-stamps')).toMatchObject({ accepted: 288, contradiction: planted('duplicate-stamps')['duplicateStamps'], duplicate: 0 }); // prettier-ignore
    expect(await account('once-a-day')).toMatchObject({ accepted: 1, gaps: { missing: planted('once-a-day')['rowsLost'] } }); // prettier-ignore
    expect((await account('zero-open-interest')).repaired[0]?.rows).toBe(
      planted('zero-open-interest')['zeroRows'],
    );
    expect(await account('short')).toMatchObject({ accepted: 288 - planted('short')['rowsLost']!, gaps: { spans: 1, missing: planted('short')['rowsLost'] } }); // prettier-ignore
  });
});

describe('the days about the change of the label', () => {
  it('join without a gap or a row too many', async () => {
    for (const market of ['um', 'cm'] as const) {
      const report = await simulate(`label-${market}`, market, ['2026-06-23', '2026-06-27'], []);
      const days = await Promise.all(
        [23, 24, 25, 26, 27].map((day) => read(report, `label-${market}`, { market, dataType: 'metrics', period: `2026-06-${day}` })), // prettier-ignore
      );
      const { table, seam } = assembleSourceMonth(days);
      expect([table.length, seam]).toEqual([5 * 288, { duplicate: 0, contradiction: 0 }]);
      expect(
        table.columns['time']!.every((t, i) => t === parsePeriod('2026-06-23').startMs + i * 300_000),
      ).toBe(true);
      expect(days.every(({ account }) => account.outside === 0)).toBe(true);
    }
  });
});

describe('planted defects of funding', () => {
  it.each([
    ['interval-change', 0],
    ['jitter', 1],
  ])('%s leaves a complete month', async (kind, hasJitter) => {
    const report = await simulate(kind, 'um', ['2024-02', '2024-02'], [`funding-${kind}:SIMAUSDT:2024-02`]);
    const { account, table } = await read(report, kind, {
      market: 'um',
      dataType: 'fundingRate',
      period: '2024-02',
    });
    const rows = 29 * 3 + (changed(report, `funding-${kind}`)['rowsAdded'] ?? 0);
    expect(account).toMatchObject({ rows, accepted: rows, gaps: { spans: 0, missing: 0 } });
    expect(table.columns['time']!.every((t) => t % 3_600_000 === 0)).toBe(true);
    if (hasJitter) expect(account.repaired[0]?.rows).toBe(rows);
  });
});

describe.each(['um', 'cm', 'spot'] as const)('klines of %s', (market) => {
  it('are the same from a monthly object and from its days, header or none', async () => {
    const name = `klines-${market}`;
    const symbol = market === 'cm' ? 'BTCUSD_PERP' : 'SIMAUSDT';
    const defects = [`kline-header-flipped:${symbol}:2025-01-05`, `kline-missing-rows:${symbol}:2025-01-06`];
    const report = await simulate(name, market, ['2025-01', '2025-01'], defects);
    for (const interval of ['1m', '1h']) {
      const of = (period: string) => read(report, name, { market, dataType: 'klines', interval, period });
      const monthly = await of('2025-01');
      const days = await Promise.all(Array.from({ length: 31 }, (_, n) => of(`2025-01-${String(n + 1).padStart(2, '0')}`))); // prettier-ignore
      expect(monthly.account.timeUnit).toBe(market === 'spot' ? 'us' : 'ms');
      // Both defects are of 1m objects.
      const isMinutes = interval === '1m';
      expect(days[4]!.account.header !== days[3]!.account.header).toBe(isMinutes);
      const { comparison, table } = assembleSourceMonth([...days, monthly]);
      const lost = days[5]!.account.gaps!.missing;
      expect(lost).toBe(isMinutes ? 10 : 0);
      expect(comparison).toMatchObject({ rowsDiffering: lost, rowsOnlyMonthly: lost, rowsOnlyDaily: 0 });
      const facts = factsOf({ market, dataType: 'klines', interval, symbol, period: '2025-01' });
      const [a, b] = [encodeSourceMonth(table, facts), encodeSourceMonth(monthly.table, facts)];
      expect(Buffer.from(a).equals(b)).toBe(true);
    }
  });
});
