import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { importPath, importTardis, readImported, readImportedDays } from '../../src/imports/index.js';
import { failure } from '../http-archive/setup.js';
import { SYMBOL, TICKER_HEADER, csv, newFolder, put, shuffled, snapshot, tardisName, us } from './fixture.js';

const line = (ts: number, cells: string): string => `binance-futures,ETHUSDT,${ts},${ts + 3000},${cells}`;
const NEXT = us('2025-10-01 08:00');
const DAY = [
  line(us('2025-10-01 00:00:00.000'), `${us('2025-10-01 00:00')},-1.6e-05,,,,4145.183256,4142.98`),
  line(us('2025-10-01 00:00:01.001'), `${NEXT},-1.6e-05,,,,4145.183256,4142.74`),
  line(us('2025-10-01 00:00:01.632'), `${NEXT},-1.6e-05,,,4142.99,4145.183256,4142.74`),
  line(us('2025-10-01 00:00:02.001'), `,,0.0001,1827785.5,4142.99,4145.226512,4142.96`),
];

const run = async (path: string, dataDir: string) =>
  (await importTardis('derivative_ticker', { path, dataDir, range: null, symbols: null })).imports[0]!;
const putDay = (folder: string, day: string, lines: readonly string[]): string =>
  put(folder, tardisName('derivative_ticker', day), gzipSync(csv(TICKER_HEADER, lines)));

test('a day of the ticker, nulls as nulls', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putDay(folder, '2025-10-01', shuffled([...DAY, DAY[1]!], 3));
  const result = await run(folder, dataDir);
  expect(result.account).toMatchObject({ rows: 5, accepted: 4, duplicate: 1 });
  const { columns, coverage, lowerBound } = await readImported('derivative_ticker', dataDir, SYMBOL);
  expect([...columns['last_price']!]).toEqual([NaN, NaN, 4142.99, 4142.99]);
  expect([...columns['funding_ts']!]).toEqual([us('2025-10-01 00:00'), NEXT, NEXT, NaN]);
  expect([...columns['funding_rate']!]).toEqual([-1.6e-5, -1.6e-5, -1.6e-5, NaN]);
  expect([...columns['predicted_funding_rate']!]).toEqual([NaN, NaN, NaN, 0.0001]);
  expect([...columns['open_interest']!]).toEqual([NaN, NaN, NaN, 1827785.5]);
  expect([...columns['index_price']!]).toEqual([4145.183256, 4145.183256, 4145.183256, 4145.226512]);
  expect([...columns['mark_price']!]).toEqual([4142.98, 4142.74, 4142.74, 4142.96]);
  expect([...columns['local_ts']!]).toEqual([...columns['ts']!].map((ts) => ts + 3000));
  expect([coverage.length, lowerBound]).toEqual([1, false]);
});

test('others read the file as well, nulls and times included', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putDay(folder, '2025-10-01', DAY);
  putDay(folder, '2025-10-02', [line(us('2025-10-02 05:00'), `,,,,,,5`)]);
  await run(folder, dataDir);
  const bytes = readFileSync(importPath(dataDir, 'derivative_ticker', SYMBOL, '2025-10'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file });
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatchObject({
    ts: new Date('2025-10-01T00:00Z'),
    funding_rate: -1.6e-5,
    mark_price: 4142.98,
    source: 20251001n,
  });
  expect(rows.map((row) => (row['last_price'] as number | undefined) ?? null)).toEqual([
    null,
    null,
    4142.99,
    4142.99,
    null,
  ]);
});

test('rows equal in all but one column, the last included, are two', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const ts = us('2025-10-01 05:00');
  putDay(folder, '2025-10-01', [
    line(ts, ',,,,,,5'),
    line(ts, ',,,,,,6'),
    line(ts, ',,,,,,'),
    line(ts, ',,,,,5,'),
  ]);
  expect((await run(folder, dataDir)).account).toMatchObject({ accepted: 4, duplicate: 0 });
});

test('silence of more than five minutes is a gap, and so is a missing day', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const every = (day: string, from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => line(us(`${day} 00:00`) + (from + i) * 60e6, ',,,,,,5'));
  putDay(folder, '2025-10-01', [...every('2025-10-01', 0, 100), ...every('2025-10-01', 110, 1440)]);
  putDay(folder, '2025-10-03', every('2025-10-03', 0, 1440));
  expect((await run(folder, dataDir)).survey.gaps).toEqual([
    { startUs: us('2025-10-01 01:39'), endUs: us('2025-10-01 01:50'), why: 'no rows' },
    { startUs: us('2025-10-02 00:00'), endUs: us('2025-10-03 00:00'), why: 'no file' },
  ]);
});

