import { describe, expect, it } from 'vitest';
import { importForceOrders } from '../../src/imports/index.js';
import { listLiquidationSymbols } from '../../src/outputs/liquidations/index.js';
import {
  type LiquidationSource,
  type Origin,
  chooseOrigins,
} from '../../src/outputs/liquidations/origins.js';
import { HOUR_MS, parseRange } from '../../src/time/index.js';
import { SYMBOL, WORKED_EXAMPLE, newFolder, put, us } from '../imports/fixture.js';
import { KLINE_HEADER, LIQUIDATIONS, LIQUIDATION_HEADER, at } from '../sources/fixture.js';
import { importDays, putLayer, putSource, readCsv, settle } from './liquidation-fixture.js';

const source = (
  origin: Origin,
  start: string,
  end: string,
  own: Partial<LiquidationSource> = {},
): LiquidationSource => ({
  origin,
  object: `${origin} ${start}`,
  bytes: 1,
  sha256: 'a'.repeat(64),
  startUs: us(start),
  endUs: us(end),
  lowerBound: true,
  firstTs: null,
  lastTs: null,
  ...own,
});

describe('of several sources of a day', () => {
  const DAY = ['2025-10-01 00:00', '2025-10-02 00:00'] as const;
  const chosen = (...sources: LiquidationSource[]): (string | undefined)[] => {
    const { originOfDay } = chooseOrigins(sources);
    return ['2025-10-01', '2025-10-02'].map((day) => originOfDay.get(at(day)));
  };

  it('the one counts that covers more, then the complete one, then the first in order', () => {
    const capture = source('forceorder', '2025-10-01 10:00', '2025-10-02 11:00');
    const snapshot = source('liquidationSnapshot', ...DAY);
    expect(chosen(capture, snapshot)).toEqual(['liquidationSnapshot', 'forceorder']);
    expect(chosen(snapshot, source('tardis', ...DAY))).toEqual(['tardis', undefined]);
    expect(chosen(source('tardis', ...DAY), { ...snapshot, lowerBound: false })).toEqual([
      'liquidationSnapshot',
      undefined,
    ]);
    // Complete, but of a part of the day only.
    expect(chosen(source('tardis', ...DAY), { ...capture, lowerBound: false })).toEqual([
      'tardis',
      'forceorder',
    ]);
  });

  it('what is known is what the ones that count know', () => {
    const { coverage, otherwise } = chooseOrigins([
      source('forceorder', '2025-09-30 22:00', '2025-10-01 23:00'),
      source('tardis', ...DAY, { lowerBound: false }),
    ]);
    expect(Array.from(coverage.startUs)).toEqual([us('2025-09-30 22:00'), us(DAY[0])]);
    expect(Array.from(coverage.endUs)).toEqual([us(DAY[0]), us(DAY[1])]);
    expect(Array.from(coverage.lowerBound)).toEqual([1, 0]);
    expect(otherwise).toBe('tardis');
    expect(chooseOrigins([]).otherwise).toBeNull();
  });
});

/** A captured message. */
const message = (
  time: string,
  side: 'BUY' | 'SELL',
  price: number,
  filled: number,
  symbol = SYMBOL,
): string =>
  JSON.stringify({
    e: 'forceOrder',
    E: us(time) / 1000 + 7,
    o: { s: symbol, S: side, ap: String(price), z: String(filled), T: us(time) / 1000 },
  });

describe('captures beside Tardis files', () => {
  it('are not counted twice, and fill the days that Tardis has not', async () => {
    const [dataDir, folder] = [newFolder(), newFolder()];
    await importDays(dataDir, [{ day: '2025-10-01', events: WORKED_EXAMPLE }]);
    const lines = WORKED_EXAMPLE.map(({ ts, side, price, amount }) =>
      message(
        new Date(ts / 1000).toISOString().slice(0, 19),
        side === 'sell' ? 'SELL' : 'BUY',
        price,
        amount,
      ),
    );
    lines.push(message('2025-10-02 03:30', 'SELL', 4000, 2), message('2025-10-02 06:30', 'BUY', 4000, 1));
    put(folder, 'capture.ndjson', lines.join('\n'));
    await importForceOrders({ path: folder, dataDir, range: null, symbols: [SYMBOL] });
    const { paths, meta } = await settle(dataDir);
    const table = readCsv(paths.csv);
    expect(table.get('2025-10-01 00:00:00+00:00')).toMatchObject({
      liquidation_long_vol_sum: 16000,
      liquidation_all_cnt: 3,
    });
    expect(table.get('2025-10-02 03:00:00+00:00')).toMatchObject({
      liquidation_covered: 1,
      liquidation_long_vol_sum: 8000,
    });
    // The capture ends at 06:30: the hour is not wholly known.
    expect(table.get('2025-10-02 06:00:00+00:00')).toMatchObject({
      liquidation_covered: 0,
      liquidation_all_cnt: null,
    });
    expect(table.size).toBe(31);
    expect(meta.events).toEqual({ taken: { tardis: 5, forceorder: 2 }, set_aside: 5 });
    expect(meta.missing_periods).toEqual([{ period: '2025-10-02', reason: 'covered in part' }]);
    expect(meta.sources.map(({ origin }) => origin)).toEqual(['tardis', 'forceorder']);
  });
});

