import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, readdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import polars from 'nodejs-polars';
import { beforeEach, describe, expect, it } from 'vitest';
import { LiquidationFactorEngine, liquidationFactors, makeCoverage } from '../../src/factors/index.js';
import { readImported } from '../../src/imports/index.js';
import { liquidationPaths } from '../../src/outputs/liquidations/index.js';
import { formatUtcSeconds, parseRange } from '../../src/time/index.js';
import { type Event, SYMBOL, WORKED_EXAMPLE, newFolder, us } from '../imports/fixture.js';
import { seeded } from '../layer/sample.js';
import { type DayFile, importDays, putLayer, readCsv, settle } from './liquidation-fixture.js';

let dataDir = '';
beforeEach(() => {
  dataDir = newFolder();
});

const HOURS = [0, 1, 2].map((hour) => `2025-10-01 0${hour}:00:00+00:00`) as [string, string, string];
const putExample = (): Promise<void> => importDays(dataDir, [{ day: '2025-10-01', events: WORKED_EXAMPLE }]);

describe('the worked example of the definition', () => {
  it('from a Tardis file to the CSV', async () => {
    await putExample();
    await putLayer(
      dataDir,
      ['2025-10-01'],
      [
        { at: '2025-10-01 00:05', close: 4000, volume: 1_000_000 },
        { at: '2025-10-01 00:59', close: 4050, volume: 210_000 },
        { at: '2025-10-01 01:30', close: 3800, volume: 3_940_000 },
      ],
    );
    const { rows, paths, meta } = await settle(dataDir, { engine: { bucketQuantiles: [0.5, 0.9] } });
    expect([rows, meta.status, meta.rows]).toEqual([24, 'ok', 24]);
    const table = readCsv(paths.csv);
    const [first, second, third] = HOURS.map((hour) => table.get(hour)!);
    expect(first).toMatchObject({
      liquidation_covered: 1,
      liquidation_lower_bound: 1,
      liquidation_long_vol_sum: 16000,
      liquidation_long_cnt: 2,
      liquidation_long_amt_max: 12000,
      liquidation_long_amt_mean: 8000,
      liquidation_short_vol_sum: 8200,
      liquidation_short_cnt: 1,
      liquidation_long_vwap: 4000,
      liquidation_long_whale_index: 0.75,
      liquidation_blood_content: 0.02,
      sum_long_med_lb24: 16000,
      sum_short_med_lb24: 8200,
      sum_long_large_lb24: 0,
    });
    expect(first!['liquidation_imbalance']).toBeCloseTo(0.32231405, 8);
    expect(first!['liquidation_long_pain_depth']).toBeCloseTo(0.0125, 12);
    expect(second).toMatchObject({
      liquidation_long_vol_sum: 39000,
      liquidation_short_vol_sum: 400,
      liquidation_long_vwap: 3900,
      sum_long_large_lb24: 39000,
      sum_short_small_lb24: 400,
    });
    expect(second!['liquidation_imbalance']).toBeCloseTo(0.97969543, 8);
    expect(second!['liquidation_long_pain_depth']).toBeCloseTo(-0.02564103, 8);
    // Covered and silent: sums are 0, what divides by them is null.
    expect(third).toMatchObject({
      liquidation_covered: 1,
      liquidation_all_vol_sum: 0,
      liquidation_all_cnt: 0,
      liquidation_all_amt_max: null,
      liquidation_imbalance: null,
      liquidation_blood_content: null,
    });
    expect(meta).toMatchObject({
      data_type: 'liquidations',
      interval: null,
      min_ts: HOURS[0],
      max_ts: '2025-10-01 23:00:00+00:00',
      covered_rows: 24,
      lower_bound_rows: 24,
      events: { taken: { tardis: 5 }, set_aside: 0 },
      traded_days: { 'minute layer': 1 },
      sources: [{ origin: 'tardis', object: 'binance-futures_liquidations_2025-10-01_ETHUSDT.csv.gz' }],
      missing_periods: [],
    });
  });

  it('has no prices without a minute layer and klines, and no engine unless asked', async () => {
    await putExample();
    const { paths, meta } = await settle(dataDir);
    expect(paths.csv).toBe(`${dataDir}/binance_liquidations/ETHUSDT_liquidations.csv`);
    for (const row of readCsv(paths.csv).values()) {
      for (const name of ['blood_content', 'long_pain_depth', 'short_pain_depth', 'all_pain_depth']) {
        expect(row[`liquidation_${name}`]).toBeNull();
      }
      expect(Object.keys(row).every((name) => name.startsWith('liquidation_'))).toBe(true);
    }
    expect([meta.traded_days, meta.parameters]).toEqual([
      {},
      { z_windows: [24], rank_windows: [168], engine: null },
    ]);
  });
});

