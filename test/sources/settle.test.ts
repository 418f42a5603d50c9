import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ObjectRequest,
  type SettleSourceRequest,
  type SettledSource,
  type SourceMonthFacts,
  assembleSourceMonth,
  settleSource,
  sourceCsvPaths,
  sourceMonthPath,
  sourceObjectFacts,
  sourceSeries,
  writeSourceMonth,
} from '../../src/sources/index.js';
import { parseRange } from '../../src/time/index.js';
import {
  FUNDING,
  KLINES_1H,
  LIQUIDATIONS,
  LIQUIDATION_HEADER,
  METRICS,
  METRICS_HEADER,
  at,
  factsOf,
  klineLines,
  metricsDay,
  metricsLine,
  partOf,
} from './fixture.js';

const HOUR = 3_600_000;
let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tapemill-sources-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Stores one month of these objects. */
async function put(
  request: ObjectRequest,
  objects: Record<string, readonly string[]>,
  own: Partial<SourceMonthFacts> = {},
): Promise<void> {
  const parts = await Promise.all(
    Object.entries(objects).map(([period, lines]) => partOf(dataDir, { ...request, period }, ...lines)),
  );
  const month = Object.keys(objects)[0]!.slice(0, 7);
  const { table, comparison } = assembleSourceMonth(parts);
  const path = sourceMonthPath(dataDir, sourceSeries(request), month);
  await writeSourceMonth(path, table, factsOf({ ...request, period: month }, { comparison, sources: parts.map(sourceObjectFacts), ...own })); // prettier-ignore
}

const settle = (request: ObjectRequest, own: Partial<SettleSourceRequest> = {}): Promise<SettledSource> =>
  settleSource({
    dataDir,
    market: request.market,
    dataType: request.dataType,
    symbol: request.symbol,
    interval: request.interval ?? null,
    range: null,
    missingPeriods: [],
    tapemillVersion: '0.1.0',
    createdAtUtc: '2026-05-01T00:00:00.000Z',
    ...own,
  });

const linesOf = ({ paths }: SettledSource): string[] => readFileSync(paths.csv, 'utf8').trimEnd().split('\n');
const day = (key: string): string[] => klineLines(at(key), HOUR, 24);

