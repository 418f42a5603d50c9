import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUp } from '../../src/bars/index.js';
import { ORDER_FLOW_FACTORS, listFactors, orderFlowFactors } from '../../src/factors/index.js';
import { type LayerFacts, factorPaths, monthPath, writeMonth } from '../../src/layer/index.js';
import { type FactorMeta, type SettleRequest, type Settled, settleFactors } from '../../src/outputs/index.js';
import { type MinuteBars, concatMinuteBars } from '../../src/ticks/minute-bars.js';
import { HOUR, parseFrequency, parsePeriod, parseRange } from '../../src/time/index.js';
import { minutesFrom, sampleBars, sampleFacts, sampleSource } from '../layer/sample.js';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tapemill-settle-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const barsOfDays = (...days: string[]): MinuteBars =>
  concatMinuteBars(days.map((day, i) => sampleBars(minutesFrom(parsePeriod(day).startMs, 1440), i)));

/** Puts a month of daily sources into the layer. */
async function putMonth(days: string[], own: Partial<LayerFacts> = {}): Promise<MinuteBars> {
  const period = days[0]!.slice(0, 7);
  const bars = barsOfDays(...days);
  const facts = sampleFacts({ period, sources: days.map((day) => sampleSource(day)), ...own });
  await writeMonth(monthPath(dataDir, 'um', 'BTCUSDT', period), bars, facts);
  return bars;
}

const settle = (own: Partial<SettleRequest> = {}): Promise<Settled> =>
  settleFactors({
    dataDir,
    market: 'um',
    symbol: 'BTCUSDT',
    frequency: HOUR,
    range: null,
    missingPeriods: [],
    tapemillVersion: '0.1.0',
    createdAtUtc: '2026-05-01T00:00:00.000Z',
    ...own,
  });

