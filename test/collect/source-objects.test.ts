import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { previewCollection, refresh } from '../../src/collect/index.js';
import { readSourceMonth, sourceMonthPath, sourceSeries } from '../../src/sources/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { DAY_MS, HOUR_MS, parseRange } from '../../src/time/index.js';
import { snapshot, temporaryFolder } from '../cli/run.js';
import {
  FUNDING_HEADER,
  KLINE_HEADER,
  LIQUIDATION_HEADER,
  METRICS_HEADER,
  at,
  klineLines,
  metricsDay,
  rowsOf,
} from '../sources/fixture.js';
import { type Collected, collectRun, eventsOf } from './collecting.js';
import { SourceTree, type TreeObject } from './source-tree.js';

const day = (n: number, month = '2024-03'): string => `${month}-${String(n).padStart(2, '0')}`;
const metrics = (period: string): TreeObject => ({ dataType: 'metrics', period });
const hours = (period: string): TreeObject => ({ dataType: 'klines', interval: '1h', period });
const hoursOf = (period: string, count = 24): string[] => [
  KLINE_HEADER,
  ...klineLines(at(period), HOUR_MS, count),
];
/** As in 2024: stamped from 00:00 to 23:55, the first row being about the day before. */
const statsOf = (period: string): string[] => [METRICS_HEADER, ...metricsDay(`${period} 00:00`)];

interface Made {
  readonly tree: SourceTree;
  readonly own: { readonly archive: string; readonly dataDir: string; readonly symbols: string[] };
}
function make(): Made {
  const tree = new SourceTree();
  return { tree, own: { archive: tree.root, dataDir: temporaryFolder(), symbols: ['XYZUSDT'] } };
}

const missingOf = (run: Collected): string[] =>
  eventsOf(run, 'symbol-settled').flatMap(({ missingPeriods }) =>
    missingPeriods.map(({ period, reason }) => `${period} ${reason}`),
  );

function monthOf(
  dataDir: string,
  of: {
    dataType: 'metrics' | 'klines' | 'indexPriceKlines';
    interval?: string;
    market?: 'cm';
    symbol?: string;
  },
  month = '2024-03',
): ReturnType<typeof readSourceMonth> {
  const series = sourceSeries({ market: 'um', symbol: 'XYZUSDT', ...of });
  return readSourceMonth(sourceMonthPath(dataDir, series, month));
}

