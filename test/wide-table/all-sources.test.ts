import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { importDumps, importForceOrders, importTardis } from '../../src/imports/index.js';
import type { Market } from '../../src/market/index.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, formatIso } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { collectRun } from '../collect/collecting.js';
import { SourceTree } from '../collect/source-tree.js';
import { LIQUIDATION_HEADER, TICKER_HEADER, csv, eventLine, put, tardisName } from '../imports/fixture.js';
import {
  FUNDING_HEADER,
  KLINE_HEADER,
  METRICS_HEADER,
  LIQUIDATION_HEADER as SNAPSHOT_HEADER,
} from '../sources/fixture.js';
import { built, checked, factorFile } from './kit.js';

/** Every source there is, of three days around the change of the stamps of metrics; values that say where they are from. */
const DAYS = ['2026-06-24', '2026-06-25', '2026-06-26'] as const;
const T0 = Date.UTC(2026, 5, 24);
const [TICKS, KLINES, COIN, SPOT] = ['AAAUSDT', 'KLNUSDT', 'AAAUSD_PERP', 'AAAUSDC'] as const;
const AGG_HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';

const tree = new SourceTree();
const text = (t: number): string => formatIso(t).slice(0, 19).replace('T', ' ');
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const dayOf = (day: string): number => Date.parse(`${day}T00:00Z`);
/** One trade a minute, at 100 + hours since T0. */
const price = (t: number): number => 100 + Math.floor((t - T0) / HOUR_MS);

function putTicks(market: Market, symbol: string): void {
  for (const day of DAYS) {
    const lines = range(1440).map((minute) => {
      const t = dayOf(day) + minute * MINUTE_MS;
      const id = (t - T0) / MINUTE_MS + 1;
      const [time, end] = market === 'spot' ? [t * 1000, ',True'] : [t, ''];
      return `${id},${price(t)},1,${id},${id},${time},${id % 2 === 0 ? 'true' : 'false'}${end}`;
    });
    const header = market === 'spot' ? [] : [AGG_HEADER];
    tree.put({ market, dataType: 'aggTrades', symbol, period: day }, ...header, ...lines);
  }
}

function putKlines(
  dataType: 'klines' | 'markPriceKlines' | 'indexPriceKlines' | 'premiumIndexKlines',
  symbol: string,
  interval: string,
  lengthMs: number,
  close: (openMs: number) => number | null,
  market: Market = 'um',
): void {
  for (const day of DAYS) {
    const lines = range(DAY_MS / lengthMs).flatMap((i) => {
      const open = dayOf(day) + i * lengthMs;
      const x = close(open);
      const volume = dataType === 'klines' ? 2 : 0;
      const count = dataType === 'klines' ? 1 : 60;
      return x === null
        ? []
        : `${open},${x},${x},${x},${x},${volume},${open + lengthMs - 1},${volume * x},${count},0,0,0`;
    });
    tree.put({ market, dataType, symbol, interval, period: day }, KLINE_HEADER, ...lines);
  }
}

/** Of each 5 minutes: open interest is the number of minutes from T0 to when it became known. */
function putMetrics(market: Market, symbol: string): void {
  const change = Date.UTC(2026, 5, 25);
  for (const day of DAYS) {
    const lines = range(288).flatMap((i) => {
      const start = dayOf(day) + i * 5 * MINUTE_MS;
      const isOld = market === 'um' && start < change;
      const known = (start - T0) / MINUTE_MS + (isOld ? 0 : 5);
      if (known > 420 && known <= 545) return [];
      if (isOld && i === 0) return [];
      const stamp = known === 180 ? start + 1000 : start;
      const [oi, ratio] = [known === 300 ? 0 : known, known === 360 ? '' : known];
      return `${text(stamp)},${symbol},${oi},${2 * known},1.5,2.5,${ratio},0.5`;
    });
    tree.put({ market, dataType: 'metrics', symbol, period: day }, METRICS_HEADER, ...lines);
  }
}

