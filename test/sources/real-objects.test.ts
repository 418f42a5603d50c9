import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import {
  type ObjectRequest,
  type SourcePart,
  assembleSourceMonth,
  readSourceObject,
} from '../../src/sources/index.js';
import { at, rowsOf } from './fixture.js';

/** Real objects of the exchange; not part of the repository, so there may be none. */
const root = fileURLToPath(new URL('../../../shared/archive', import.meta.url));

async function partsOf(
  request: Omit<ObjectRequest, 'period' | 'symbol'>,
  symbol: string,
): Promise<SourcePart[]> {
  const archive = new LocalArchive(root);
  const { interval, ...query } = request;
  const entries = await archive.list({ ...query, symbol, ...(interval ? { interval } : {}) });
  const parts: SourcePart[] = [];
  for (const entry of entries) {
    const object = await archive.open(entry);
    parts.push(await readSourceObject(object, { ...request, symbol, period: entry.name.period }));
    await object.close();
  }
  return parts;
}

const SYMBOLS = { RLCUSDT: 7, BSVUSDT: 14, BOMEUSDT: 3, ALPINEUSDT: 2, SOLUSDT: 1 } as const;

describe.skipIf(!existsSync(root))('real objects', () => {
  const metrics = { market: 'um', dataType: 'metrics' } as const;
  const klines = { market: 'um', dataType: 'klines', interval: '1m' } as const;

  it.each(Object.entries(SYMBOLS))('metrics of %s are read to the last cell', async (symbol, days) => {
    const parts = await partsOf(metrics, symbol);
    expect(parts).toHaveLength(days);
    for (const { account, facts, period } of parts) {
      const isShort = facts.key.endsWith('BSVUSDT-metrics-2026-04-18.zip');
      expect(account, facts.key).toMatchObject({
        rows: isShort ? 287 : 288,
        accepted: isShort ? 287 : 288,
        duplicate: 0,
        contradiction: 0,
        outside: 0,
        malformed: 0,
        header: true,
        timeUnit: 'iso',
        gaps: isShort
          ? {
              spans: 1,
              missing: 1,
              list: [{ from: at('2026-04-18 22:55:00'), to: at('2026-04-18 23:00:00'), missing: 1 }],
            }
          : { spans: 0, missing: 0, list: [] },
        firstTime: period.startMs,
        lastTime: period.endMs - 300_000,
      });
      if (symbol !== 'BSVUSDT') expect(account).toMatchObject({ nulls: [], repaired: [] });
    }
    const { table, seam } = assembleSourceMonth(parts);
    expect([table.length, seam]).toEqual([288 * days - (symbol === 'BSVUSDT' ? 1 : 0), { duplicate: 0, contradiction: 0 }]); // prettier-ignore
  });

  it('metrics hold what the file says', async () => {
    const parts = await partsOf(metrics, 'RLCUSDT');
    expect(rowsOf(parts[2]!.table)[0]).toEqual({
      time: at('2026-04-15 00:00:00'),
      available_at: at('2026-04-15 00:05:00'),
      create_time: at('2026-04-15 00:05:00'),
      sum_open_interest: 3099763,
      sum_open_interest_value: 1263838.37713011,
      count_toptrader_long_short_ratio: 2.60957643,
      sum_toptrader_long_short_ratio: 1.478694,
      count_long_short_ratio: 2.19639279,
      sum_taker_long_short_vol_ratio: 1.075879,
    });
  });

  it('metrics of a thin symbol have blanks, and open interest of 0 between two that are not', async () => {
    const thin = await partsOf(metrics, 'BSVUSDT');
    const cells = (pick: (part: SourcePart) => readonly { readonly rows: number }[]): number[] =>
      thin.map((part) => pick(part).reduce((sum, { rows }) => sum + rows, 0));
    expect(cells(({ account }) => account.repaired)).toEqual([0, 0, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0]);
    expect(cells(({ account }) => account.nulls)).toEqual([0, 1, 0, 0, 0, 8, 14, 5, 1, 7, 6, 2, 3, 0]);
    expect(rowsOf(thin[6]!.table)[153]).toEqual({
      time: at('2026-04-12 12:45:00'),
      available_at: at('2026-04-12 12:50:00'),
      create_time: at('2026-04-12 12:50:00'),
      sum_open_interest: null,
      sum_open_interest_value: null,
      count_toptrader_long_short_ratio: null,
      sum_toptrader_long_short_ratio: null,
      count_long_short_ratio: 1.47004608,
      sum_taker_long_short_vol_ratio: null,
    });
  });

  it.each(Object.entries(SYMBOLS))('klines of %s are complete', async (symbol, days) => {
    const parts = await partsOf(klines, symbol);
    expect(parts).toHaveLength(days);
    for (const { account } of parts) {
      expect(account).toMatchObject({
        rows: 1440,
        accepted: 1440,
        malformed: 0,
        outside: 0,
        repaired: [],
        nulls: [],
        gaps: { spans: 0 },
        header: true,
        timeUnit: 'ms',
      });
    }
  });

  it('klines hold what the file says', async () => {
    const friday = (await partsOf(klines, 'RLCUSDT'))[4]!;
    expect(rowsOf(friday.table)[0]).toEqual({
      time: 1776384000000,
      available_at: 1776384060000,
      open: 0.4406,
      high: 0.4419,
      low: 0.4403,
      close: 0.4414,
      volume: 6748.1,
      quote_volume: 2976.74504,
      count: 101,
      taker_buy_volume: 4802.7,
      taker_buy_quote_volume: 2118.90193,
    });
  });

  /** Median over 5-minute rows of |ln(ratio of the row / taker buys over taker sells of `shiftMinutes` later)|. */
  async function medianError(symbol: string, shiftMinutes: number): Promise<number> {
    const minutes = new Map<number, { buy: number; sell: number }>();
    for (const { table } of await partsOf(klines, symbol)) {
      for (const row of rowsOf(table)) {
        const [all, buy] = [row['quote_volume']!, row['taker_buy_quote_volume']!];
        minutes.set(row['time']!, { buy, sell: all - buy });
      }
    }
    const errors: number[] = [];
    for (const { table } of await partsOf(metrics, symbol)) {
      for (const row of rowsOf(table)) {
        const start = row['time']! + shiftMinutes * 60_000;
        const five = Array.from({ length: 5 }, (_, i) => minutes.get(start + i * 60_000));
        const sum = (of: 'buy' | 'sell'): number => five.reduce((n, minute) => n + (minute?.[of] ?? NaN), 0);
        const error = Math.abs(Math.log(row['sum_taker_long_short_vol_ratio']! / (sum('buy') / sum('sell'))));
        if (Number.isFinite(error)) errors.push(error);
      }
    }
    expect(errors.length).toBeGreaterThan(1500);
    return errors.sort((a, b) => a - b)[errors.length >> 1]!;
  }

  it.each(['BSVUSDT', 'RLCUSDT'])(
    'the taker ratios of %s are those of the very five minutes',
    async (symbol) => {
      // Which proves the labels: a window one step early or late is another one.
      expect(await medianError(symbol, 0)).toBeLessThan(0.001);
      expect(await medianError(symbol, -5)).toBeGreaterThan(0.1);
      expect(await medianError(symbol, 5)).toBeGreaterThan(0.1);
    },
  );
});