describe('what the archive does not have', () => {
  it('is a hole between days of metrics, and none before and after them', async () => {
    const { tree, own } = make();
    for (const n of [3, 4, 6]) tree.put(metrics(day(n)), ...statsOf(day(n)));
    const run = await collectRun({ ...own, dataTypes: ['metrics'] }, [day(1), day(7)]);
    expect(run.summary).toMatchObject({ exitStatus: 3, symbolsPartial: 1 });
    expect(missingOf(run)).toEqual([
      '2024-03-01 before listing',
      '2024-03-02 before listing',
      '2024-03-05 not listed',
      '2024-03-07 after delisting',
    ]);
    const again = await collectRun({ ...own, dataTypes: ['metrics'] }, [day(1), day(7)]);
    expect(again.summary).toMatchObject({ exitStatus: 3, objectsMilled: 0 });
    tree.put(metrics(day(5)), ...statsOf(day(5)));
    const whole = await collectRun({ ...own, dataTypes: ['metrics'] }, [day(3), day(6)]);
    expect(whole.summary).toMatchObject({ exitStatus: 0, objectsMilled: 1 });
    // The last 5 minutes of 2 March to 23:50 of the 6th.
    expect((await monthOf(own.dataDir, { dataType: 'metrics' })).table.length).toBe(4 * 288);
  });

  it('is no hole for funding that is not published yet, but a month left out is one', async () => {
    const { tree, own } = make();
    const funding = (period: string): void => {
      const lines = ['01', '20'].map((n) => `${at(`${period}-${n}`) + 12},8,0.0001`);
      tree.put({ dataType: 'fundingRate', period }, FUNDING_HEADER, ...lines);
    };
    funding('2024-01');
    const ask = (...range: [string, string]): Promise<Collected> =>
      collectRun({ ...own, dataTypes: ['fundingRate'] }, range);
    const first = await ask('2024-01-15', '2024-02-03');
    expect(first.summary).toMatchObject({ exitStatus: 0, objectsMilled: 1 });
    expect(missingOf(first)).toEqual(
      ['2024-02-01', '2024-02-02', '2024-02-03'].map((d) => `${d} after delisting`),
    );
    expect(eventsOf(first, 'planned')[0]?.notes).toEqual([]);
    funding('2024-03');
    const second = await ask('2024-01', '2024-03');
    expect(second.summary).toMatchObject({ exitStatus: 3, objectsMilled: 1, monthsReused: 1 });
    expect(missingOf(second)).toEqual(['2024-02 not listed']);
  });

  it('is told when there is nothing of a stream, and other streams go on', async () => {
    const { tree, own } = make();
    tree.put(metrics(day(1)), ...statsOf(day(1)));
    const run = await collectRun({ ...own, dataTypes: ['klines', 'metrics'] });
    expect(run.summary).toMatchObject({ exitStatus: 3, symbolsDone: 1, symbolsFailed: 1 });
    expect(eventsOf(run, 'symbol-failed')).toMatchObject([{ stream: 'klines:1h', code: 'E_NOT_FOUND' }]);
    expect(eventsOf(run, 'symbol-failed')[0]?.message).toContain('has no um klines 1h of XYZUSDT');
  });
});

