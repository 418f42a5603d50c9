import { join } from 'node:path';
import { type MonthFile, listMonthFiles, readFolder } from '../layer/index.js';
import { assertSymbol } from '../market/index.js';
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
): Promise<MonthFile[]> {
  return listMonthFiles(importFolder(dataDir, kind, symbol));
}

/** Symbols of a kind, sorted by code point. @throws `E_IO` */
export async function listImportedSymbols(dataDir: string, kind: KindName): Promise<string[]> {
  const names = await readFolder(importRoot(dataDir, kind));
  return names.filter((name) => !name.startsWith('.')).sort();
}