describe('coin-margined contracts', () => {
  const CONTRACT = 'BTCUSD_PERP';
  const T = at('2024-10-01 00:41:09') + 82;
  const SNAPSHOT = { ...LIQUIDATIONS, period: '2024-10-01' };
  const rows = [
    LIQUIDATION_HEADER,
    `${T},BUY,LIMIT,IOC,7,63661.4,62500,FILLED,6,7`,
    `${T},BUY,LIMIT,IOC,7,63661.4,62500,FILLED,6,7`,
    `${T + 5},SELL,LIMIT,IOC,3,62779.5,0,NEW,0,0`,
    `${T + 9},SELL,LIMIT,IOC,4,60000,64000,PARTIALLY_FILLED,1,2`,
  ];
  const settleCm = (dataDir: string, own: Parameters<typeof settle>[1] = {}): ReturnType<typeof settle> =>
    settle(dataDir, { market: 'cm', symbol: CONTRACT, ...own });

  it('come from liquidationSnapshot: contracts of 100 US dollars, what was filled at its average price', async () => {
    const dataDir = newFolder();
    await putSource(dataDir, SNAPSHOT, rows);
    const { paths, meta } = await settleCm(dataDir);
    expect(paths.csv).toBe(`${dataDir}/binance_cm_liquidations/BTCUSD_PERP_liquidations.csv`);
    expect(readCsv(paths.csv).get('2024-10-01 00:00:00+00:00')).toMatchObject({
      liquidation_lower_bound: 1,
      liquidation_short_vol_sum: 700,
      liquidation_short_qty_sum: 700 / 62500,
      liquidation_short_vwap: 62500,
      liquidation_long_vol_sum: 200,
      liquidation_long_price_first: 64000,
      liquidation_all_cnt: 2,
    });
    expect([meta.rows, meta.events]).toEqual([24, { taken: { liquidationSnapshot: 2 }, set_aside: 0 }]);
    expect(meta.sources[0]!.object).toMatch(/^data\/futures\/cm\/daily\/liquidationSnapshot\/.*\.zip$/);
    expect(await listLiquidationSymbols(dataDir, 'cm')).toEqual([CONTRACT]);
    expect(await listLiquidationSymbols(dataDir, 'um')).toEqual([]);
  });

  it('give way to imported files of the same day', async () => {
    const dataDir = newFolder();
    await putSource(dataDir, SNAPSHOT, rows);
    const event = { ts: us('2024-10-01 00:41'), side: 'sell' as const, price: 62500, amount: 5 };
    await importDays(dataDir, [{ day: '2024-10-01', events: [event] }], CONTRACT, 'binance-delivery');
    const { paths, meta } = await settleCm(dataDir, { freq: '1d' });
    expect([...readCsv(paths.csv).values()]).toMatchObject([
      { liquidation_all_vol_sum: 500, liquidation_all_cnt: 1, liquidation_long_qty_sum: 0.008 },
    ]);
    expect(meta.events).toEqual({ taken: { tardis: 1 }, set_aside: 2 });
  });
});

