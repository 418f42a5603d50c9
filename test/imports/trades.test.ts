import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { importTardisTrades } from '../../src/imports/index.js';
import { monthPath, readMonth } from '../../src/layer/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { parseRange } from '../../src/time/index.js';
import { failure } from '../http-archive/setup.js';
import {
  LIQUIDATION_HEADER as HEADER,
  SYMBOL,
  csv,
  eventLine,
  newFolder,
  put,
  shuffled,
  snapshot,
  tardisName,
  us,
} from './fixture.js';

const trade = (
  text: string,
  id: string,
  side: 'buy' | 'sell',
  price: number,
  amount: number,
  localTs?: number,
): string =>
  eventLine({ ts: us(text), id, side, price, amount, ...(localTs === undefined ? {} : { localTs }) });

const putTrades = (folder: string, day: string, lines: readonly string[]): string =>
  put(folder, tardisName('trades', day), gzipSync(csv(HEADER, lines)));

const run = async (path: string, dataDir: string, own: { range?: string; whaleUsd?: number } = {}) =>
  (
    await importTardisTrades({
      path,
      dataDir,
      range: own.range === undefined ? null : parseRange(...(own.range.split(' ') as [string, string])),
      symbols: null,
      thresholds: { ...DEFAULT_THRESHOLDS, whaleUsd: own.whaleUsd ?? DEFAULT_THRESHOLDS.whaleUsd },
    })
  ).imports[0]!;

const month = (dataDir: string, key = '2025-10') => readMonth(monthPath(dataDir, 'um', SYMBOL, key));

const DAY = [
  trade('2025-10-01 00:00:01', '101', 'buy', 4000, 2),
  trade('2025-10-01 00:00:02', '102', 'sell', 4001, 1),
  trade('2025-10-01 00:00:02', '103', 'sell', 3999, 20),
  trade('2025-10-01 00:05:00', '104', 'buy', 4002, 0.5),
];

test('a trade is a tick of one fill; the side is that of the aggressor', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putTrades(folder, '2025-10-01', shuffled([...DAY, DAY[1]!, DAY[1]!], 4));
  const { days, months } = await run(folder, dataDir);
  expect(days).toMatchObject([{ status: 'milled', account: { rows: 6, accepted: 4, duplicate: 2 } }]);
  expect(months).toMatchObject([{ month: '2025-10', status: 'written' }]);
  const { bars, facts } = await month(dataDir);
  expect([...bars.columns.minute]).toEqual([us('2025-10-01 00:00') / 1000, us('2025-10-01 00:05') / 1000]);
  expect(bars.columns.taker_buy_qty[0]).toBe(2);
  expect(bars.columns.taker_sell_qty[0]).toBe(21);
  expect(bars.columns.whale_sell_quote[0]).toBe(3999 * 20);
  expect([bars.columns.trade_count[0], bars.columns.fill_count[0]]).toEqual([3, 3]);
  expect([bars.columns.price_first[0], bars.columns.price_last[0]]).toEqual([4000, 3999]);
  expect([bars.columns.first_agg_id[0], bars.columns.last_fill_id[1]]).toEqual([101, 104]);
  expect(bars.columns.first_ts[0]).toBe(us('2025-10-01 00:00:01'));
  expect(facts.sources).toMatchObject([
    {
      key: 'tardis/binance-futures_trades_2025-10-01_ETHUSDT.csv.gz',
      period: '2025-10-01',
      checksum: 'missing',
      memberName: 'binance-futures_trades_2025-10-01_ETHUSDT.csv',
    },
  ]);
  const before = snapshot(dataDir);
  expect((await run(folder, dataDir)).days).toMatchObject([{ status: 'unchanged' }]);
  expect(snapshot(dataDir)).toEqual(before);
});