function putFunding(market: Market, symbol: string): void {
  tree.put(
    { market, dataType: 'fundingRate', symbol, period: '2026-06' },
    FUNDING_HEADER,
    `${T0 + 28},8,0.0001`,
    `${T0 + 8 * HOUR_MS},8,-0.0002`,
    `${T0 + 16 * HOUR_MS + 3},4,0.00030000`,
  );
}

function putSpecials(): void {
  putTicks('um', TICKS);
  putMetrics('um', TICKS);
  putFunding('um', TICKS);
  const hour = (t: number): number => Math.floor((t - T0) / HOUR_MS);
  putKlines('markPriceKlines', TICKS, '1h', HOUR_MS, (t) => (hour(t) === 10 ? null : price(t) + 0.25));
  putKlines('indexPriceKlines', TICKS, '5m', 5 * MINUTE_MS, (t) => {
    const missing = { 11: [55], 12: [50, 55] }[hour(t)] ?? [];
    return missing.includes((t / MINUTE_MS) % 60) ? null : price(t) - 0.5;
  });
  putKlines('premiumIndexKlines', TICKS, '1h', HOUR_MS, (t) => -hour(t) / 1e4);
  putKlines('klines', KLINES, '1m', MINUTE_MS, (t) => 2 * price(t));
  putFunding('um', KLINES);
  putTicks('cm', COIN);
  putMetrics('cm', COIN);
  putFunding('cm', COIN);
  putKlines('indexPriceKlines', 'AAAUSD', '1h', HOUR_MS, (t) => price(t) + 1, 'cm');
  tree.put(
    { market: 'cm', dataType: 'liquidationSnapshot', symbol: COIN, period: DAYS[0] },
    SNAPSHOT_HEADER,
    `${T0 + 30 * MINUTE_MS},SELL,LIMIT,IOC,7,100,100,FILLED,7,7`,
  );
  putTicks('spot', SPOT);
}

