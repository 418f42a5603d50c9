import { join } from 'node:path';
import { assertSymbol } from '../market/index.js';
import type { TableSpec } from './spec.js';

/** What can be thrown away: deleted, it is made anew by the next build. */
export interface CachePaths {
  /** `{data}/_cache/wide/{market}_{freq}/{SYMBOL}` */
  readonly folder: string;
  /** What the cross section needs of the symbol, as of the last build. */
  readonly slim: string;
  /** What is known of the symbol's files, written after them. */
  readonly record: string;
}

export function cacheFolder({ dataDir, market, frequency }: TableSpec): string {
  return join(dataDir, '_cache', 'wide', `${market}_${frequency.label}`);
}

export function cachePaths(spec: TableSpec, symbol: string): CachePaths {
  assertSymbol(symbol);
  const folder = join(cacheFolder(spec), symbol);
  return { folder, slim: join(folder, 'cross-section.parquet'), record: join(folder, 'files.json') };
}

/** Columns made of the minutes of a month. */
export function monthCachePath(spec: TableSpec, symbol: string, monthKey: string): string {
  return join(cachePaths(spec, symbol).folder, `${monthKey}.parquet`);
}