test('rows that arrived on the next day are taken from its file', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putTrades(folder, '2025-10-01', DAY);
  await run(folder, dataDir);
  putTrades(folder, '2025-10-02', [
    trade('2025-10-01 23:59:59.999', '105', 'buy', 4003, 1, us('2025-10-02 00:00:00.001')),
    trade('2025-10-02 12:00', '106', 'buy', 4004, 1),
    trade('2025-10-01 23:59:59.999', '107', 'buy', 4003, 1, us('2025-10-02 12:00:01')),
  ]);
  const { days } = await run(folder, dataDir);
  expect(days).toMatchObject([
    { day: '2025-10-01', status: 'milled', account: { rows: 5, accepted: 5 } },
    { day: '2025-10-02', status: 'milled', account: { rows: 3, accepted: 1, outside: 2 } },
  ]);
  expect(days[0]!.reason).toContain("the next day's file has come");
  const { bars, facts } = await month(dataDir);
  expect([...bars.columns.last_fill_id]).toEqual([103, 104, 105, 106]);
  expect(facts.sources[0]!.memberName).toBe(
    'binance-futures_trades_2025-10-01_ETHUSDT.csv + binance-futures_trades_2025-10-02_ETHUSDT.csv',
  );
  expect((await run(folder, dataDir)).days.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
  const straight = newFolder();
  await run(folder, straight);
  expect(snapshot(straight)).toEqual(snapshot(dataDir));
  const ranged = newFolder();
  await run(folder, ranged, { range: '2025-10-01 2025-10-01' });
  expect((await month(ranged)).facts.sources.map(({ memberName }) => memberName)).toEqual([
    facts.sources[0]!.memberName,
  ]);
});

test.each([
  ['no ids', ['', '', '', '']],
  ['ids that are no numbers', ['a-1', 'a-2', 'a-3', 'a-4']],
])('%s: running numbers, equal rows are still one', async (_, ids) => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const lines = ids.map((id, i) => DAY[i]!.replace(/,10\d,/, `,${id},`));
  putTrades(folder, '2025-10-01', [lines[0]!, lines[0]!, ...lines.slice(1)]);
  const { days } = await run(folder, dataDir);
  expect(days[0]).toMatchObject({
    account: { rows: 5, accepted: 4, duplicate: 1, firstAggId: 1, lastAggId: 4 },
  });
  expect([...(await month(dataDir)).bars.columns.trade_count]).toEqual([3, 1]);
});

test('days come one by one; a day that the layer has from elsewhere stays', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putTrades(folder, '2025-10-05', [trade('2025-10-05 12:00', '1', 'buy', 1, 1)]);
  await run(folder, dataDir);
  const later = newFolder();
  putTrades(later, '2025-10-03', [trade('2025-10-03 12:00', '1', 'buy', 2, 1)]);
  put(
    later,
    tardisName('trades', '2025-10-05').replace(/\.gz$/, ''),
    csv(HEADER, [trade('2025-10-05 12:00', '1', 'buy', 9, 1)]),
  );
  const { days } = await run(later, dataDir);
  expect(days).toMatchObject([
    { day: '2025-10-03', status: 'milled' },
    { day: '2025-10-05', status: 'skipped' },
  ]);
  expect(days[1]!.reason).toContain('tardis/binance-futures_trades_2025-10-05_ETHUSDT.csv.gz');
  expect([...(await month(dataDir)).bars.columns.price_last]).toEqual([2, 1]);
  expect((await failure(run(later, dataDir, { whaleUsd: 1 }), 'E_USAGE')).message).toContain('50000');
});

test('broken days fail alone, with the line', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putTrades(folder, '2025-10-01', DAY);
  put(folder, tardisName('trades', '2025-10-02'), gzipSync(csv(HEADER, DAY)).subarray(0, 70));
  putTrades(folder, '2025-10-03', [DAY[0]!.replace('ETHUSDT', 'BTCUSDT')]);
  putTrades(folder, '2025-10-04', [DAY[0]!.replaceAll('2025', '2025').replace('buy', 'unknown')]);
  put(folder, tardisName('trades', '2025-10-05'), gzipSync(''));
  const { days } = await run(folder, dataDir);
  expect(days.map(({ status, error }) => error?.code ?? status)).toEqual([
    'milled',
    'E_GZIP',
    'E_IMPORT_SYMBOL',
    'E_CSV_MALFORMED',
    'milled',
  ]);
  expect(days[3]!.error!.context.line).toBe(2);
  expect((await month(dataDir)).facts.sources.map(({ period }) => period)).toEqual([
    '2025-10-01',
    '2025-10-05',
  ]);
});