/** Random liquidations of some months, an import file a day but for the days left out. */
function months(first: string, last: string, without: readonly string[] = [], perDay = 25): DayFile[] {
  const random = seeded(7);
  const { startMs, endMs } = parseRange(first, last);
  const days: DayFile[] = [];
  for (let day = startMs; day < endMs; day += 86_400_000) {
    const events = Array.from({ length: Math.floor(random() * 2 * perDay) }, (): Event => {
      const price = Math.round(400_000 + random() * 10_000) / 100;
      return {
        ts: (day + Math.floor(random() * 86_400_000)) * 1000,
        side: random() < 0.5 ? 'buy' : 'sell',
        price,
        amount: Math.round(Math.exp(random() * 9)) / 1000,
      };
    }).sort((a, b) => a.ts - b.ts);
    const key = new Date(day).toISOString().slice(0, 10);
    if (!without.includes(key)) days.push({ day: key, events });
  }
  return days;
}

const PARAMETERS = {
  zWindows: [6, 30],
  rankWindows: [12],
  engine: {
    bucketQuantiles: [0.75, 0.9],
    bucketWindowHours: [5, 48],
    miningWindows: [24],
    miningQuantiles: [0.9],
  },
};

describe('a table of several months', () => {
  it.each(['15m', '4h', '1d'])(
    'made piece by piece at %s has the bits of the whole made at once',
    async (freq) => {
      const gap = ['2025-10-31', '2025-11-01', '2025-11-02', '2025-11-15'];
      await importDays(dataDir, months('2025-10-20', '2025-12-05', gap));
      const { paths, rows, meta } = await settle(dataDir, { freq, ...PARAMETERS });
      const events = await readImported('liquidations', dataDir, SYMBOL);
      const coverage = makeCoverage(events.coverage);
      const { zWindows, rankWindows, engine } = PARAMETERS;
      const tables = [
        liquidationFactors(events, coverage, null, { freq, zWindows, rankWindows }),
        new LiquidationFactorEngine({ freq }).process(events, { ...engine, coverage }),
      ];
      const found = [...readCsv(paths.csv)];
      expect(found.map(([minute]) => minute)).toEqual(Array.from(tables[0]!.minute, formatUtcSeconds));
      expect(rows).toBe(tables[0]!.length);
      for (const { names, columns } of tables) {
        for (const name of names) {
          const wanted = Array.from(columns[name]!, (value) => (Number.isNaN(value) ? null : value + 0));
          expect([name, found.map(([, row]) => row[name])]).toEqual([name, wanted]);
        }
      }
      expect(meta.missing_periods).toEqual(gap.map((period) => ({ period, reason: 'no source' })));
      expect(meta.status).toBe('partial');
    },
  );

  it('has a null where nothing covers the bar, and a 0 where something does', async () => {
    const events = [{ ts: us('2025-10-03 05:00'), side: 'buy' as const, price: 4000, amount: 1 }];
    await importDays(dataDir, [
      { day: '2025-10-01', events: [] },
      { day: '2025-10-03', events },
    ]);
    const { paths, meta } = await settle(dataDir, { engine: {} });
    const table = readCsv(paths.csv);
    expect(table.size).toBe(72);
    expect(table.get('2025-10-01 12:00:00+00:00')).toMatchObject({
      liquidation_covered: 1,
      liquidation_all_cnt: 0,
      count_short_med_lb24: 0,
    });
    const { liquidation_covered: covered, ...others } = table.get('2025-10-02 12:00:00+00:00')!;
    expect(covered).toBe(0);
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
    expect(readFileSync(paths.csv, 'utf8')).toContain('\n2025-10-02 12:00:00+00:00,0,,,');
    expect([meta.covered_rows, meta.missing_periods]).toEqual([
      48,
      [{ period: '2025-10-02', reason: 'no source' }],
    ]);
  });

  it('no row knows the future: events cut at any bar leave the lines up to it as they are', async () => {
    const days = months('2025-10-28', '2025-11-04');
    await importDays(dataDir, days);
    const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
    const whole = lines((await settle(dataDir, { freq: '4h', ...PARAMETERS })).paths.csv);
    for (const cut of ['2025-10-30 08:00', '2025-11-01 00:00', '2025-11-02 20:00']) {
      const other = newFolder();
      const kept = days.map(({ day, events }) => ({ day, events: events.filter(({ ts }) => ts < us(cut)) }));
      await importDays(other, kept);
      const rest = lines((await settle(other, { freq: '4h', ...PARAMETERS })).paths.csv);
      const before = whole.findIndex((line) => line.startsWith(`${cut}:00`));
      expect(before).toBeGreaterThan(10);
      expect(rest.slice(0, before)).toEqual(whole.slice(0, before));
      expect(rest.slice(before)).not.toEqual(whole.slice(before));
    }
  });

  it('has the same rows whatever range is asked for, since earlier days fill the windows', async () => {
    await importDays(dataDir, months('2025-10-20', '2025-11-10'));
    const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
    const whole = lines((await settle(dataDir, PARAMETERS)).paths.csv);
    const { paths, meta, reason } = await settle(dataDir, {
      ...PARAMETERS,
      range: parseRange('2025-11-02', '2025-11-03'),
    });
    expect(reason).toBe('the requested range changed');
    const part = lines(paths.csv);
    expect(part).toHaveLength(49);
    const from = whole.findIndex((line) => line.startsWith('2025-11-02'));
    expect(part.slice(1)).toEqual(whole.slice(from, from + 48));
    // What the windows reach back to is a source too: 24 hours and 48 more.
    expect(meta.sources.map(({ object }) => object.slice(29, 39))).toEqual(
      ['10-30', '10-31', '11-01', '11-02', '11-03'].map((day) => `2025-${day}`),
    );
    expect(meta.events.taken.tardis).toBe(
      part
        .slice(1)
        .reduce(
          (sum, line) => sum + Number(line.split(',')[whole[0]!.split(',').indexOf('liquidation_all_cnt')]),
          0,
        ),
    );
  });

  it('says which of the days asked for are not there', async () => {
    await importDays(dataDir, [{ day: '2025-11-30', events: [] }]);
    const { meta } = await settle(dataDir, { range: parseRange('2025-10', '2025-12-01') });
    expect([meta.rows, meta.min_ts]).toEqual([24, '2025-11-30 00:00:00+00:00']);
    expect(meta.missing_periods).toHaveLength(1 + 29 + 1);
    expect(meta.missing_periods[0]).toEqual({ period: '2025-10', reason: 'no source' });
    expect(meta.missing_periods.at(-1)).toEqual({ period: '2025-12-01', reason: 'no source' });
  });
});

