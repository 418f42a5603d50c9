import { join } from 'node:path';
import { type FactorPaths, binanceFolder } from '../../layer/index.js';
import { type Market, assertSymbol } from '../../market/index.js';

/**
 * `{data}/binance_liquidations` for `1h`, `{data}/binance_liquidations_{freq}` otherwise, `{data}/binance_cm_…` for
 * `cm`.
 */
export function liquidationFolder(dataDir: string, market: Market, frequencyLabel: string): string {
  return join(
    dataDir,
    binanceFolder(market, `liquidations${frequencyLabel === '1h' ? '' : `_${frequencyLabel}`}`),
  );
}

/** `{folder}/{SYMBOL}_liquidations.csv`, `.parquet`, `.csv.meta.json`. @throws `E_SYMBOL` */
export function liquidationPaths(
  dataDir: string,
  market: Market,
  symbol: string,
  frequencyLabel: string,
): FactorPaths {
  assertSymbol(symbol);
  const stem = join(liquidationFolder(dataDir, market, frequencyLabel), `${symbol}_liquidations`);
  return { csv: `${stem}.csv`, parquet: `${stem}.parquet`, meta: `${stem}.csv.meta.json` };
}
