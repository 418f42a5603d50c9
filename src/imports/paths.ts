import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';
import { assertSymbol } from '../market/index.js';
import { type Period, parsePeriod } from '../time/index.js';
import type { KindName } from './kinds.js';

/** `{data}/imported_{kind}_parquet` */
export function importRoot(dataDir: string, kind: KindName): string {
  return join(dataDir, `imported_${kind}_parquet`);
}

/** `{data}/imported_{kind}_parquet/{SYMBOL}` */
export function importFolder(dataDir: string, kind: KindName, symbol: string): string {
  assertSymbol(symbol);
  return join(importRoot(dataDir, kind), symbol);
}

/** `{data}/imported_{kind}_parquet/{SYMBOL}/{YYYY-MM}.parquet` */
export function importPath(dataDir: string, kind: KindName, symbol: string, monthKey: string): string {
  return join(importFolder(dataDir, kind, symbol), `${monthKey}.parquet`);
}

/** Months on disk, oldest first; empty when there are none. @throws `E_IO` */
export async function listImportedMonths(
  dataDir: string,
  kind: KindName,
  symbol: string,
): Promise<{ readonly month: Period; readonly path: string }[]> {
  const folder = importFolder(dataDir, kind, symbol);
  const names = await readFolder(folder);
  return names
    .filter((name) => /^\d{4}-(0[1-9]|1[0-2])\.parquet$/.test(name))
    .sort()
    .map((name) => ({ month: parsePeriod(name.slice(0, 7)), path: join(folder, name) }));
}

/** Symbols of a kind, sorted by code point. @throws `E_IO` */
export async function listImportedSymbols(dataDir: string, kind: KindName): Promise<string[]> {
  const names = await readFolder(importRoot(dataDir, kind));
  return names.filter((name) => !name.startsWith('.')).sort();
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw fromSystemError(error, 'listing', folder);
  }
}