async function importAll(dataDir: string): Promise<void> {
  const folder = temporaryFolder();
  const common = { dataDir, range: null, symbols: null };
  const us = (ms: number): number => (T0 + ms) * 1000;
  const ticker = (ms: number, last: number): string =>
    `binance-futures,${TICKS},${us(ms) - 3000},${us(ms)},,0.0005,,,${last},100,101`;
  const tardis = join(folder, 'tardis');
  put(
    tardis,
    tardisName('derivative_ticker', DAYS[0], TICKS),
    // Known at the very end of bar 0, half an hour old and a ms too late for bar 1, 5 minutes old in bar 4, a ms more in 3.
    gzipSync(
      csv(TICKER_HEADER, [
        ticker(HOUR_MS, 110),
        ticker(1.5 * HOUR_MS, 115),
        ticker(2 * HOUR_MS + 1, 120),
        ticker(5 * HOUR_MS - 5 * MINUTE_MS, 130),
        ticker(4 * HOUR_MS - 5 * MINUTE_MS - 1, 140),
      ]),
    ),
  );
  put(
    tardis,
    tardisName('liquidations', DAYS[0], TICKS),
    gzipSync(
      csv(LIQUIDATION_HEADER, [
        eventLine({ ts: us(10 * MINUTE_MS), side: 'sell', price: 100, amount: 3 }, TICKS),
        // The last µs of bar 7, at whose end one of the cuts below is.
        eventLine({ ts: us(8 * HOUR_MS) - 1, side: 'sell', price: 107, amount: 1 }, TICKS),
        eventLine({ ts: us(HOUR_MS), side: 'buy', price: 101, amount: 2 }, TICKS),
      ]),
    ),
  );
  await importTardis('derivative_ticker', { path: tardis, ...common });
  await importTardis('liquidations', { path: tardis, ...common });

  const order = (ms: number, z: string): string =>
    JSON.stringify({
      e: 'forceOrder',
      E: T0 + ms + 5,
      o: {
        ...{ s: KLINES, S: 'SELL', o: 'LIMIT', f: 'IOC', q: '9', p: '1', ap: '200', X: 'FILLED', l: '1' },
        ...{ z, T: T0 + ms },
      },
    });
  const capture = [
    order(-MINUTE_MS, '1'),
    order(HOUR_MS + MINUTE_MS, '4'),
    order(3 * HOUR_MS + MINUTE_MS, '1'),
  ];
  put(folder, 'captures/a.ndjson', `${capture.join('\n')}\n`);
  await importForceOrders({ path: join(folder, 'captures'), ...common });

  const dumps = join(folder, TICKS);
  const stamps = [0, 30, 60, 60, 90].map((minutes) => T0 + minutes * MINUTE_MS);
  const ratios = (name: string, stamp: (t: number) => string): void => {
    const lines = stamps.map((t) => `${stamp(t)},${TICKS},0.6,${(t - T0) / MINUTE_MS},0.4`);
    put(
      dumps,
      `${name}/${name}_2026-06.csv`,
      csv('open_time,symbol,longAccount,longShortRatio,shortAccount', lines),
    );
  };
  ratios('topLongShortPositionRatio', text);
  ratios('topLongShortAccountRatio', (t) => `${t}000000`);
  ratios('globalLongShortAccountRatio', (t) => `${t}000`);
  put(
    dumps,
    'openInterest/openInterest_2026-06.csv',
    csv(
      'open_time,symbol,openInterest',
      [
        [0, 5],
        [1, 7],
        [HOUR_MS, 3],
        [HOUR_MS + 1, 0],
      ].map(([ms, value]) => `${T0 + ms!},${TICKS},${value}`),
    ),
  );
  // Rows that describe the 5 minutes after their stamp: an option of the import.
  put(
    dumps,
    'takerlongshortRatio/takerlongshortRatio_2026-06.csv',
    csv(
      'open_time,buySellRatio,sellVol,buyVol',
      [0, 55, 60].map((minutes) => `${text(T0 + minutes * MINUTE_MS)},1.5,2,${minutes}`),
    ),
  );
  const ofDump = { path: dumps, dataDir, range: null, symbol: TICKS };
  await importDumps(
    ['openInterest', 'topLongShortPositionRatio', 'topLongShortAccountRatio', 'globalLongShortAccountRatio'],
    { ...ofDump, knownAfterMs: 0 },
  );
  await importDumps(['takerlongshortRatio'], { ...ofDump, knownAfterMs: 5 * MINUTE_MS });
}

type Row = Readonly<Record<string, string>>;