describe('closes and volumes', () => {
  const KLINES = { market: 'um', dataType: 'klines', symbol: SYMBOL } as const;
  const kline = (time: string, minutes: number, close: number, quote: number, count = 3): string => {
    const open = at(time);
    const end = open + minutes * 60_000 - 1;
    return [open, close, close + 1, close - 1, close, 1, end, quote, count, 0, 0, 0].join(',');
  };
  const everyHour = (day: string, close: number): string[] =>
    Array.from({ length: 24 }, (_, hour) =>
      kline(`${day} ${String(hour).padStart(2, '0')}:00:00`, 60, close + hour, 1000),
    );

  it('come from the minute layer, and from klines on days that it has not', async () => {
    const dataDir = newFolder();
    await importDays(
      dataDir,
      ['2025-10-01', '2025-10-02', '2025-10-03'].map((day) => ({
        day,
        events: [{ ts: us(`${day} 05:00`), side: 'sell', price: 4000, amount: 1 }],
      })),
    );
    await putLayer(dataDir, ['2025-10-01'], [{ at: '2025-10-01 05:59', close: 4400, volume: 8000 }]);
    await putSource(dataDir, { ...KLINES, interval: '1h', period: '2025-10-02' }, [
      KLINE_HEADER,
      ...everyHour('2025-10-02', 3000),
    ]);
    const { paths, meta } = await settle(dataDir);
    const table = readCsv(paths.csv);
    const at5 = (day: string): unknown => {
      const { liquidation_blood_content: blood, liquidation_long_pain_depth: pain } = table.get(
        `${day} 05:00:00+00:00`,
      )!;
      return [blood, pain];
    };
    expect(at5('2025-10-01')).toEqual([0.5, 4400 / 4000 - 1]);
    expect(at5('2025-10-02')).toEqual([4, 3005 / 4000 - 1]);
    expect(at5('2025-10-03')).toEqual([null, null]);
    expect(meta.traded_days).toEqual({ 'minute layer': 1, 'klines 1h': 1 });
    // 1h klines do not tell of quarters of an hour.
    expect((await settle(dataDir, { freq: '15m' })).meta.traded_days).toEqual({ 'minute layer': 1 });
    const fourHours = await settle(dataDir, { freq: '4h' });
    expect(readCsv(fourHours.paths.csv).get('2025-10-02 04:00:00+00:00')).toMatchObject({
      liquidation_blood_content: 1,
      liquidation_long_pain_depth: 3007 / 4000 - 1,
    });
  });

  it('a bar that lacks a kline, or in which nothing was traded, has none', async () => {
    const dataDir = newFolder();
    const events = [0, 15, 30].map((minute) => ({
      ts: us(`2025-10-02 00:${String(minute).padStart(2, '0')}`),
      side: 'buy' as const,
      price: 4000,
      amount: 1,
    }));
    await importDays(dataDir, [{ day: '2025-10-02', events }]);
    const minutes = Array.from({ length: 45 }, (_, minute) => minute)
      .filter((minute) => minute !== 3)
      .map((minute) =>
        kline(
          `2025-10-02 00:${String(minute).padStart(2, '0')}:00`,
          1,
          4100,
          minute < 30 ? 100 : 0,
          minute < 29 ? 3 : 0,
        ),
      );
    await putSource(dataDir, { ...KLINES, interval: '1m', period: '2025-10-02' }, [KLINE_HEADER, ...minutes]);
    const { paths, meta } = await settle(dataDir, { freq: '15m' });
    const rows = [...readCsv(paths.csv).values()];
    const blood = rows.map((row) => row['liquidation_blood_content']);
    const pain = rows.map((row) => row['liquidation_short_pain_depth']);
    expect(pain.slice(0, 4)).toEqual([null, 4100 / 4000 - 1, null, null]);
    expect(blood.slice(0, 4)).toEqual([null, 4000 / 1500, null, null]);
    expect(meta.traded_days).toEqual({ 'klines 1m': 1 });
  });

  it('of a range are read for its days only', async () => {
    const dataDir = newFolder();
    await importDays(dataDir, [
      { day: '2025-10-01', events: [] },
      { day: '2025-10-02', events: [] },
    ]);
    await putSource(dataDir, { ...KLINES, interval: '1h', period: '2025-10' }, [
      KLINE_HEADER,
      ...everyHour('2025-10-01', 3000),
      ...everyHour('2025-10-02', 3000),
    ]);
    const { meta } = await settle(dataDir, { range: parseRange('2025-10-02', '2025-10-02') });
    expect([meta.rows * HOUR_MS, meta.traded_days]).toEqual([24 * HOUR_MS, { 'klines 1h': 1 }]);
  });
});
