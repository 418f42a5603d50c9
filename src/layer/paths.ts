import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';
import { type Market, assertSymbol } from '../market/index.js';
import { type MonthFile, binanceFolder, listMonthFiles } from './folders.js';

/** `{data}/binance_aggTrades_1m_parquet`: the layer of a market, a folder for each symbol. */
export function layerRoot(dataDir: string, market: Market): string {
  return join(dataDir, binanceFolder(market, 'aggTrades_1m_parquet'));
}

/** `{data}/binance_aggTrades` for `1h`, `{data}/binance_aggTrades_{freq}` otherwise: the bars of all symbols. */
export function factorFolder(dataDir: string, market: Market, frequencyLabel: string): string {
  return join(
    dataDir,
    binanceFolder(market, `aggTrades${frequencyLabel === '1h' ? '' : `_${frequencyLabel}`}`),
  );
}

/** `{data}/binance_aggTrades_1m_parquet/{SYMBOL}` */
export function layerFolder(dataDir: string, market: Market, symbol: string): string {
  assertSymbol(symbol);
  return join(layerRoot(dataDir, market), symbol);
}

/** `{data}/binance_aggTrades_1m_parquet/{SYMBOL}/{YYYY-MM}.parquet` */
export function monthPath(dataDir: string, market: Market, symbol: string, monthKey: string): string {
  return join(layerFolder(dataDir, market, symbol), `${monthKey}.parquet`);
}

export interface FactorPaths {
  readonly csv: string;
  readonly parquet: string;
  /** Beside the CSV: `{SYMBOL}_aggTrades.csv.meta.json`. */
  readonly meta: string;
}

/** Files of one symbol's bars: `{data}/binance_aggTrades/…` for `1h`, `{data}/binance_aggTrades_{freq}/…` otherwise. */
export function factorPaths(
  dataDir: string,
  market: Market,
  symbol: string,
  frequencyLabel: string,
): FactorPaths {
  assertSymbol(symbol);
  const stem = join(factorFolder(dataDir, market, frequencyLabel), `${symbol}_aggTrades`);
  return { csv: `${stem}.csv`, parquet: `${stem}.parquet`, meta: `${stem}.csv.meta.json` };
}

/** Months on disk, oldest first; empty when the symbol has none. Other names in the folder are not ours. @throws `E_IO` */
export async function listMonths(dataDir: string, market: Market, symbol: string): Promise<MonthFile[]> {
  return listMonthFiles(layerFolder(dataDir, market, symbol));
}

/** Symbols of a market that have a folder in the layer, sorted by code point. @throws `E_IO` */
export async function listSymbols(dataDir: string, market: Market): Promise<string[]> {
  const folder = layerRoot(dataDir, market);
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name.normalize('NFC'))
      .sort();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw fromSystemError(error, 'listing', folder);
  }
}