function table(dataDir: string, folder: string, symbol: string): Row[] {
  const lines = readFileSync(join(dataDir, folder, `${symbol}_final.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  const [header, ...rows] = lines.map((line) => line.split(','));
  return rows.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]!])));
}

let dataDir = '';
let ticks: Row[] = [];
/** Of a bar by its number from T0: the cells of some columns. */
const cells = (rows: readonly Row[], bar: number, ...names: string[]): string[] =>
  names.map((name) => rows[bar]![name]!);

beforeAll(async () => {
  putSpecials();
  dataDir = temporaryFolder();
  const of = { archive: tree.root, dataDir };
  const dataTypes = [
    'fundingRate',
    'metrics',
    'markPriceKlines',
    'indexPriceKlines',
    'premiumIndexKlines',
  ] as const;
  await collectRun({
    ...of,
    symbols: [TICKS],
    dataTypes: ['aggTrades', ...dataTypes],
    intervals: ['1h', '5m'],
  });
  await collectRun({ ...of, symbols: [KLINES], dataTypes: ['klines', 'fundingRate'], intervals: ['1m'] });
  await collectRun({
    ...of,
    ...{ market: 'cm', symbols: [COIN], intervals: ['1h'] },
    dataTypes: ['aggTrades', 'fundingRate', 'metrics', 'indexPriceKlines', 'liquidationSnapshot'],
  });
  await collectRun({ ...of, market: 'spot', symbols: [SPOT], dataTypes: ['aggTrades'] });
  await importAll(dataDir);
  const factor = factorFile(`export default { name: 'taken', unit: 'base', formula: '2 buyVol', window: 1,
    inputs: ['dump_takerlongshortRatio_buyVol_last'], compute: ({ dump_takerlongshortRatio_buyVol_last: x }) => x.map((v) => 2 * v) };`);
  await built(dataDir, [TICKS, KLINES], { factorPaths: [factor] });
  ticks = table(dataDir, 'final_dataset', TICKS);
});

describe('a table of every source', () => {
  it('has the bars of the three days', () => {
    expect(ticks.map((row) => row['datetime'])).toEqual(
      range(72).map((bar) => `${text(T0 + bar * HOUR_MS)}+00:00`),
    );
    expect(cells(ticks, 5, 'open', 'close', 'volume', 'quote_volume', 'vwap')).toEqual([
      ...['105', '105', '60', '6300', '105'],
    ]);
    expect(cells(ticks, 5, 'at_trade_count', 'at_taker_buy_qty', 'n_minutes', 'gap_seconds')).toEqual([
      ...['60', '30', '60', '3600'],
    ]);
  });

  it('funding: known at its hour whatever the ms, 24 hours long', () => {
    const names = [
      'funding_rate',
      'funding_interval_hours',
      'funding_age_s',
      'hours_to_funding',
      'funding_delta',
    ];
    expect(cells(ticks, 0, ...names)).toEqual(['0.0001', '8', '3600', '7', '']);
    expect(cells(ticks, 6, ...names)).toEqual(['0.0001', '8', '25200', '1', '0']);
    expect(cells(ticks, 7, ...names)).toEqual(['-0.0002', '8', '0', '8', String(-0.0002 - 0.0001)]);
    // 00:00.003 after the bar, and of its hour.
    expect(cells(ticks, 15, ...names)).toEqual(['0.0003', '4', '0', '4', String(0.0003 - -0.0002)]);
    expect(cells(ticks, 15, 'funding_annualized', 'arb_pressure')).toEqual([String(0.0003 * 6 * 365), '1']);
    expect(cells(ticks, 23, ...names)).toEqual(['0.0003', '4', '28800', '4', '0']);
    expect(cells(ticks, 39, ...names)).toEqual(['0.0003', '4', '86400', '4', '0']);
    expect(cells(ticks, 40, ...names)).toEqual(['', '', '', '', '']);
  });

  it('metrics: stamps of the end before 2026-06-25, of the start from then on', () => {
    const names = ['oi_open_interest', 'oi_open_interest_usd', 'ls_global_account_ratio', 'metrics_age_s'];
    expect(cells(ticks, 0, ...names)).toEqual(['60', '120', '60', '0']);
    // 03:00:01 is 03:00.
    expect(cells(ticks, 2, ...names)).toEqual(['180', '360', '180', '0']);
    // Open interest of 0 is none: that of 5 minutes before still holds, and so does a ratio when the next is blank.
    expect(cells(ticks, 4, ...names)).toEqual(['295', '600', '300', '300']);
    expect(cells(ticks, 5, ...names)).toEqual(['360', '720', '355', '300']);
    expect(cells(ticks, 5, 'oi_delta', 'oi_delta_over_volume', 'oi_delta_usd')).toEqual([
      ...['65', String(65 / 60), '120'],
    ]);
    // Nothing between 07:00 and 09:10: an hour old is shown, two are not.
    expect(cells(ticks, 7, ...names)).toEqual(['420', '840', '420', '3600']);
    expect(cells(ticks, 8, ...names)).toEqual(['', '', '', '']);
    expect(cells(ticks, 9, 'oi_open_interest', 'oi_delta')).toEqual(['600', '']);
    // The 5 minutes up to midnight are in neither file; those from midnight on are known at 00:05.
    expect(cells(ticks, 23, ...names)).toEqual(['1435', '2870', '1435', '300']);
    expect(cells(ticks, 24, ...names)).toEqual(['1500', '3000', '1500', '0']);
    expect(cells(ticks, 24, 'ls_toptrader_long_short_ratio', 'ls_toptrader_account_ratio')).toEqual([
      '2.5',
      '1.5',
    ]);
  });

  it('price klines: at their close, up to 5 minutes old', () => {
    const names = ['triad_mark_close', 'triad_index_close', 'triad_premium_close', 'triad_basis'];
    const basis = (close: number): string => String(0.5 / (close - 0.5));
    expect(cells(ticks, 9, ...names)).toEqual(['109.25', '108.5', '-0.0009', basis(109)]);
    expect(cells(ticks, 10, ...names)).toEqual(['', '109.5', '-0.001', basis(110)]);
    expect(cells(ticks, 11, ...names)).toEqual(['111.25', '110.5', '-0.0011', basis(111)]);
    expect(cells(ticks, 12, ...names)).toEqual(['112.25', '', '-0.0012', '']);
  });

  it('tickers: by when they arrived, up to 5 minutes old', () => {
    const names = ['dt_last_price', 'dt_index_price', 'dt_mark_price', 'dt_funding_rate', 'dt_basis'];
    expect(cells(ticks, 0, ...names)).toEqual(['110', '100', '101', '0.0005', '0.1']);
    expect(cells(ticks, 1, ...names)).toEqual(['', '', '', '', '']);
    expect(cells(ticks, 2, 'dt_last_price')).toEqual(['']);
    expect(cells(ticks, 3, 'dt_last_price')).toEqual(['']);
    expect(cells(ticks, 4, 'dt_last_price', 'dt_basis')).toEqual(['130', '0.3']);
  });

  it('dumps: what became known after the start of the bar and up to its end', () => {
    const interest = ['open', 'high', 'low', 'last'].map((x) => `dump_openInterest_openInterest_${x}`);
    expect(cells(ticks, 0, ...interest)).toEqual(['7', '7', '3', '3']);
    expect(cells(ticks, 1, ...interest)).toEqual(['0', '0', '0', '0']);
    expect(cells(ticks, 2, ...interest)).toEqual(['', '', '', '']);
    for (const dump of [
      'topLongShortPositionRatio',
      'topLongShortAccountRatio',
      'globalLongShortAccountRatio',
    ]) {
      const ratio = ['open', 'high', 'low', 'last'].map((x) => `dump_${dump}_longShortRatio_${x}`);
      expect(cells(ticks, 0, ...ratio)).toEqual(['30', '60', '30', '60']);
      expect(cells(ticks, 1, ...ratio, `dump_${dump}_longAccount_last`)).toEqual([
        '90',
        '90',
        '90',
        '90',
        '0.6',
      ]);
    }
    // Stamped 00:00, 00:55 and 01:00, known 5 minutes later: the last of them in the second bar.
    const taker = ['open', 'last'].map((x) => `dump_takerlongshortRatio_buyVol_${x}`);
    expect(cells(ticks, 0, ...taker, 'taken')).toEqual(['0', '55', '110']);
    expect(cells(ticks, 1, ...taker, 'taken')).toEqual(['60', '60', '120']);
    expect(cells(ticks, 2, ...taker, 'taken')).toEqual(['', '', '']);
  });

  it('liquidations: a covered bar without any has 0, one that is not covered has null', () => {
    const names = ['covered', 'lower_bound', 'long_vol_sum', 'short_vol_sum', 'short_cnt'].map(
      (x) => `liquidation_${x}`,
    );
    expect(cells(ticks, 0, ...names)).toEqual(['1', '1', '300', '0', '0']);
    // 01:00:00 is of the bar that begins then.
    expect(cells(ticks, 1, ...names)).toEqual(['1', '1', '0', '202', '1']);
    expect(cells(ticks, 7, ...names)).toEqual(['1', '1', '107', '0', '0']);
    expect(cells(ticks, 23, ...names)).toEqual(['1', '1', '0', '0', '0']);
    expect(cells(ticks, 24, ...names)).toEqual(['0', '', '', '', '']);
  });

  it('a symbol of klines alone has all that they give, and captures are lower bounds', () => {
    const rows = table(dataDir, 'final_dataset', KLINES);
    expect(rows).toHaveLength(72);
    expect(cells(rows, 3, 'close', 'volume', 'n_minutes', 'at_trade_count', 'oi_open_interest')).toEqual([
      ...['206', '120', '60', '', ''],
    ]);
    expect(cells(rows, 7, 'funding_rate', 'funding_pressure', 'cs_universe_size')).toEqual([
      '-0.0002',
      '0',
      '2',
    ]);
    expect(cells(rows, 3, 'relative_volume', 'triad_mark_close', 'dt_last_price')).toEqual([
      ...[String(120 / 90), '', ''],
    ]);
    const names = ['covered', 'lower_bound', 'long_vol_sum'].map((x) => `liquidation_${x}`);
    expect(cells(rows, 0, ...names)).toEqual(['1', '1', '0']);
    expect(cells(rows, 1, ...names)).toEqual(['1', '1', '800']);
    // The capture ends at 03:01.
    expect(cells(rows, 3, ...names)).toEqual(['0', '', '']);
    expect(cells(rows, 4, ...names)).toEqual(['0', '', '']);
  });

  it('knows nothing of the future, at any of the boundaries', async () => {
    const { cuts, leaks } = await checked(dataDir, { cuts: 9 });
    expect(leaks).toEqual([]);
    expect(cuts).toContain(T0 + 8 * HOUR_MS);
  });
});

describe('other markets', () => {
  it('coin-margined: contracts, the index of the pair, stamps of the start, liquidationSnapshot', async () => {
    await built(dataDir, [COIN], { market: 'cm' });
    const rows = table(dataDir, 'final_dataset_cm', COIN);
    expect(rows).toHaveLength(72);
    const names = ['close', 'triad_index_close', 'funding_rate', 'oi_open_interest', 'metrics_age_s'];
    expect(cells(rows, 0, ...names)).toEqual(['100', '101', '0.0001', '60', '0']);
    expect(cells(rows, 23, ...names)).toEqual(['123', '124', '0.0003', '1440', '0']);
    expect(cells(rows, 5, 'quote_volume')).toEqual(['600']);
    expect(cells(rows, 0, 'liquidation_covered', 'liquidation_long_cnt', 'liquidation_long_vol_sum')).toEqual(
      [...['1', '1', '70']],
    );
    expect(cells(rows, 24, 'liquidation_covered')).toEqual(['0']);
    // Nothing was imported of the market: no columns of tickers and dumps.
    expect(Object.keys(rows[0]!).filter((name) => /^(dt|dump)_/.test(name))).toEqual([]);
  });

  it('spot has no source of futures, and says so by nulls', async () => {
    await built(dataDir, [SPOT], { market: 'spot' });
    const rows = table(dataDir, 'final_dataset_spot', SPOT);
    expect(rows).toHaveLength(72);
    expect(cells(rows, 71, 'close', 'volume', 'at_trade_count')).toEqual(['171', '60', '60']);
    const futures = Object.entries(rows[71]!).filter(([name]) =>
      /^(funding|arb_|hours_to|triad|oi_|ls_|metrics_|liquidation)/.test(name),
    );
    expect(futures.length).toBeGreaterThan(30);
    const filled = futures.filter(([, cell]) => cell !== '').map(([name]) => name);
    expect(filled.filter((name) => name !== 'liquidation_covered')).toEqual([]);
  });
});