test('a table may be read day by day, across months', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  for (const day of ['2025-09-30', '2025-10-01', '2025-10-02']) {
    putDay(folder, day, [line(us(`${day} 05:00`), ',,,,,,5'), line(us(`${day} 06:00`), ',,,,,,6')]);
  }
  await run(folder, dataDir);
  const days = [];
  for await (const { dayUs, rows } of readImportedDays('derivative_ticker', dataDir, SYMBOL))
    days.push([dayUs, rows.length]);
  expect(days).toEqual([
    [us('2025-09-30 00:00'), 2],
    [us('2025-10-01 00:00'), 2],
    [us('2025-10-02 00:00'), 2],
  ]);
});

test.each([
  [
    'a cell that is no number',
    DAY[1]!.replace('4142.74', '4142,74x').replace(',4142,74x', ',4142.74x'),
    'mark_price',
  ],
  ['a time in ms', DAY[1]!.replace(/,\d{16}/, ',1759276801001'), 'timestamp'],
  ['another time in ms', DAY[1]!.replace(/,(\d{16}),\d{16}/, ',$1,1759276801001'), 'local_timestamp'],
  ['a funding time in ms', DAY[1]!.replace(String(NEXT), '1759305600000'), 'funding_timestamp'],
  ['a cell too many', `${DAY[1]!},1`, undefined],
])('%s is a malformed row', async (_, bad, column) => {
  const folder = newFolder();
  putDay(folder, '2025-10-01', [...DAY, bad]);
  const { error } = (await run(folder, newFolder())).failures[0]!;
  expect(error.code).toBe('E_CSV_MALFORMED');
  expect(error.context).toMatchObject({ line: 6 });
  expect(error.context.column).toBe(column);
});

test.each(['exchange', 'symbol'])('another %s within the file is an error with its line', async (column) => {
  const folder = newFolder();
  const bad =
    column === 'symbol'
      ? DAY[2]!.replace('ETHUSDT', 'BTCUSDT')
      : DAY[2]!.replace('binance-futures', 'binance');
  putDay(folder, '2025-10-01', [...DAY, bad]);
  const { error } = (await run(folder, newFolder())).failures[0]!;
  expect(error.code).toBe('E_IMPORT_SYMBOL');
  expect(error.context).toMatchObject({ line: 6, column });
});

test('names: other channels are left alone, strays are named, unknown exchanges refused', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putDay(folder, '2025-10-01', DAY);
  put(folder, tardisName('trades', '2025-10-01'), 'x');
  put(folder, 'ticker.csv.gz', 'x');
  put(folder, 'notes.txt', 'x');
  const job = { path: folder, dataDir, range: null, symbols: null };
  const { strays, imports } = await importTardis('derivative_ticker', job);
  expect([strays, imports.length]).toEqual([['ticker.csv.gz'], 1]);
  await failure(importTardis('derivative_ticker', { ...job, symbols: ['BTCUSDT'] }), 'E_IMPORT_NAME');
  put(folder, tardisName('derivative_ticker', '2025-10-01', SYMBOL, 'bybit'), 'x');
  expect((await failure(importTardis('derivative_ticker', job), 'E_USAGE')).message).toContain('bybit');
});

test('whatever byte of a month file is changed: the same rows or E_LAYER', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putDay(folder, '2025-10-01', DAY);
  await run(folder, dataDir);
  const path = importPath(dataDir, 'derivative_ticker', SYMBOL, '2025-10');
  const bytes = readFileSync(path);
  const expected = await readImported('derivative_ticker', dataDir, SYMBOL);
  for (let at = 0; at < bytes.length; at += 7) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << (at % 8);
    writeFileSync(path, damaged);
    const read = await readImported('derivative_ticker', dataDir, SYMBOL).catch((error: unknown) => {
      expect((error as { code?: string }).code, `byte ${at}: ${String(error)}`).toBe('E_LAYER');
      return null;
    });
    if (read) expect(read.columns, `byte ${at}`).toEqual(expected.columns);
  }
  writeFileSync(path, bytes);
  expect(Object.keys(snapshot(dataDir))).toEqual([path.slice(dataDir.length + 1)]);
});
