import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import type { SimulationReport } from '../../src/simulator/index.js';
import { findSourceFacts, sourceMonthPath, sourceSeries } from '../../src/sources/index.js';
import { outputsBelow, snapshot, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun, eventsOf } from './collecting.js';

const RANGE = ['2024-01', '2024-02-10'] as const;
const ALL = { dataTypes: ['metrics', 'fundingRate', 'klines'], intervals: ['1h', '1m'] };

let um: SimulationReport;
let cm: SimulationReport;
beforeAll(async () => {
  const sources = ['metrics', 'fundingRate', 'klines'] as const;
  um = await archiveOf(...RANGE, { symbols: ['AAAUSDT', 'BBBUSDT'], sources, ticksPerMonth: 3000 });
  cm = await archiveOf(...RANGE, { symbols: ['AAAUSD_PERP'], market: 'cm', sources, ticksPerMonth: 3000 });
});

describe('collecting what is not ticks', () => {
  it('makes months and a table of each stream of each symbol', async () => {
    const dataDir = temporaryFolder();
    const own = { archive: um.outDir, dataDir, symbols: ['AAAUSDT', 'bbbusdt'], ...ALL };
    const run = await collectRun(own, RANGE);
    expect(run.summary).toMatchObject({ exitStatus: 0, symbolsDone: 8, monthsBuilt: 14, objectsFailed: 0 });
    const folders = new Set(outputsBelow(dataDir).map((path) => path.split('/')[0]));
    const names = ['fundingRate', 'klines_1h', 'klines_1m', 'metrics'].map((name) => `binance_${name}`);
    expect([...folders].sort()).toEqual(names.flatMap((name) => [name, `${name}_parquet`]).sort());
    // Monthly objects where there are some, days else.
    const ofOne = run.milled.filter((key) => key.includes('AAAUSDT'));
    const count = (part: string): number => ofOne.filter((key) => key.includes(part)).length;
    expect([count('/monthly/klines/'), count('/daily/klines/')]).toEqual([2, 20]);
    expect([count('/daily/metrics/'), count('/monthly/metrics/')]).toEqual([41, 0]);
    expect([count('/monthly/fundingRate/'), count('/daily/fundingRate/')]).toEqual([1, 0]);
    expect(new Set(run.events.flatMap((event) => ('stream' in event ? [event.stream] : [])))).toEqual(
      new Set(['metrics', 'fundingRate', 'klines:1h', 'klines:1m']),
    );
    expect(new Set(run.events.map(({ type }) => type))).toEqual(
      new Set(['planned', 'month-started', 'object-milled', 'month-written', 'symbol-settled']),
    );
    for (const { object, account } of eventsOf(run, 'object-milled')) {
      const simulated = um.objects.find(({ key }) => key === object)!;
      expect(account).toMatchObject({ rows: simulated.rows, accepted: simulated.rows, missingAggIds: 0 });
    }
    const csv = readFileSync(join(dataDir, 'binance_klines_1h', 'AAAUSDT_klines_1h.csv'), 'utf8');
    expect(csv.trimEnd().split('\n')).toHaveLength(1 + 41 * 24);

    const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
    try {
      const objects = ledger.objects.ofSymbol('um', 'klines:1h', 'AAAUSDT');
      expect(objects.filter(({ sha256 }) => sha256 !== null)).toHaveLength(11);
      expect(objects[0]?.account).toMatchObject({ gaps: { missing: 0 } });
      expect(ledger.requests.all().map(({ stream, symbol }) => `${stream} ${symbol}`)).toEqual(
        ['fundingRate', 'klines:1h', 'klines:1m', 'metrics'].flatMap((stream) => [
          `${stream} AAAUSDT`,
          `${stream} BBBUSDT`,
        ]),
      );
      const tasks = ledger.queue.tasksOf('um/klines:1h/AAAUSDT').map(({ key }) => key);
      expect(tasks).toEqual(['2024-01', '2024-02', 'bars'].map((end) => `um/klines:1h/AAAUSDT/${end}`));
    } finally {
      ledger.close();
    }
  });

  it('does nothing the second time, and reads no row to find that out', async () => {
    const dataDir = temporaryFolder();
    const own = { archive: um.outDir, dataDir, symbols: ['AAAUSDT'], ...ALL };
    await collectRun(own, RANGE);
    // Rows that nobody could read any more: only footers are looked at, and not even these once they are remembered.
    const path = sourceMonthPath(dataDir, sourceSeries({ ...SERIES, symbol: 'AAAUSDT' }), '2024-01');
    const damage = (from: number): void => {
      writeFileSync(path, readFileSync(path).fill(0, from, from + 200));
      utimesSync(path, 1_700_000_000, 1_700_000_000);
    };
    damage(4);
    for (const isRemembered of [false, true]) {
      if (isRemembered) damage(statSync(path).size - 200);
      const before = snapshot(dataDir);
      const run = await collectRun(own, RANGE);
      expect(run.summary).toMatchObject({ exitStatus: 0, monthsBuilt: 0, monthsReused: 7, objectsMilled: 0 });
      expect(eventsOf(run, 'symbol-settled').map(({ status }) => status)).toEqual(Array(4).fill('unchanged'));
      expect(
        eventsOf(run, 'symbol-settled')
          .map(({ bars }) => bars)
          .sort(),
      ).toEqual([59_040, 93, 984, 984]);
      expect(snapshot(dataDir)).toEqual(before);
    }
    const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
    expect(ledger.db.get('SELECT count(*) AS n FROM month_files')!['n']).toBe(7);
    ledger.close();
  });

  it('has coin-margined amounts in base, in folders of their own', async () => {
    const dataDir = temporaryFolder();
    const own = { archive: cm.outDir, dataDir, symbols: ['AAAUSD_PERP'], market: 'cm' as const, ...ALL };
    const run = await collectRun(own, RANGE);
    expect(run.summary).toMatchObject({ exitStatus: 0, symbolsDone: 4 });
    expect(outputsBelow(dataDir).every((path) => path.startsWith('binance_cm_'))).toBe(true);
    const series = sourceSeries({ ...SERIES, market: 'cm', symbol: 'AAAUSD_PERP' });
    expect((await findSourceFacts(sourceMonthPath(dataDir, series, '2024-01')))?.contractSizeUsd).toBe(10);
    const metrics = sourceSeries({ market: 'cm', dataType: 'metrics', symbol: 'AAAUSD_PERP' });
    expect((await findSourceFacts(sourceMonthPath(dataDir, metrics, '2024-01')))?.contractSizeUsd).toBeNull();
  });

  it('put together over several runs equals one run, and no day is read twice', async () => {
    const [piecewise, atOnce] = [temporaryFolder(), temporaryFolder()];
    const days = { dataTypes: ['metrics', 'klines'], symbols: ['AAAUSDT'], archive: um.outDir };
    const milled: string[] = [];
    for (const [from, to] of [
      ['2024-02-04', '2024-02-05'],
      ['2024-02-08', '2024-02-08'],
      ['2024-02-04', '2024-02-08'],
      ['2024-02-01', '2024-02-09'],
    ] as const) {
      milled.push(...(await collectRun({ ...days, dataDir: piecewise }, [from, to])).milled);
    }
    expect(milled).toHaveLength(18);
    expect(new Set(milled).size).toBe(18);
    await collectRun({ ...days, dataDir: atOnce }, ['2024-02-01', '2024-02-09']);
    expect(snapshot(piecewise)).toEqual(snapshot(atOnce));
  });

  it('is made beside ticks, and leaves them alone', async () => {
    const ticks = await archiveOf('2024-02-01', '2024-02-02', {
      symbols: ['AAAUSDT'],
      sources: ['aggTrades', 'metrics'],
      monthly: false,
    });
    const [both, one] = [temporaryFolder(), temporaryFolder()];
    const own = { archive: ticks.outDir, symbols: ['AAAUSDT'] };
    await collectRun({ ...own, dataDir: one });
    await collectRun({ ...own, dataDir: both, dataTypes: ['aggTrades', 'metrics'] });
    expect(snapshot(both)).toMatchObject(snapshot(one));
  });
});

const SERIES = { market: 'um', dataType: 'klines', interval: '1h' } as const;