describe('which objects are used', () => {
  it('monthly ones alone for klines longer than a day', async () => {
    const { tree, own } = make();
    const weeks = (period: string): TreeObject => ({ dataType: 'klines', interval: '1w', period });
    tree.put(weeks('2024-04'), KLINE_HEADER, ...klineLines(at('2024-04-01'), 7 * DAY_MS, 5));
    for (const n of [8, 15])
      tree.put(weeks(day(n, '2024-05')), KLINE_HEADER, ...klineLines(at(day(n)), 7 * DAY_MS, 1));
    const run = await collectRun({ ...own, dataTypes: ['klines'], intervals: ['1w'] }, [
      '2024-04',
      '2024-05',
    ]);
    expect(run.summary.exitStatus).toBe(0);
    expect(run.milled).toEqual([tree.key(weeks('2024-04'))]);
    expect(missingOf(run)).toEqual(['2024-05 after delisting']);
    const { dataDir } = own;
    const looked = await refresh({
      ...{ dataDir, symbols: null, market: null, sinceMs: null, dryRun: true, workers: 1 },
    });
    expect(looked).toMatchObject({ changed: 0, appeared: 0 });
  });

  it('those of the pair for coin-margined index prices, once for all its contracts', async () => {
    const { tree, own } = make();
    const index = { market: 'cm', dataType: 'indexPriceKlines', symbol: 'BTCUSD', interval: '1h' } as const;
    tree.put({ ...index, period: day(1) }, ...hoursOf(day(1)));
    const cm = { ...own, market: 'cm' as const, symbols: ['BTCUSD_PERP', 'BTCUSD_240329'] };
    const run = await collectRun({ ...cm, dataTypes: ['indexPriceKlines'] });
    expect(run.summary).toMatchObject({ exitStatus: 0, symbolsDone: 1, objectsMilled: 1 });
    const { table } = await monthOf(own.dataDir, { ...index, interval: '1h' });
    expect(table.length).toBe(24);
    const refreshed = await refresh({
      ...{ dataDir: own.dataDir, market: null, sinceMs: null, dryRun: false, workers: 1 },
      symbols: ['BTCUSD_PERP'],
    });
    expect(refreshed).toMatchObject({ symbolsChecked: 1, changed: 0, appeared: 0 });
  });

  it('liquidations of coin-margined contracts, days without any included', async () => {
    const { tree, own } = make();
    const of = { market: 'cm', dataType: 'liquidationSnapshot', symbol: 'BTCUSD_PERP' } as const;
    const line = `${at(day(1)) + 5},SELL,LIMIT,IOC,3,60000,60010,FILLED,3,3`;
    tree.put({ ...of, period: day(1) }, LIQUIDATION_HEADER, line, line);
    tree.put({ ...of, period: day(2) }, LIQUIDATION_HEADER);
    const cm = { ...own, market: 'cm' as const, symbols: ['BTCUSD_PERP'] };
    const run = await collectRun({ ...cm, dataTypes: ['liquidationSnapshot'] });
    expect(run.summary).toMatchObject({ exitStatus: 0, rows: 2, accepted: 1 });
    expect(eventsOf(run, 'object-milled')[0]?.account).toMatchObject({ duplicate: 1, outOfOrder: 0 });
  });

  it('days of which the monthly one has no row', async () => {
    const { tree, own } = make();
    const month = [1, 2, 4].flatMap((n) => klineLines(at(day(n, '2024-02')), HOUR_MS, 24));
    tree.put(hours('2024-02'), KLINE_HEADER, ...month);
    for (const n of [2, 3]) tree.put(hours(day(n, '2024-02')), ...hoursOf(day(n, '2024-02')));
    const run = await collectRun({ ...own, dataTypes: ['klines'] });
    expect(run.milled).toEqual([tree.key(hours(day(3, '2024-02'))), tree.key(hours('2024-02'))]);
    expect((await monthOf(own.dataDir, { dataType: 'klines', interval: '1h' }, '2024-02')).table.length).toBe(
      96,
    );
    expect((await collectRun({ ...own, dataTypes: ['klines'] })).summary.objectsMilled).toBe(0);
  });

  it('are compared when the monthly one appears; --prefer decides which counts', async () => {
    const { tree, own } = make();
    const run = (prefer: 'monthly' | 'daily' | null = null): Promise<Collected> =>
      collectRun({ ...own, dataTypes: ['klines'], prefer }, ['2024-02', '2024-02']);
    const volume = async (): Promise<unknown> =>
      rowsOf((await monthOf(own.dataDir, { dataType: 'klines', interval: '1h' }, '2024-02')).table)[3]![
        'volume'
      ];
    for (const n of [1, 2]) tree.put(hours(day(n, '2024-02')), ...hoursOf(day(n, '2024-02')));
    await run();
    const lines = klineLines(at('2024-02-01'), HOUR_MS, 29 * 24);
    lines[3] = lines[3]!.replace(',13,', ',99,');
    tree.put(hours('2024-02'), KLINE_HEADER, ...lines);
    const appeared = await run();
    expect(eventsOf(appeared, 'month-started')[0]?.reason).toBe('2024-02 appeared');
    expect(eventsOf(appeared, 'month-written')[0]?.notes).toEqual([
      'monthly object differs from 2 daily ones in 25 of 48 rows; 0 taken from the daily ones',
    ]);
    expect(await volume()).toBe(99);
    const daily = await run('daily');
    expect(eventsOf(daily, 'month-started')[0]?.reason).toBe('preferred object was the usual one, now daily');
    expect(await volume()).toBe(13);
    expect((await run('daily')).summary.objectsMilled).toBe(0);
  });
});

