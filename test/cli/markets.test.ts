import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveOf, layerMonth } from '../collect/collecting.js';
import { outputsBelow, parseLines, tapemill, temporaryFolder } from './run.js';

describe('--market cm', () => {
  it('counts quantities in contracts: 100 USD for BTCUSD, 10 USD for the others', async () => {
    const { outDir } = await archiveOf('2024-01-03', '2024-01-03', {
      market: 'cm',
      symbols: ['BTCUSD_PERP', 'ETHUSD_240329'],
      monthly: false,
    });
    const dataDir = temporaryFolder();
    const ran = await tapemill(
      'collect',
      'BTCUSD_PERP',
      'ETHUSD_240329',
      '--market',
      'cm',
      '--archive',
      outDir,
      '--data-dir',
      dataDir,
    );
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    for (const [symbol, size] of [
      ['BTCUSD_PERP', 100],
      ['ETHUSD_240329', 10],
    ] as const) {
      const { bars, facts } = await layerMonth(dataDir, symbol, '2024-01', 'cm');
      expect(facts).toMatchObject({ market: 'cm', contractSizeUsd: size });
      const { quote_volume: quote, base_volume: base, price_low: low, price_high: high } = bars.columns;
      for (let i = 0; i < bars.length; i++) {
        // Whole contracts of dollars, at a price between the extremes of the minute.
        expect(quote[i]! % size).toBe(0);
        expect(quote[i]! / base[i]!).toBeGreaterThanOrEqual(low[i]! * (1 - 1e-12));
        expect(quote[i]! / base[i]!).toBeLessThanOrEqual(high[i]! * (1 + 1e-12));
      }
      expect(outputsBelow(dataDir)).toContain(`binance_cm_aggTrades/${symbol}_aggTrades.csv`);
    }
    expect(outputsBelow(dataDir).every((path) => path.startsWith('binance_cm_aggTrades'))).toBe(true);
  });
});

describe('--market spot', () => {
  it('reads eight columns without a header, in µs from 2025 on', async () => {
    const { outDir, objects } = await archiveOf('2024-12-31', '2025-01-01', {
      market: 'spot',
      symbols: ['AAAUSDT'],
      ticksPerMonth: 9000,
      monthly: false,
    });
    const dataDir = temporaryFolder();
    const ran = await tapemill(
      'collect',
      'AAAUSDT',
      '--market',
      'spot',
      '--archive',
      outDir,
      '--data-dir',
      dataDir,
      '--json',
    );
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const accounts = parseLines<{ type: string; object: string; account: object }>(ran.stdout)
      .filter(({ type }) => type === 'object-milled')
      .sort((a, b) => (a.object < b.object ? -1 : 1))
      .map(({ account }) => account);
    const rows = objects.map((object) => object.rows);
    expect(accounts).toMatchObject([
      { header: false, timeUnit: 'ms', rows: rows[0], accepted: rows[0] },
      { header: false, timeUnit: 'us', rows: rows[1], accepted: rows[1] },
    ]);
    const csv = readFileSync(join(dataDir, 'binance_spot_aggTrades', 'AAAUSDT_aggTrades.csv'), 'utf8');
    expect(csv).toMatch(/\n2024-12-31 0\d:00:00\+00:00,/);
    expect(csv.trimEnd().split('\n').at(-1)).toMatch(/^2025-01-01 \d\d:00:00\+00:00,/);
    expect(outputsBelow(dataDir)).toContain('binance_spot_aggTrades_1m_parquet/AAAUSDT/2025-01.parquet');
  });
});