describe('settling klines', () => {
  it('writes every row, and what is known of them', async () => {
    await put(KLINES_1H, { '2024-01-30': day('2024-01-30'), '2024-01-31': day('2024-01-31') });
    await put(KLINES_1H, { '2024-02-01': day('2024-02-01'), '2024-02-03': day('2024-02-03') }, { missingPeriods: [{ period: '2024-02-02', reason: 'not listed' }] }); // prettier-ignore
    const settled = await settle(KLINES_1H);
    expect(settled).toMatchObject({ status: 'written', reason: 'new', rows: 96 });
    expect(settled.paths).toEqual({
      csv: join(dataDir, 'binance_klines_1h', 'XYZUSDT_klines_1h.csv'),
      meta: join(dataDir, 'binance_klines_1h', 'XYZUSDT_klines_1h.csv.meta.json'),
    });
    const lines = linesOf(settled);
    expect(lines.slice(0, 2)).toEqual([
      'datetime,open,high,low,close,volume,quote_volume,count,taker_buy_volume,taker_buy_quote_volume',
      '2024-01-30 00:00:00+00:00,100,101,99,100.5,10,1000,5,4,400',
    ]);
    expect(lines).toHaveLength(97);
    expect(lines[49]).toMatch(/^2024-02-01 00:00:00\+00:00,/);

    const { meta, paths } = settled;
    expect(JSON.parse(readFileSync(paths.meta, 'utf8'))).toEqual(meta);
    expect(Object.keys(meta).slice(0, 11)).toEqual(
      'status symbol data_type market interval requested_start requested_end min_ts max_ts rows created_at_utc'.split(' '), // prettier-ignore
    );
    expect(meta).toMatchObject({
      status: 'partial',
      symbol: 'XYZUSDT',
      data_type: 'klines',
      interval: '1h',
      min_ts: '2024-01-30 00:00:00+00:00',
      max_ts: '2024-02-03 23:00:00+00:00',
      missing_periods: [{ period: '2024-02-02', reason: 'not listed' }],
      row_account: {
        rows: 96,
        accepted: 96,
        duplicate: 0,
        contradiction: 0,
        outside: 0,
        malformed: 0,
        missing: 0,
      },
      files: { csv: { name: 'XYZUSDT_klines_1h.csv', bytes: statSync(paths.csv).size } },
    });
    expect(meta.files.csv.sha256).toBe(createHash('sha256').update(readFileSync(paths.csv)).digest('hex'));
    expect(meta.sources).toHaveLength(4);
    expect(readdirSync(dirname(paths.csv))).toHaveLength(2);
  });

  it('does nothing when nothing changed, and says what did', async () => {
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05') });
    const first = await settle(KLINES_1H);
    const before = statSync(first.paths.csv).mtimeMs;
    const again = await settle(KLINES_1H, { createdAtUtc: '2027-01-01T00:00:00.000Z' });
    expect(again).toMatchObject({ status: 'unchanged', reason: null, rows: 24, meta: first.meta });
    expect(statSync(first.paths.csv).mtimeMs).toBe(before);

    const { reason: ranged } = await settle(KLINES_1H, { range: parseRange('2024-01-05', '2024-01-05') });
    expect(ranged).toBe('the requested range changed');
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05'), '2024-01-06': day('2024-01-06') });
    expect(await settle(KLINES_1H)).toMatchObject({ reason: 'the requested range changed', rows: 48 });
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05') });
    expect(await settle(KLINES_1H)).toMatchObject({ reason: 'the source objects changed', rows: 24 });
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05') }, { contractSizeUsd: null, comparison: null, tapemillVersion: '9' }); // prettier-ignore
    expect((await settle(KLINES_1H)).status).toBe('unchanged');
    writeFileSync(first.paths.csv, 'x');
    expect((await settle(KLINES_1H)).reason).toBe('XYZUSDT_klines_1h.csv has another size than recorded');
    await rm(first.paths.csv);
    expect((await settle(KLINES_1H)).reason).toBe('XYZUSDT_klines_1h.csv is gone');
    writeFileSync(first.paths.meta, '[]');
    expect((await settle(KLINES_1H)).reason).toBe('the schema version changed');
    writeFileSync(first.paths.meta, '{');
    expect((await settle(KLINES_1H)).reason).toBe('new');
  });

  it('gives the same bytes whatever the way there', async () => {
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05'), '2024-01-06': day('2024-01-06') });
    const one = await settle(KLINES_1H);
    const [csv, meta] = [readFileSync(one.paths.csv), readFileSync(one.paths.meta)];
    await rm(one.paths.meta);
    await put(KLINES_1H, { '2024-01-06': day('2024-01-06'), '2024-01-05': day('2024-01-05').reverse() });
    await put(KLINES_1H, { '2024-01-06': day('2024-01-06'), '2024-01-05': day('2024-01-05') });
    await settle(KLINES_1H);
    expect(readFileSync(one.paths.csv).equals(csv)).toBe(true);
    expect(readFileSync(one.paths.meta).equals(meta)).toBe(true);
  });

  it('keeps to the range, and fails where there is nothing', async () => {
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05'), '2024-01-06': day('2024-01-06') });
    const settled = await settle(KLINES_1H, { range: parseRange('2024-01-06', '2024-01-07') });
    expect(settled.rows).toBe(24);
    expect(settled.meta).toMatchObject({
      requested_start: '2024-01-06',
      min_ts: '2024-01-06 00:00:00+00:00',
    });
    expect(settled.meta.sources.map(({ object }) => object.slice(-14))).toEqual(['2024-01-06.zip']);
    const csv = readFileSync(settled.paths.csv, 'utf8');
    for (const range of [parseRange('2024-01-08', '2024-01-09'), parseRange('2025-01', '2025-02')]) {
      await expect(settle(KLINES_1H, { range })).rejects.toMatchObject({ code: 'E_NO_LAYER' });
    }
    await expect(settle({ ...KLINES_1H, symbol: 'ABC' })).rejects.toMatchObject({ code: 'E_NO_LAYER' });
    expect(readFileSync(settled.paths.csv, 'utf8')).toBe(csv);
    expect(readdirSync(dirname(settled.paths.csv)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('publishes by the hook: the CSV, then the meta file', async () => {
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05') });
    const paths = sourceCsvPaths(dataDir, sourceSeries(KLINES_1H));
    const seen: boolean[][] = [];
    const look = (): void => void seen.push([existsSync(paths.csv), existsSync(paths.meta)]);
    const publish = (rename: () => void): void => {
      look();
      rename();
      look();
    };
    await settle(KLINES_1H, { publish });
    expect(seen).toEqual([[false, false], [true, false], [true, false], [true, true]]); // prettier-ignore
    // A crash between the two must not leave the old meta file with the new CSV.
    seen.length = 0;
    await settle(KLINES_1H, { publish, range: parseRange('2024-01-05', '2024-01-05') });
    expect(seen).toEqual([[true, true], [true, false], [true, false], [true, true]]); // prettier-ignore
    const meta = readFileSync(paths.meta, 'utf8');
    await put(KLINES_1H, { '2024-01-06': day('2024-01-06') });
    const refuse = (): never => {
      throw new Error('lease lost');
    };
    await expect(settle(KLINES_1H, { publish: refuse })).rejects.toThrow('lease lost');
    expect(readFileSync(paths.meta, 'utf8')).toBe(meta);
    await expect(settle(KLINES_1H, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(readdirSync(dirname(paths.csv))).toHaveLength(2);
    expect((await settle(KLINES_1H)).rows).toBe(24);
  });

  it('says so when a month is that of another series', async () => {
    await put(KLINES_1H, { '2024-01-05': day('2024-01-05') });
    const wrong = sourceMonthPath(dataDir, sourceSeries({ ...KLINES_1H, symbol: 'ABC' }), '2024-01');
    const right = sourceMonthPath(dataDir, sourceSeries(KLINES_1H), '2024-01');
    const { cpSync } = await import('node:fs');
    cpSync(right, wrong);
    await expect(settle({ ...KLINES_1H, symbol: 'ABC' })).rejects.toMatchObject({ code: 'E_LAYER' });
  });
});

describe('settling metrics', () => {
  it('gives each hour what was last known at its end', async () => {
    await put(METRICS, {
      '2024-01-05': [
        METRICS_HEADER,
        metricsLine('2024-01-05 00:55:00', 1, 11, 12, 13, 14),
        metricsLine('2024-01-05 01:00:00', 2, 21, '', 23, 24),
        metricsLine('2024-01-05 01:05:00', '0E-16', 31, 32, 33, 34),
        metricsLine('2024-01-05 04:10:01', 4),
      ],
    });
    const settled = await settle(METRICS);
    expect(settled.paths.csv).toBe(join(dataDir, 'binance_metrics', 'XYZUSDT_metrics.csv'));
    expect(linesOf(settled)).toEqual([
      `datetime,${METRICS_HEADER.split(',').slice(2).join(',')},available_at`,
      '2024-01-05 00:00:00+00:00,2,4,21,12,23,24,2024-01-05 01:00:00+00:00',
      '2024-01-05 01:00:00+00:00,,,31,32,33,34,2024-01-05 01:05:00+00:00',
      '2024-01-05 04:00:00+00:00,4,8,1.1,1.2,1.3,0.9,2024-01-05 04:10:00+00:00',
    ]);
    expect(settled.meta).toMatchObject({ interval: null, rows: 3 });
  });

  it('has a row for every hour over the seams of days and months, whatever the stamps', async () => {
    await put(METRICS, { '2024-01-31': metricsDay('2024-01-31 00:00:00') });
    await put(METRICS, { '2024-02-01': metricsDay('2024-02-01 00:00:00') });
    const settled = await settle(METRICS);
    const lines = linesOf(settled);
    // The first stamp, midnight, is the last of the hour before.
    expect(lines[1]).toMatch(/^2024-01-30 23:00:00\+00:00,1000,/);
    expect(lines[25]).toMatch(/^2024-01-31 23:00:00\+00:00,1000,.*,2024-02-01 00:00:00\+00:00$/);
    expect(lines).toHaveLength(1 + 1 + 48);
    // A range that ends with January knows what became known as it ended.
    const january = await settle(METRICS, { range: parseRange('2024-01-31', '2024-01-31') });
    expect(linesOf(january).slice(1)).toEqual(lines.slice(2, 26));
    expect(january.meta.sources).toHaveLength(1);
  });

  it('yields a row that two months have once', async () => {
    await put(METRICS, { '2024-01-31': metricsDay('2024-01-31 00:05:00') });
    await put(METRICS, {
      '2024-02-01': metricsDay('2024-02-01 00:00:00').map((line) => line.replace(',1000,', ',7,')),
    });
    const lines = linesOf(await settle(METRICS));
    expect(lines).toHaveLength(1 + 48);
    expect(lines[24]).toMatch(/^2024-01-31 23:00:00\+00:00,1287,/);
  });

  it('puts a whole day into the hour that ends it', async () => {
    const request = { ...METRICS, period: '2023-01-21' };
    await put(request, { '2023-01-21': ['2023-01-21,XYZUSDT,5,10,1,1,1,1'] });
    expect(linesOf(await settle(request))[1]).toBe(
      '2023-01-21 23:00:00+00:00,5,10,1,1,1,1,2023-01-22 00:00:00+00:00',
    );
  });
});

describe('settling the others', () => {
  it('writes funding as it was settled', async () => {
    const t = at('2024-01-01');
    await put(FUNDING, { '2024-01': [`${t + 3},8,0.0001`, `${t + 8 * HOUR + 1},8,-2.5E-7`] });
    const settled = await settle(FUNDING);
    expect(settled.paths.csv).toBe(join(dataDir, 'binance_fundingRate', 'XYZUSDT_fundingRate.csv'));
    expect(linesOf(settled)).toEqual([
      'datetime,funding_interval_hours,last_funding_rate',
      '2024-01-01 00:00:00+00:00,8,0.0001',
      '2024-01-01 08:00:00+00:00,8,-2.5e-7',
    ]);
  });

  it('writes liquidations with their milliseconds, and a header when there was none', async () => {
    const t = at('2024-10-01 00:41:09') + 82;
    await put(LIQUIDATIONS, {
      '2024-10-01': [LIQUIDATION_HEADER, `${t},SELL,LIMIT,IOC,1,5.5,5.4,FILLED,1,1`],
    });
    const settled = await settle(LIQUIDATIONS);
    expect(settled.paths.csv).toBe(join(dataDir, 'binance_cm_liquidationSnapshot', 'BTCUSD_PERP_liquidationSnapshot.csv')); // prettier-ignore
    expect(linesOf(settled)[1]).toBe('2024-10-01 00:41:09.082+00:00,-1,1,5.5,5.4,1,1,1');
    await put(LIQUIDATIONS, { '2024-10-01': [LIQUIDATION_HEADER] });
    const empty = await settle(LIQUIDATIONS);
    expect(empty).toMatchObject({ rows: 0, meta: { min_ts: null, max_ts: null } });
    expect(linesOf(empty)).toHaveLength(1);
  });

  it('finds the index prices of a contract at its pair', async () => {
    const request = { ...KLINES_1H, market: 'cm', dataType: 'indexPriceKlines', symbol: 'BTCUSD' } as const;
    await put(request, { '2024-01-05': day('2024-01-05') });
    const settled = await settle({ ...request, symbol: 'BTCUSD_PERP' });
    expect(settled.paths.csv).toBe(
      join(dataDir, 'binance_cm_indexPriceKlines_1h', 'BTCUSD_indexPriceKlines_1h.csv'),
    );
    expect(linesOf(settled)[0]).toBe('datetime,open,high,low,close');
  });
});
