import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { importForceOrders, importTardis, readImported } from '../../src/imports/index.js';
import { failure } from '../http-archive/setup.js';
import { SYMBOL, eventLine, newFolder, put, putLiquidations, shuffled, snapshot, us } from './fixture.js';

const T = us('2025-10-01 12:00') / 1000;

function message(own: Record<string, unknown> = {}, E = T + 5): Record<string, unknown> {
  const o = {
    s: SYMBOL,
    S: 'SELL',
    o: 'LIMIT',
    f: 'IOC',
    q: '2',
    p: '3900',
    ap: '4000.5',
    X: 'FILLED',
    l: '1',
    z: '1.5',
    T,
    ...own,
  };
  return { e: 'forceOrder', E, o };
}

const ndjson = (messages: readonly unknown[]): string =>
  messages.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');

const run = (path: string, dataDir: string, symbols: readonly string[] | null = null) =>
  importForceOrders({ path, dataDir, range: null, symbols });

test('the average price and the filled quantity count, raw or wrapped', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  put(
    folder,
    'a.ndjson',
    ndjson([
      message(),
      { stream: 'ethusdt@forceOrder', data: message({ S: 'BUY', T: T + 2000 }, T + 2005) },
      { result: null, id: 1 },
      { stream: 'x', data: { e: 'aggTrade' } },
      message({ z: '0', ap: '0', X: 'NEW' }, T + 3000),
    ]),
  );
  const { imports } = await run(folder, dataDir);
  expect(imports[0]).toMatchObject({
    symbol: SYMBOL,
    status: 'written',
    account: { rows: 5, accepted: 2, ignored: 3 },
  });
  const events = await readImported('liquidations', dataDir, SYMBOL);
  expect([...events.side]).toEqual([0, 1]);
  expect([...events.price]).toEqual([4000.5, 4000.5]);
  expect([...events.qty]).toEqual([1.5, 1.5]);
  expect([...events.value]).toEqual([6000.75, 6000.75]);
  expect([...events.ts]).toEqual([T * 1000, (T + 2000) * 1000]);
  // From the first to the last message, that of nothing filled included.
  expect(events.coverage).toEqual([
    { startUs: (T + 5) * 1000, endUs: (T + 3000) * 1000 + 1, lowerBound: true },
  ]);
  expect(events.lowerBound).toBe(true);
});

test('equal messages are dropped, in any order; a second import changes nothing', async () => {
  const messages = [
    message(),
    message({ q: '3' }),
    message({}, T + 6),
    message({ T: T - 60_000 }, T - 59_000),
  ];
  const results = [];
  for (const seed of [0, 5]) {
    const [folder, dataDir] = [newFolder(), newFolder()];
    put(
      folder,
      'a.jsonl.gz',
      gzipSync(ndjson(seed ? shuffled([...messages, ...messages], seed) : [...messages, ...messages])),
    );
    expect((await run(folder, dataDir)).imports[0]!.account).toMatchObject({
      rows: 8,
      accepted: 4,
      duplicate: 4,
    });
    const before = snapshot(dataDir);
    expect((await run(folder, dataDir)).imports[0]).toMatchObject({ status: 'unchanged', unchangedFiles: 1 });
    expect(snapshot(dataDir)).toEqual(before);
    results.push(await readImported('liquidations', dataDir, SYMBOL));
  }
  expect(results[0]).toEqual(results[1]);
});

test('a capture of all symbols covers those without events too', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const all = (data: unknown): unknown => ({ stream: '!forceOrder@arr', data });
  put(folder, 'a.ndjson', ndjson([all(message()), all(message({ s: 'BTCUSD_PERP', z: '3' }, T + 90_000))]));
  const both = await run(folder, dataDir);
  expect(both.imports.map(({ symbol }) => symbol)).toEqual(['BTCUSD_PERP', SYMBOL]);
  const btc = await readImported('liquidations', dataDir, 'BTCUSD_PERP');
  expect([btc.value[0], btc.qty[0]]).toEqual([300, 300 / 4000.5]);
  const { imports } = await run(folder, dataDir, ['XRPUSDT']);
  expect(imports[0]).toMatchObject({ symbol: 'XRPUSDT', account: { rows: 2, accepted: 0, ignored: 2 } });
  const silent = await readImported('liquidations', dataDir, 'XRPUSDT');
  expect([silent.length, silent.coverage.length]).toEqual([0, 1]);
});

test('a capture and day files of Tardis share a month', async () => {
  const [folder, captured, dataDir] = [newFolder(), newFolder(), newFolder()];
  put(captured, 'a.ndjson', ndjson([message(), message({ T: T + 1000 }, T + 1005)]));
  putLiquidations(folder, '2025-10-02', [
    eventLine({ ts: us('2025-10-02 05:00'), side: 'buy', price: 1, amount: 1 }),
  ]);
  await run(captured, dataDir);
  await importTardis('liquidations', { path: folder, dataDir, range: null, symbols: null });
  const events = await readImported('liquidations', dataDir, SYMBOL);
  expect([events.length, events.coverage.length]).toEqual([3, 2]);
});

test.each([
  ['no JSON', 'not json', undefined],
  ['no side', message({ S: 'LONG' }), 'o.S'],
  ['no price', message({ ap: 'x' }), 'o.ap'],
  ['a negative quantity', message({ z: '-1' }), 'o.z'],
  ['a time in µs', message({ T: T * 1000 }), 'o.T'],
  ['no event time', { ...message(), E: 'x' }, 'E'],
  ['no order', { e: 'forceOrder', E: T }, 'o'],
  ['a symbol that is a path', message({ s: '../x' }), 'o.s'],
])('%s is a malformed row', async (_, bad, column) => {
  const folder = newFolder();
  put(folder, 'a.ndjson', ndjson([message(), bad]));
  const { failures, imports } = await run(folder, newFolder());
  expect(imports).toEqual([]);
  expect(failures[0]!.error.code).toBe('E_CSV_MALFORMED');
  expect(failures[0]!.error.context).toMatchObject({ line: 2 });
  expect(failures[0]!.error.context.column).toBe(column);
});

test('a file without any event, and a folder without any file', async () => {
  const folder = newFolder();
  await failure(run(folder, folder), 'E_IMPORT_NAME');
  put(folder, 'a.ndjson', ndjson([{ result: null }]));
  expect((await run(folder, newFolder())).failures[0]!.error.code).toBe('E_CSV_LAYOUT');
});