describe('an object that cannot be used', () => {
  it('costs its day only, and is tried again', async () => {
    const { tree, own } = make();
    for (const n of [1, 2, 3]) tree.put(metrics(day(n)), ...statsOf(day(n)));
    const good = tree.bytes(metrics(day(2)));
    tree.putBytes(metrics(day(2)), good, '0'.repeat(64));
    const request = { ...own, dataTypes: ['metrics'] };
    const run = await collectRun(request);
    expect(run.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 2, monthsBuilt: 1 });
    expect(eventsOf(run, 'object-failed')).toMatchObject([
      { stream: 'metrics', period: day(2), month: '2024-03', code: 'E_CHECKSUM' },
    ]);
    expect(eventsOf(run, 'symbol-settled')[0]?.missingPeriods).toMatchObject([
      { period: day(2), reason: 'failed' },
    ]);
    expect((await collectRun(request)).summary).toMatchObject({
      exitStatus: 3,
      objectsFailed: 1,
      objectsMilled: 0,
    });
    tree.putBytes(metrics(day(2)), good);
    expect((await collectRun(request)).summary).toMatchObject({ exitStatus: 0, objectsMilled: 1 });
    const clean = { ...request, dataDir: temporaryFolder() };
    await collectRun(clean);
    expect(snapshot(own.dataDir)).toEqual(snapshot(clean.dataDir));
  });

  it('leaves what its predecessor gave', async () => {
    const { tree, own } = make();
    for (const n of [1, 2, 3]) tree.put(metrics(day(n)), ...statsOf(day(n)));
    const request = { ...own, dataTypes: ['metrics'] };
    await collectRun(request);
    const before = await monthOf(own.dataDir, { dataType: 'metrics' });
    tree.putBytes(metrics(day(2)), Buffer.from('no ZIP at all'));
    tree.put(metrics(day(4)), ...statsOf(day(4)));
    const run = await collectRun(request);
    expect(run.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 3 });
    expect(eventsOf(run, 'month-written')[0]?.notes).toEqual([
      `${day(2)} stays as it was: its object cannot be used now`,
    ]);
    const after = await monthOf(own.dataDir, { dataType: 'metrics' });
    expect(after.facts.sources.slice(0, 3)).toEqual(before.facts.sources);
    expect(rowsOf(after.table).slice(0, before.table.length)).toEqual(rowsOf(before.table));
    expect(after.table.length).toBe(before.table.length + 288);
  });

  it('is replaced by its days when it is a monthly one, but never one that is stored', async () => {
    const { tree, own } = make();
    const request = { ...own, dataTypes: ['klines'] };
    const lines = klineLines(at('2024-02-01'), HOUR_MS, 29 * 24);
    const ofDay = (n: number): string[] => [KLINE_HEADER, ...lines.slice((n - 1) * 24, n * 24)];
    for (let n = 1; n <= 29; n++) tree.put(hours(day(n, '2024-02')), ...ofDay(n));
    tree.putBytes(hours('2024-02'), Buffer.from('no ZIP at all'));
    const first = await collectRun(request);
    expect(first.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 29 });
    const second = await collectRun(request);
    expect(second.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 0 });
    tree.put(hours('2024-02'), KLINE_HEADER, ...lines);
    expect((await collectRun(request)).summary).toMatchObject({ exitStatus: 0 });
    const stored = snapshot(own.dataDir);
    tree.putBytes(hours('2024-02'), Buffer.from('no ZIP at all again'));
    const last = await collectRun(request);
    expect(last.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 0, monthsBuilt: 0 });
    expect(snapshot(own.dataDir)).toEqual(stored);
  });

  it('is every one of them: that is what is said', async () => {
    const { tree, own } = make();
    tree.put(metrics(day(1)), 'create_time,something,else', '1,2,3');
    const run = await collectRun({ ...own, dataTypes: ['metrics'] });
    expect(run.summary).toMatchObject({ exitStatus: 4, symbolsFailed: 1 });
    expect(eventsOf(run, 'symbol-failed')).toMatchObject([{ code: 'E_CSV_LAYOUT' }]);
  });
});

