import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factorPaths, layerFolder, listMonths, listSymbols, monthPath } from '../../src/layer/index.js';

describe('paths', () => {
  it('of the layer are those of the seed for um, and carry the market otherwise', () => {
    expect(monthPath('d', 'um', 'BTCUSDT', '2024-01')).toBe(
      join('d/binance_aggTrades_1m_parquet/BTCUSDT/2024-01.parquet'),
    );
    expect(layerFolder('d', 'cm', 'BTCUSD_PERP')).toBe(join('d/binance_cm_aggTrades_1m_parquet/BTCUSD_PERP'));
    expect(layerFolder('d', 'spot', '币安人生USDT')).toBe(
      join('d/binance_spot_aggTrades_1m_parquet/币安人生USDT'),
    );
  });

  it('of factors name the frequency unless it is 1h', () => {
    expect(factorPaths('d', 'um', 'BTCUSDT', '1h')).toEqual({
      csv: join('d/binance_aggTrades/BTCUSDT_aggTrades.csv'),
      parquet: join('d/binance_aggTrades/BTCUSDT_aggTrades.parquet'),
      meta: join('d/binance_aggTrades/BTCUSDT_aggTrades.csv.meta.json'),
    });
    expect(factorPaths('d', 'um', 'X', '4h').csv).toBe(join('d/binance_aggTrades_4h/X_aggTrades.csv'));
    expect(factorPaths('d', 'cm', 'X', '1h').csv).toBe(join('d/binance_cm_aggTrades/X_aggTrades.csv'));
    expect(factorPaths('d', 'spot', 'X', '5m').csv).toBe(join('d/binance_spot_aggTrades_5m/X_aggTrades.csv'));
  });

  it('never leave the data folder', () => {
    for (const symbol of ['..', '../X', 'a/b', 'a\\b', '', '.']) {
      expect(() => layerFolder('d', 'um', symbol)).toThrow(expect.objectContaining({ code: 'E_SYMBOL' }));
      expect(() => factorPaths('d', 'um', symbol, '1h')).toThrow(
        expect.objectContaining({ code: 'E_SYMBOL' }),
      );
    }
  });

  it('list months oldest first and skip what is not one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'tapemill-paths-'));
    const folder = layerFolder(data, 'um', 'BTCUSDT');
    expect(await listMonths(data, 'um', 'BTCUSDT')).toEqual([]);
    expect(await listSymbols(data, 'um')).toEqual([]);
    mkdirSync(folder, { recursive: true });
    for (const name of [
      '2024-02.parquet',
      '2023-12.parquet',
      '2024-13.parquet',
      '2024-01.parquet.bak',
      '.x.tmp',
    ]) {
      writeFileSync(join(folder, name), '');
    }
    expect((await listMonths(data, 'um', 'BTCUSDT')).map(({ month }) => month.key)).toEqual([
      '2023-12',
      '2024-02',
    ]);
    expect(await listSymbols(data, 'um')).toEqual(['BTCUSDT']);
    rmSync(data, { recursive: true });
  });
});
