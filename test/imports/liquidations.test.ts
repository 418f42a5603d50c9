import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importPath, importTardis, readImported, readImportFacts } from '../../src/imports/index.js';
import { parseRange } from '../../src/time/index.js';
import { failure } from '../http-archive/setup.js';
import {
  LIQUIDATION_HEADER,
  SYMBOL,
  WORKED_EXAMPLE,
  type Event,
  csv,
  eventLine,
  newFolder,
  put,
  putLiquidations,
  shuffled,
  snapshot,
  tardisName,
  us,
} from './fixture.js';

const run = async (path: string, dataDir: string, range: string | null = null) =>
  (
    await importTardis('liquidations', {
      path,
      dataDir,
      range: range === null ? null : parseRange(...(range.split(' ') as [string, string])),
      symbols: null,
    })
  ).imports[0]!;

const read = (dataDir: string) => readImported('liquidations', dataDir, SYMBOL);
const october = (dataDir: string): string => importPath(dataDir, 'liquidations', SYMBOL, '2025-10');

test('the worked example comes back in its normal form', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putLiquidations(
    folder,
    '2025-10-01',
    WORKED_EXAMPLE.map((event) => eventLine(event)),
  );
  const result = await run(folder, dataDir);
  expect(result).toMatchObject({ status: 'written', files: 1, account: { rows: 5, accepted: 5 } });
  const events = await read(dataDir);
  expect(events.length).toBe(5);
  expect([...events.side]).toEqual([0, 0, 1, 0, 1]);
  expect([...events.price]).toEqual([4000, 4000, 4100, 3900, 4000]);
  expect([...events.qty]).toEqual([1, 3, 2, 10, 0.1]);
  expect([...events.value]).toEqual([4000, 12000, 8200, 39000, 400]);
  expect([...events.ts]).toEqual(WORKED_EXAMPLE.map(({ ts }) => ts));
  expect(events.coverage).toEqual([
    { startUs: us('2025-10-01 00:00'), endUs: us('2025-10-02 00:00'), lowerBound: true },
  ]);
  expect(events.lowerBound).toBe(true);
  const long = [...events.value].filter(
    (_, i) => events.side[i] === 0 && events.ts[i]! < us('2025-10-01 01:00'),
  );
  expect(long.reduce((a, b) => a + b)).toBe(16000);
});

test('equal rows are dropped and counted, others of the same time are kept', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const one = eventLine({ ts: us('2025-10-01 05:00'), side: 'buy', price: 10, amount: 1 });
  const lines = [
    one,
    one,
    one.replace(',1759294800005000,', ',1759294800005001,'),
    one.replace(',,buy', ',7,buy'),
    one.replace(',,buy', ',8,buy'),
    one.replace(',,buy', ',7,buy'),
    one.replace(/,1$/, ',2'),
  ];
  putLiquidations(folder, '2025-10-01', lines);
  const result = await run(folder, dataDir);
  expect(result.account).toMatchObject({ rows: 7, accepted: 5, duplicate: 2, malformed: 0 });
  expect((await read(dataDir)).length).toBe(5);
});

test('coin-margined amounts are contracts', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  for (const symbol of ['BTCUSD_PERP', 'ETHUSD_PERP']) {
    const line = eventLine(
      { ts: us('2025-10-01 05:00'), side: 'sell', price: 4000, amount: 3 },
      symbol,
      'binance-delivery',
    );
    put(
      folder,
      tardisName('liquidations', '2025-10-01', symbol, 'binance-delivery'),
      gzipSync(csv(LIQUIDATION_HEADER, [line])),
    );
  }
  await run(folder, dataDir);
  const [btc, eth] = await Promise.all(
    ['BTCUSD_PERP', 'ETHUSD_PERP'].map((symbol) => readImported('liquidations', dataDir, symbol)),
  );
  expect([btc!.value[0], btc!.qty[0]]).toEqual([300, 300 / 4000]);
  expect([eth!.value[0], eth!.qty[0]]).toEqual([30, 30 / 4000]);
});