const paths = (): ReturnType<typeof factorPaths> => factorPaths(dataDir, 'um', 'BTCUSDT', '1h');
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('settling factors', () => {
  it('writes the CSV, the Parquet, and what is known of them', async () => {
    await putMonth(['2026-03-30', '2026-03-31']);
    await putMonth(['2026-04-01', '2026-04-03'], {
      missingPeriods: [{ period: '2026-04-02', reason: 'not listed' }],
    });
    const { status, reason, rows, meta } = await settle();
    expect({ status, reason, rows }).toEqual({ status: 'written', reason: 'new', rows: 96 });

    const { csv, parquet, meta: metaPath } = paths();
    expect(JSON.parse(readFileSync(metaPath, 'utf8'))).toEqual(meta);
    expect(Object.keys(meta).slice(0, 11)).toEqual(
      'status symbol data_type market interval requested_start requested_end min_ts max_ts rows created_at_utc'.split(
        ' ',
      ),
    );
    expect(meta).toMatchObject({
      status: 'partial',
      symbol: 'BTCUSDT',
      data_type: 'aggTrades',
      market: 'um',
      interval: null,
      requested_start: null,
      requested_end: null,
      min_ts: '2026-03-30 00:00:00+00:00',
      max_ts: '2026-04-03 23:00:00+00:00',
      rows: 96,
      created_at_utc: '2026-05-01T00:00:00.000Z',
      missing_periods: [{ period: '2026-04-02', reason: 'not listed' }],
      thresholds: { whale_usd: 50_000, retail_usd: 1_000 },
      schema_version: 1,
      tapemill_version: '0.1.0',
    });
    expect(meta.sources.map((source) => source.object.slice(-14))).toEqual([
      '2026-03-30.zip',
      '2026-03-31.zip',
      '2026-04-01.zip',
      '2026-04-03.zip',
    ]);
    expect(meta.sources[0]).toMatchObject({ sha256: 'a'.repeat(64), bytes: 1234, checksum: 'verified' });
    for (const [file, facts] of [
      [csv, meta.files.csv],
      [parquet, meta.files.parquet],
    ] as const) {
      expect(facts).toMatchObject({ bytes: statSync(file).size, sha256: sha256(file) });
    }
    expect(readdirSync(dirname(csv)).sort()).toEqual([
      'BTCUSDT_aggTrades.csv',
      'BTCUSDT_aggTrades.csv.meta.json',
      'BTCUSDT_aggTrades.parquet',
    ]);
  });

  it('holds the same numbers in the CSV and the Parquet', async () => {
    const bars = await putMonth(['2026-04-01', '2026-04-02']);
    // An hour of one price: its cvd_per_abs_price_change is empty.
    bars.columns.price_first.fill(2, 0, 60);
    bars.columns.price_last.fill(2, 0, 60);
    await writeMonth(
      monthPath(dataDir, 'um', 'BTCUSDT', '2026-04'),
      bars,
      sampleFacts({ sources: [sampleSource('2026-04-01')] }),
    );
    await settle();
    const wanted = orderFlowFactors(rollUp(bars, HOUR));
    expect(wanted.columns.cvd_per_abs_price_change[0]).toBeNaN();

    const [header, ...lines] = readFileSync(paths().csv, 'utf8').trimEnd().split('\n');
    expect(header).toBe(['minute', ...ORDER_FLOW_FACTORS].join(','));
    const database = await (await DuckDBInstance.create()).connect();
    const types = await database.runAndReadAll(`DESCRIBE SELECT * FROM '${paths().parquet}'`);
    expect(types.getRows().map((row) => [row[0], row[1], row[2]])).toEqual([
      ['minute', 'TIMESTAMP WITH TIME ZONE', 'YES'],
      ...listFactors().map(({ name, type }) => [name, type === 'int64' ? 'BIGINT' : 'DOUBLE', 'YES']),
    ]);
    const read = await database.runAndReadAll(
      `SELECT epoch_ms("minute"), COLUMNS(* EXCLUDE "minute") FROM '${paths().parquet}'`,
    );
    const rows = read.getRows();
    database.closeSync();
    expect([rows.length, lines.length]).toEqual([48, 48]);
    rows.forEach((row, index) => {
      const cells = lines[index]!.split(',');
      expect(Date.parse(cells[0]!)).toBe(Number(row[0]));
      expect(wanted.minute[index]).toBe(Number(row[0]));
      ORDER_FLOW_FACTORS.forEach((name, column) => {
        const value = wanted.columns[name][index]!;
        const [inParquet, inCsv] = [row[column + 1], cells[column + 1]];
        expect([name, inCsv]).toEqual([name, Number.isNaN(value) ? '' : String(value)]);
        expect([name, inParquet === null ? null : Number(inParquet)]).toEqual([
          name,
          Number.isNaN(value) ? null : value,
        ]);
      });
    });
  });

  it('does nothing when nothing changed, and says what did when something has', async () => {
    await putMonth(['2026-04-01', '2026-04-02']);
    const first = await settle();
    const files = [paths().csv, paths().parquet, paths().meta];
    const stamps = files.map((file) => statSync(file).mtimeMs);
    const again = await settle({ createdAtUtc: '2027-01-01T00:00:00.000Z', tapemillVersion: '0.2.0' });
    expect(again).toEqual({ ...first, status: 'unchanged', reason: null });
    expect(files.map((file) => statSync(file).mtimeMs)).toEqual(stamps);

    const reasonOf = async (own: Partial<SettleRequest> = {}): Promise<string | null> =>
      (await settle(own)).reason;
    const range = parseRange('2026-04-01', '2026-04-01');
    expect(await reasonOf({ range })).toBe('the requested range changed');
    expect(await reasonOf()).toBe('the requested range changed');
    const missingPeriods = [{ period: '2026-04-03', reason: 'failed' }] as const;
    expect(await reasonOf({ missingPeriods })).toBe('the missing periods changed');
    expect(await reasonOf()).toBe('the missing periods changed');

    await putMonth(['2026-04-01', '2026-04-02', '2026-04-03']);
    expect(await reasonOf()).toBe('the source objects changed');
    await putMonth(['2026-04-01', '2026-04-02', '2026-04-03'], { thresholds: { whaleUsd: 1, retailUsd: 1 } });
    expect(await reasonOf()).toBe('the thresholds changed');
    const comparison = {
      prefer: 'daily',
      days: 3,
      minutesCompared: 0,
      minutesDiffering: 0,
      minutesOnlyMonthly: 0,
      minutesOnlyDaily: 0,
      minutesTakenFromDaily: 0,
      columns: [],
      firstMinutes: [],
    } as const;
    await putMonth(['2026-04-01', '2026-04-02', '2026-04-03'], {
      thresholds: { whaleUsd: 1, retailUsd: 1 },
      comparison,
    });
    expect(await reasonOf()).toBe('the minute layer changed');
    expect(await reasonOf()).toBeNull();

    unlinkSync(paths().parquet);
    expect(await reasonOf()).toBe('BTCUSDT_aggTrades.parquet is gone');
    appendFileSync(paths().csv, 'x');
    expect(await reasonOf()).toBe('BTCUSDT_aggTrades.csv has another size than recorded');
    writeFileSync(paths().meta, '{"status":"ok"');
    expect(await reasonOf()).toBe('new');
    writeFileSync(paths().meta, '[1]');
    expect(await reasonOf()).toBe('the schema version changed');
    expect(await reasonOf()).toBeNull();
  });

  it('has the same bytes whenever and however often it is run', async () => {
    await putMonth(['2026-04-01', '2026-04-02']);
    const first = (await settle()).meta;
    rmSync(dirname(paths().csv), { recursive: true });
    const second = (await settle({ createdAtUtc: '2030-01-01T00:00:00.000Z' })).meta;
    expect(second).toEqual({ ...first, created_at_utc: '2030-01-01T00:00:00.000Z' });
  });

  it('cuts to the range and names it', async () => {
    await putMonth(['2026-03-31']);
    await putMonth(['2026-04-01', '2026-04-02']);
    const range = parseRange('2026-03-31', '2026-04-01');
    const { rows, meta } = await settle({ range });
    expect(rows).toBe(48);
    expect(meta).toMatchObject({
      status: 'ok',
      requested_start: '2026-03-31',
      requested_end: '2026-04-01',
      max_ts: '2026-04-01 23:00:00+00:00',
    });
    expect(meta.sources.length).toBe(2);
  });

  it('lists holes inside and between months, and is partial then', async () => {
    await putMonth(['2026-02-27']);
    await putMonth(['2026-04-01', '2026-04-03']);
    const { meta } = await settle({ missingPeriods: [{ period: '2026-01', reason: 'before listing' }] });
    expect(meta.status).toBe('partial');
    expect(meta.missing_periods).toEqual([
      { period: '2026-01', reason: 'before listing' },
      { period: '2026-02-28', reason: 'not in the layer' },
      { period: '2026-03', reason: 'not in the layer' },
      { period: '2026-04-02', reason: 'not in the layer' },
    ]);
  });

  it('writes other frequencies beside, with their interval', async () => {
    await putMonth(['2026-04-01']);
    const { rows, meta, paths: written } = await settle({ frequency: parseFrequency('4h') });
    expect([rows, meta.interval]).toEqual([6, '4h']);
    expect(written.csv).toBe(join(dataDir, 'binance_aggTrades_4h', 'BTCUSDT_aggTrades.csv'));
  });

  it('puts rows of many months into row groups and loses none', async () => {
    // Ten months of 5m bars; a row group closes at 65,536 rows.
    const days = Array.from({ length: 28 }, (_, i) => `2026-02-${String(i + 1).padStart(2, '0')}`);
    await putMonth(days);
    for (let month = 1; month <= 9; month++) {
      const period = `2025-0${month}`;
      const from = parsePeriod(period);
      const minutes = minutesFrom(from.startMs, (from.endMs - from.startMs) / 60_000).filter(
        (_, i) => i % 5 === 0,
      );
      const facts = sampleFacts({ period, sources: [sampleSource(period)] });
      await writeMonth(monthPath(dataDir, 'um', 'BTCUSDT', period), sampleBars(minutes), facts);
    }
    const { rows } = await settle({ frequency: parseFrequency('5m') });
    expect(rows).toBe(273 * 288 + 28 * 288);
    const database = await (await DuckDBInstance.create()).connect();
    const { parquet } = factorPaths(dataDir, 'um', 'BTCUSDT', '5m');
    const told = await database.runAndReadAll(
      `SELECT count(*), count(DISTINCT "minute"), sum(trade_count) FROM '${parquet}' UNION ALL
       SELECT num_row_groups, 0, 0 FROM parquet_file_metadata('${parquet}')`,
    );
    expect(told.getRows().map((row) => Number(row[0]))).toEqual([rows, 2]);
    expect(Number(told.getRows()[0]![1])).toBe(rows);
    database.closeSync();
  });

  it('is E_NO_LAYER where there is nothing, and leaves nothing', async () => {
    await expect(settle()).rejects.toMatchObject({ code: 'E_NO_LAYER', exitStatus: 5 });
    await putMonth(['2026-04-01']);
    await expect(settle({ range: parseRange('2026-05', '2026-05') })).rejects.toMatchObject({
      code: 'E_NO_LAYER',
    });
    await expect(settle({ range: parseRange('2026-04-20', '2026-04-21') })).rejects.toMatchObject({
      code: 'E_NO_LAYER',
    });
    expect(readdirSync(dirname(paths().csv))).toEqual([]);
  });

  it('keeps the old files when a month turns out to be damaged', async () => {
    await putMonth(['2026-04-01']);
    await settle();
    const before = readFileSync(paths().meta, 'utf8');
    await putMonth(['2026-04-01', '2026-04-02']);
    const month = monthPath(dataDir, 'um', 'BTCUSDT', '2026-04');
    const bytes = readFileSync(month);
    bytes[1000]! ^= 1;
    writeFileSync(month, bytes);
    await expect(settle()).rejects.toMatchObject({ code: 'E_LAYER' });
    expect(readFileSync(paths().meta, 'utf8')).toBe(before);
    expect(sha256(paths().csv)).toBe((JSON.parse(before) as FactorMeta).files.csv.sha256);
    expect(readdirSync(dirname(paths().csv)).length).toBe(3);
  });

  it('never leaves a meta file beside files that it does not speak of', async () => {
    await putMonth(['2026-04-01']);
    await settle();
    await putMonth(['2026-04-01', '2026-04-02']);
    unlinkSync(paths().parquet);
    mkdirSync(paths().parquet); // lets the CSV be replaced, and the Parquet not
    await expect(settle()).rejects.toMatchObject({ code: 'E_IO' });
    expect(existsSync(paths().meta)).toBe(false);
    rmSync(paths().parquet, { recursive: true });
    expect(await settle()).toMatchObject({ status: 'written', rows: 48 });
  });

  it('refuses months made with different thresholds, or that are not of this symbol', async () => {
    await putMonth(['2026-03-31'], { thresholds: { whaleUsd: 100_000, retailUsd: 1_000 } });
    await putMonth(['2026-04-01']);
    await expect(settle()).rejects.toThrow(
      '2026-03 with whale ≥ 100000, retail ≤ 1000, 2026-04 with whale ≥ 50000',
    );
    await putMonth(['2026-03-31'], { symbol: 'ETHUSDT' });
    await expect(settle()).rejects.toThrow('holds um ETHUSDT 2026-03, expected um BTCUSDT 2026-03');
  });
});
