import { readFile, stat } from 'node:fs/promises';
import { fromSystemError, isSystemError } from '../errors.js';
import type { WrittenFile } from '../layer/index.js';
import type { InputMonth } from './inputs/index.js';

/** What is known of a symbol's files; kept in the cache, and the source of summary and lock. */
export interface SymbolRecord {
  readonly symbol: string;
  /** SHA-256 over all that the files are made of. */
  readonly identity: string;
  /** `layer` or `klines`: where minutes come from. */
  readonly minutes: string;
  readonly rows: number;
  /** Starts of the first and last bar, as in the CSV; null without rows. */
  readonly first: string | null;
  readonly last: string | null;
  readonly lives: number;
  /** Times that a row does not follow the one before it: holes, and the time between lives. */
  readonly holes: number;
  /** Null when the table has no such column. */
  readonly validForTraining: number | null;
  /** Cells that are not null, column by column in their order. */
  readonly filled: readonly number[];
  readonly inputs: readonly InputMonth[];
  readonly files: { readonly csv: WrittenFile; readonly parquet: WrittenFile };
}

/** JSON of a file; null when there is none, or it is none. @throws `E_IO` */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT')) return null;
    throw fromSystemError(error, 'reading', path);
  }
}

export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** Whether a file is there and as large as recorded. */
export async function isIntact(path: string, written: WrittenFile | undefined): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && file.size === written?.bytes;
}