test('columns are found by name; others are left out and named; nothing filled is no event', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const t = us('2025-10-01 05:00');
  put(
    folder,
    'binance-futures_liquidations_2025-10-01_ETHUSDT.csv',
    `\uFEFFamount,price,side,more,id,local_timestamp,timestamp,symbol,exchange\r\n` +
      `2,10,sell,x,,${t + 1},${t},ETHUSDT,binance-futures\r\n\r\n` +
      `0,10,sell,x,,${t + 1},${t},ETHUSDT,binance-futures\r\n`,
  );
  const result = await run(folder, dataDir);
  expect(result.ignoredColumns).toEqual(['more']);
  expect(result.account).toMatchObject({ rows: 2, accepted: 1, ignored: 1 });
  expect([...(await read(dataDir)).value]).toEqual([20]);
});

test('rows of a neighbouring day are stored where their time belongs, across months too; far ones are not', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const at = (text: string, amount: number): string =>
    eventLine({ ts: us(text), side: 'buy', price: 10, amount });
  putLiquidations(folder, '2025-10-31', [at('2025-10-31 12:00', 1), at('2025-11-01 00:00:00.5', 2)]);
  putLiquidations(folder, '2025-11-01', [
    at('2025-10-31 23:59:59.9', 3),
    at('2025-11-01 12:00', 4),
    at('2025-11-03 00:00', 5),
    at('2025-10-30 23:59:59.9', 6),
  ]);
  const result = await run(folder, dataDir);
  expect(result.account).toMatchObject({ rows: 6, accepted: 4, outside: 2, neighbours: 2 });
  expect([...(await read(dataDir)).qty]).toEqual([1, 3, 2, 4]);
  const inOctober = await readImported('liquidations', dataDir, SYMBOL, parseRange('2025-10', '2025-10'));
  expect([...inOctober.qty]).toEqual([1, 3]);
  expect(inOctober.coverage).toHaveLength(1);
  const facts = await readImportFacts(october(dataDir));
  expect(facts!.sources.map(({ key, rows, months }) => [key.slice(29, 39), rows, months])).toEqual([
    ['2025-10-31', 1, ['2025-10', '2025-11']],
    ['2025-11-01', 1, ['2025-10', '2025-11']],
  ]);
  expect((await run(folder, dataDir)).status).toBe('unchanged');
});

test('an empty file is a day without events', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  put(folder, tardisName('liquidations', '2025-10-02'), gzipSync(''));
  putLiquidations(folder, '2025-10-03', []);
  const result = await run(folder, dataDir);
  expect(result).toMatchObject({ status: 'written', account: { rows: 0 } });
  const events = await read(dataDir);
  expect(events.length).toBe(0);
  expect(events.coverage).toEqual([
    { startUs: us('2025-10-02 00:00'), endUs: us('2025-10-04 00:00'), lowerBound: true },
  ]);
  expect((await run(folder, dataDir)).status).toBe('unchanged');
});

test('what was imported once is not read again, and the file stays byte for byte', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putLiquidations(
    folder,
    '2025-10-01',
    WORKED_EXAMPLE.map((event) => eventLine(event)),
  );
  await run(folder, dataDir);
  const before = snapshot(dataDir);
  const again = await run(folder, dataDir);
  expect(again).toMatchObject({ status: 'unchanged', unchangedFiles: 1, account: { accepted: 5 } });
  expect(again.months).toMatchObject([{ month: '2025-10', status: 'unchanged', reason: null }]);
  expect(snapshot(dataDir)).toEqual(before);
});

test('more days complete the month; a replaced day replaces its own rows only', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const day = (d: number, amount: number): string =>
    putLiquidations(folder, `2025-10-0${d}`, [
      eventLine({ ts: us(`2025-10-0${d} 12:00`), side: 'buy', price: 10, amount }),
    ]);
  const first = day(1, 1);
  await run(first, dataDir);
  const second = day(3, 3);
  const result = await run(second, dataDir);
  expect(result.months[0]!.reason).toBe('binance-futures_liquidations_2025-10-03_ETHUSDT.csv.gz is new');
  expect(result.survey.gaps).toEqual([
    { startUs: us('2025-10-02 00:00'), endUs: us('2025-10-03 00:00'), why: 'no file' },
  ]);
  expect([...(await read(dataDir)).qty]).toEqual([1, 3]);
  day(1, 9);
  const replaced = await run(first, dataDir);
  expect(replaced.months[0]!.reason).toMatch(
    /2025-10-01_ETHUSDT.csv.gz was replaced: sha256 \w{12}… now \w{12}…/,
  );
  expect([...(await read(dataDir)).qty]).toEqual([9, 3]);
});

