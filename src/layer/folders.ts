import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';
import type { Market } from '../market/index.js';
import { type Period, parsePeriod } from '../time/index.js';

/** `binance_{rest}`; folders of USD-M data carry no market in their name, as in the pipeline that our users come from. */
export function binanceFolder(market: Market, rest: string): string {
  return market === 'um' ? `binance_${rest}` : `binance_${market}_${rest}`;
}

/** Names in a folder, in no order; none when there is no such folder. @throws `E_IO` */
export async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw fromSystemError(error, 'listing', folder);
  }
}

export interface MonthFile {
  readonly month: Period;
  readonly path: string;
}

/** Month files of a folder, oldest first. Other names in it are not ours. @throws `E_IO` */
export async function listMonthFiles(folder: string): Promise<MonthFile[]> {
  return (await readFolder(folder))
    .filter((name) => /^\d{4}-(0[1-9]|1[0-2])\.parquet$/.test(name))
    .sort()
    .map((name) => ({ month: parsePeriod(name.slice(0, 7)), path: join(folder, name) }));
}
