import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Market } from '../../src/market/index.js';
import { simulateArchive, type SimulationReport } from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { ONE, parseKline, parseTick, slowKlines, type SlowKline } from './decimal-sums.js';
import { linesOf, temporaryFolder } from './read-tree.js';

const folder = await temporaryFolder();

async function simulate(
  name: string,
  market: Market,
  symbol: string,
  range: readonly [string, string],
  ticks: number,
) {
  const outDir = join(folder, name);
  const report = await simulateArchive({
    outDir,
    market,
    symbols: [symbol],
    range: parseRange(...range),
    ticksPerMonth: ticks,
    seed: 3,
  });
  return { outDir, report };
}

async function all(outDir: string, report: SimulationReport, what: string): Promise<string[]> {
  const objects = report.objects.filter(
    (object) => (object.interval ?? object.dataType) === what && object.cadence === 'daily',
  );
  return (await Promise.all(objects.map((object) => linesOf(outDir, object.key)))).flat();
}

describe('klines', () => {
  test.each([
    ['um', 'SIMAUSDT', undefined],
    ['um', 'SIMCUSDT', undefined],
    ['um', 'SIMFUSDT', undefined],
    ['spot', 'SIMBUSDT', undefined],
    ['cm', 'BTCUSD_PERP', 100],
    ['cm', 'SIMEUSD_PERP', 10],
  ] as const)('of %s %s are exactly those of the ticks', async (market, symbol, contractUsd) => {
    const { outDir, report } = await simulate(
      symbol + market,
      market,
      symbol,
      ['2024-12-30', '2025-01-01'],
      100_000,
    );
    const ticks = (await all(outDir, report, 'aggTrades')).map(parseTick);
    expect(ticks.length).toBeGreaterThan(5000);
    for (const [interval, lengthMs] of [
      ['1m', 60_000],
      ['1h', 3_600_000],
    ] as const) {
      const expected = slowKlines(ticks, lengthMs, contractUsd);
      const klines = (await all(outDir, report, interval)).map(parseKline);
      expect(klines.length).toBe((3 * 86_400_000) / lengthMs);
      let close: bigint | undefined;
      for (const [i, kline] of klines.entries()) {
        expect(kline.openMs).toBe(report.objects.length > 0 ? klines[0]!.openMs + i * lengthMs : 0);
        const traded = expected.get(kline.openMs);
        // Before the first tick of the range the close is that of a day we do not see.
        const carried = traded?.open ?? close ?? kline.close;
        const empty: SlowKline = {
          openMs: kline.openMs,
          open: carried,
          high: carried,
          low: carried,
          close: carried,
          volume: 0n,
          quote: 0n,
          fills: 0,
          takerBuyVolume: 0n,
          takerBuyQuote: 0n,
        };
        expect(kline).toEqual(traded ?? empty);
        close = kline.close;
      }
      expect(klines.some((kline) => kline.fills === 0)).toBe(interval === '1m');
      expect([...expected.keys()].every((openMs) => klines.some((kline) => kline.openMs === openMs))).toBe(
        true,
      );
    }
  });

  test('carry the close of a day into the next, whatever was asked for', async () => {
    const before = await simulate('carry-a', 'um', 'SIMAUSDT', ['2024-03-05', '2024-03-05'], 40);
    const after = await simulate('carry-b', 'um', 'SIMAUSDT', ['2024-03-06', '2024-03-06'], 40);
    const ticks = await all(before.outDir, before.report, 'aggTrades');
    const [kline] = await all(after.outDir, after.report, '1m');
    expect(parseKline(kline ?? '').open).toBe(parseTick(ticks.at(-1) ?? '').price);
  });
});

describe('metrics', () => {
  test.each([
    ['um', 'SIMDUSDT', ['2026-06-24', '2026-06-25']],
    ['cm', 'BTCUSD_PERP', ['2024-01-10', '2024-01-11']],
  ] as const)('of %s agree with the ticks of their window', async (market, symbol, range) => {
    const { outDir, report } = await simulate(`metrics-${market}`, market, symbol, range, 30_000);
    const ticks = (await all(outDir, report, 'aggTrades')).map(parseTick);
    const windows = slowKlines(ticks, 300_000);
    const objects = report.objects.filter((object) => object.dataType === 'metrics');
    for (const object of objects) {
      const rows = await linesOf(outDir, object.key);
      expect(rows.length).toBe(288);
      const atEnd = market === 'um' && object.period < '2026-06-25';
      for (const [i, row] of rows.entries()) {
        const cells = row.split(',');
        const startMs = Date.parse(`${object.period}T00:00:00Z`) + i * 300_000;
        expect(Date.parse(`${(cells[0] ?? '').replace(' ', 'T')}Z`)).toBe(startMs + (atEnd ? 300_000 : 0));
        expect(cells[1]).toBe(symbol);
        expect(cells[2]).toMatch(/^\d+\.\d{16}$/);
        const window = windows.get(startMs);
        const sold = (window?.volume ?? 0n) - (window?.takerBuyVolume ?? 0n);
        if (sold === 0n) expect(cells[7]).toBe('');
        else {
          const millionths = (2n * (window?.takerBuyVolume ?? 0n) * 1_000_000n + sold) / (2n * sold);
          expect(cells[7]).toMatch(/^\d+\.\d{6}00$/);
          expect(BigInt((cells[7] ?? '').replace('.', '')) / 100n).toBe(millionths);
        }
        // Value is open interest at the last price, in coins on cm.
        const [interest, value] = [Number(cells[2]), Number(cells[3])];
        if (!window) continue;
        const price = Number(window.close) / Number(ONE);
        expect(value / (market === 'cm' ? (interest * 100) / price : interest * price)).toBeCloseTo(1, 6);
      }
    }
  });
});

describe('funding', () => {
  test('is every eight hours, some ms late', async () => {
    const { outDir } = await simulate('funding', 'um', 'SIMAUSDT', ['2024-02', '2024-02'], 100);
    const key = 'data/futures/um/monthly/fundingRate/SIMAUSDT/SIMAUSDT-fundingRate-2024-02.zip';
    const rows = (await linesOf(outDir, key)).map((line) => line.split(','));
    expect(rows.length).toBe(87);
    for (const [i, [time, interval, rate]] of rows.entries()) {
      const late = Number(time) - (Date.UTC(2024, 1, 1) + i * 28_800_000);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(30);
      expect(interval).toBe('8');
      expect(rate).toMatch(/^-?0\.\d{8}$/);
    }
    expect(rows.some(([time]) => Number(time) % 1000 > 0)).toBe(true);
  });
});