test('a broken day is reported and leaves the others, and what was there of it', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const path = putLiquidations(
    folder,
    '2025-10-01',
    WORKED_EXAMPLE.map((event) => eventLine(event)),
  );
  await run(folder, dataDir);
  writeFileSync(path, readFileSync(path).subarray(0, 60));
  putLiquidations(folder, '2025-10-02', [
    eventLine({ ts: us('2025-10-02 12:00'), side: 'buy', price: 10, amount: 1 }),
  ]);
  const result = await run(folder, dataDir);
  expect(result.failures.map(({ error }) => error.code)).toEqual(['E_GZIP']);
  expect((await read(dataDir)).length).toBe(6);
  expect(await readImportFacts(october(dataDir))).toMatchObject({ sources: [{ rows: 5 }, { rows: 1 }] });
});

test('a row that two files have is stored once, and none is lost when one of them is replaced', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const shared = eventLine({ ts: us('2025-10-01 23:59'), side: 'buy', price: 10, amount: 1 });
  putLiquidations(folder, '2025-10-01', [shared]);
  const second = putLiquidations(folder, '2025-10-02', [shared]);
  const result = await run(folder, dataDir);
  expect(result).toMatchObject({ superseded: 1 });
  expect((await read(dataDir)).length).toBe(1);
  putLiquidations(folder, '2025-10-02', []);
  const error = await failure(run(second, dataDir), 'E_USAGE');
  expect(error.message).toContain('import both files together');
  await run(folder, dataDir);
  expect((await read(dataDir)).length).toBe(1);
});

test('--start and --end choose days', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  for (const day of ['2025-09-30', '2025-10-01', '2025-10-02']) putLiquidations(folder, day, []);
  expect((await run(folder, dataDir, '2025-10-01 2025-10-01')).files).toBe(1);
  expect((await run(folder, dataDir, '2025-10 2025-10')).files).toBe(2);
  expect((await failure(run(folder, dataDir, '2024-01 2024-02'), 'E_IMPORT_NAME')).message).toContain(
    '2025-09-30 … 2025-10-02',
  );
});

const anyEvent: fc.Arbitrary<Event> = fc.record({
  // Few instants around the ends of a day and of a month, so that rows collide and cross both.
  ts: fc
    .tuple(
      fc.constantFrom(
        '2025-09-30 23:59:59',
        '2025-10-01 00:00:00',
        '2025-10-01 12:00:00',
        '2025-10-02 00:00:00',
      ),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([text, more]) => us(text) + more * 250_000),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price: fc.constantFrom(4000, 4000.5, 0.0001),
  amount: fc.constantFrom(1, 0.25),
  id: fc.constantFrom('', 'a', 'b'),
  localTs: fc.constantFrom(us('2025-10-01 12:00:01'), us('2025-10-01 12:00:02')),
});

test('order of rows, repeated rows, chunks and the order of imports do not matter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { maxLength: 30 }),
      fc.array(anyEvent, { maxLength: 12 }),
      fc.integer({ min: 1, max: 1000 }),
      async (events, others, seed) => {
        const plain = newFolder();
        const lines = [...new Set(events.map((event) => eventLine(event)))];
        const otherLines = others.map((event) => eventLine(event));
        const importAll = async (
          folders: string[],
        ): Promise<{ files: Record<string, string>; rows: number }> => {
          const dataDir = newFolder();
          for (const folder of folders) await run(folder, dataDir);
          return { files: snapshot(dataDir), rows: (await read(dataDir)).length };
        };
        putLiquidations(plain, '2025-10-01', lines);
        putLiquidations(plain, '2025-10-02', otherLines);
        const expected = await importAll([plain]);
        const alone = newFolder();
        const [a, b] = ['a', 'b'].map((name) => join(alone, name));
        putLiquidations(a!, '2025-10-02', otherLines);
        putLiquidations(b!, '2025-10-01', lines);
        expect(await importAll([a!, b!])).toEqual(expected);

        const twisted = newFolder();
        putLiquidations(twisted, '2025-10-01', shuffled([...lines, ...lines, ...lines.slice(0, 3)], seed));
        putLiquidations(twisted, '2025-10-02', shuffled(otherLines, seed));
        const dataDir = newFolder();
        await run(twisted, dataDir);
        const [x, y] = [await read(dataDir), expected];
        expect(x.length).toBe(y.rows);
        const straight = newFolder();
        await run(plain, straight);
        expect(x).toEqual(await read(straight));
      },
    ),
    { numRuns: 40 },
  );
});