describe('the files', () => {
  const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

  it('are left alone when nothing changed, and the reason is said otherwise', async () => {
    await putExample();
    const first = await settle(dataDir, { freq: '15m' });
    expect([first.status, first.reason]).toEqual(['written', 'new']);
    const again = await settle(dataDir, {
      freq: '15m',
      zWindows: 96,
      createdAtUtc: '2027-01-01T00:00:00.000Z',
    });
    expect([again.status, again.reason, again.meta]).toEqual(['unchanged', null, first.meta]);

    const reasonOf = async (own: Parameters<typeof settle>[1]): Promise<string | null> =>
      (await settle(dataDir, { freq: '15m', ...own })).reason;
    expect(await reasonOf({ engine: {} })).toBe('the parameters changed');
    expect(await reasonOf({ engine: { miningWindows: [672, 24, 96], bucketWindowHours: 24 } })).toBeNull();
    expect(await reasonOf({ engine: { miningQuantiles: [0.9] } })).toBe('the parameters changed');
    expect(await reasonOf({})).toBe('the parameters changed');
    expect(await reasonOf({ range: parseRange('2025-10', '2025-10') })).toBe('the requested range changed');
    await reasonOf({});
    await putLayer(dataDir, ['2025-10-01'], [{ at: '2025-10-01 00:05', close: 4000, volume: 1 }]);
    expect(await reasonOf({})).toBe('the minute layer or the klines changed');
    await putLayer(dataDir, ['2025-10-01'], [{ at: '2025-10-01 00:05', close: 4001, volume: 1 }]);
    expect(await reasonOf({})).toBeNull(); // the facts are the same: nothing else tells
    await importDays(dataDir, [{ day: '2025-10-02', events: [] }]);
    expect(await reasonOf({})).toBe('the sources of liquidations changed');
    await importDays(dataDir, [
      { day: '2025-10-02', events: [{ ...WORKED_EXAMPLE[0]!, ts: us('2025-10-02 01:00') }] },
    ]);
    expect(await reasonOf({})).toBe('the sources of liquidations changed');

    const { csv, parquet, meta } = liquidationPaths(dataDir, 'um', SYMBOL, '15m');
    appendFileSync(csv, 'x');
    expect(await reasonOf({})).toBe('ETHUSDT_liquidations.csv has another size than recorded');
    unlinkSync(parquet);
    expect(await reasonOf({})).toBe('ETHUSDT_liquidations.parquet is gone');
    unlinkSync(meta);
    expect(await reasonOf({})).toBe('new');
    expect(readdirSync(dirname(csv))).toHaveLength(3);
  });

  it('have the same bytes again, and the meta file knows their hashes', async () => {
    await importDays(dataDir, months('2025-10-30', '2025-11-02'));
    const first = await settle(dataDir, { engine: {} });
    const hashes = [sha256(first.paths.csv), sha256(first.paths.parquet), sha256(first.paths.meta)];
    expect([first.meta.files.csv.sha256, first.meta.files.parquet.sha256]).toEqual(hashes.slice(0, 2));
    unlinkSync(first.paths.meta);
    const again = await settle(dataDir, { engine: {} });
    expect([sha256(again.paths.csv), sha256(again.paths.parquet), sha256(again.paths.meta)]).toEqual(hashes);
  });

  it('stay as they are when publishing fails, and nothing is left behind', async () => {
    await putExample();
    const { paths } = await settle(dataDir);
    const before = [sha256(paths.csv), sha256(paths.meta)];
    const refuse = settle(dataDir, {
      engine: {},
      publish: () => {
        throw new Error('not ours any more');
      },
    });
    await expect(refuse).rejects.toThrow('not ours any more');
    expect([sha256(paths.csv), sha256(paths.meta)]).toEqual(before);
    expect(readdirSync(dirname(paths.csv))).toHaveLength(3);
  });

  it('read back alike in DuckDB and polars, with types, nulls and whole numbers', async () => {
    await importDays(dataDir, months('2025-10-29', '2025-11-03', ['2025-11-01']));
    const { paths, rows } = await settle(dataDir, { freq: '15m', ...PARAMETERS });
    const table = [...readCsv(paths.csv).values()];
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const all = async (sql: string): Promise<unknown[][]> =>
      (await connection.runAndReadAll(sql)).getRowsJS();
    const types = new Map(
      (await all(`DESCRIBE SELECT * FROM '${paths.parquet}'`)).map(([name, type]) => [name, type]),
    );
    expect(types.get('minute')).toBe('TIMESTAMP WITH TIME ZONE');
    expect(types.get('liquidation_covered')).toBe('BIGINT');
    expect(types.get('count_long_large_lb48')).toBe('BIGINT');
    expect(types.get('feat_brk_sum_long_large_lb5_w24_q90')).toBe('DOUBLE');
    expect([...types.keys()]).toEqual(['minute', ...Object.keys(table[0]!)]);
    const different = await all(
      `SELECT count(*) FROM '${paths.parquet}' p FULL JOIN read_csv('${paths.csv}', types = {minute: 'TIMESTAMPTZ'}) c USING (minute) ` +
        `WHERE ${Object.keys(table[0]!)
          .map((name) => `p."${name}" IS DISTINCT FROM c."${name}"`)
          .join(' OR ')}`,
    );
    expect(different).toEqual([[0n]]);
    expect(
      await all(
        `SELECT count(*), sum(liquidation_covered)::INT, count(liquidation_all_cnt) FROM '${paths.parquet}'`,
      ),
    ).toEqual([[BigInt(rows), rows - 96, BigInt(rows - 96)]]);
    connection.closeSync();

    const frame = polars.readParquet(paths.parquet);
    expect(frame.shape).toEqual({ height: rows, width: types.size });
    for (const name of [
      'liquidation_covered',
      'liquidation_all_vol_sum',
      'feat_z_diff_skew_w24',
      'count_short_small_lb5',
    ]) {
      const values = frame.getColumn(name).toArray() as (number | bigint | null)[];
      expect(values.map((value) => (value === null ? null : Number(value)))).toEqual(
        table.map((row) => row[name]),
      );
    }
  });
});

describe('nothing to work with', () => {
  it('names the command that imports', async () => {
    await expect(settle(dataDir)).rejects.toMatchObject({
      code: 'E_NO_LIQUIDATIONS',
      exitStatus: 5,
      message: expect.stringContaining('tapemill import liquidations') as string,
    });
    await putExample();
    const outside = settle(dataDir, { range: parseRange('2025-11', '2025-11') });
    await expect(outside).rejects.toMatchObject({
      code: 'E_NO_LIQUIDATIONS',
      message: expect.stringContaining('2025-10-01 … 2025-10-01') as string,
    });
    expect(existsSync(`${dataDir}/binance_liquidations`)).toBe(false);
  });

  it('refuses a market that the symbol is not of, and options that make no sense', async () => {
    await putExample();
    await expect(settle(dataDir, { market: 'cm' })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(settle(dataDir, { symbol: 'BTCUSD_PERP' })).rejects.toThrow('--market cm');
    await expect(settle(dataDir, { zWindows: 0 })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(settle(dataDir, { engine: { miningQuantiles: 2 } })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});