describe('refresh and plan', () => {
  it('rebuild just the month of which an object was replaced', async () => {
    const { tree, own } = make();
    for (const date of ['2024-02-28', '2024-02-29', day(1), day(2)]) {
      tree.put(hours(date), ...hoursOf(date));
      tree.put(metrics(date), ...statsOf(date));
    }
    await collectRun({ ...own, dataTypes: ['klines', 'metrics'] }, ['2024-02-28', '2024-03-02']);
    tree.put(hours(day(2)), ...hoursOf(day(2), 20));
    tree.put(metrics('2024-02-29'), ...statsOf('2024-02-29').slice(0, 200));
    const { dataDir } = own;
    const events: string[] = [];
    const summary = await refresh({
      ...{ dataDir, symbols: null, market: null, sinceMs: null, dryRun: false, workers: 2 },
      onChange: ({ stream, period, what }) => events.push(`${stream} ${period} ${what}`),
      onEvent: (event) => {
        if (event.type === 'month-written') events.push(`${event.stream!} ${event.month} written`);
      },
    });
    expect(summary).toMatchObject({ exitStatus: 0, symbolsChecked: 2, changed: 2, appeared: 0, vanished: 0 });
    expect(events).toEqual([
      `klines:1h ${day(2)} changed`,
      'metrics 2024-02-29 changed',
      'klines:1h 2024-03 written',
      'metrics 2024-02 written',
    ]);
    expect((await monthOf(dataDir, { dataType: 'klines', interval: '1h' })).table.length).toBe(44);
    const fresh = { ...own, dataDir: temporaryFolder(), dataTypes: ['klines', 'metrics'] };
    await collectRun(fresh, ['2024-02-28', '2024-03-02']);
    expect(snapshot(dataDir)).toEqual(snapshot(fresh.dataDir));
  });

  it('says what would be read of each stream, and writes nothing', async () => {
    const { tree, own } = make();
    tree.put(hours(day(1)), ...hoursOf(day(1)));
    tree.put(metrics(day(1)), ...statsOf(day(1)));
    const request = {
      ...({
        ...own,
        market: 'um',
        range: parseRange(day(1), day(2)),
        thresholds: DEFAULT_THRESHOLDS,
      } as const),
      ...{ keepZip: false, prefer: null, dataTypes: ['klines', 'metrics'] },
    };
    const previewed = [];
    for await (const one of previewCollection(request)) previewed.push(one);
    expect(previewed).toMatchObject([
      { stream: 'klines:1h', monthsToBuild: 1, objects: [{ period: day(1), month: '2024-03' }] },
      { stream: 'metrics', monthsToBuild: 1, objects: [{ key: tree.key(metrics(day(1))) }] },
    ]);
    expect(snapshot(own.dataDir)).toEqual({});
  });
});

const SHARED = fileURLToPath(new URL('../../../shared/archive', import.meta.url));

describe.skipIf(!existsSync(join(SHARED, 'data')))('real objects (need ../shared/archive)', () => {
  it('are collected with all their rows', async () => {
    const dataDir = temporaryFolder();
    const own = { archive: SHARED, dataDir, symbols: ['RLCUSDT', 'BSVUSDT'] };
    const run = await collectRun({ ...own, dataTypes: ['metrics', 'klines'], intervals: ['1m'] }, [
      '2026-04-13',
      '2026-04-16',
    ]);
    expect(run.summary).toMatchObject({ exitStatus: 0, symbolsDone: 4, objectsFailed: 0 });
    const csv = readFileSync(join(dataDir, 'binance_klines_1m', 'RLCUSDT_klines_1m.csv'), 'utf8');
    expect(csv.trimEnd().split('\n')).toHaveLength(1 + 4 * 1440);
    const hoursOfMetrics = readFileSync(join(dataDir, 'binance_metrics', 'BSVUSDT_metrics.csv'), 'utf8');
    expect(hoursOfMetrics.trimEnd().split('\n')).toHaveLength(1 + 4 * 24);
    const before = snapshot(dataDir);
    await collectRun({ ...own, dataTypes: ['metrics', 'klines'], intervals: ['1m'] }, [
      '2026-04-13',
      '2026-04-16',
    ]);
    expect(snapshot(dataDir)).toEqual(before);
  });
});
