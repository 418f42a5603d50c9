import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { fromSystemError, isSystemError } from '../errors.js';
import type { WrittenFile } from '../layer/index.js';
import type { TableInputs } from './symbol-inputs.js';

/** What is known of a symbol's files; kept in the cache, and the source of summary and lock. */
export interface SymbolRecord extends TableInputs {
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

/**
 * Whether a file is the one that was recorded: there, as large, and not touched since, or else of the same SHA-256.
 * @param recordPath of the record, which is written after the file
 */
export async function isIntact(
  path: string,
  written: WrittenFile | undefined,
  recordPath: string,
): Promise<boolean> {
  const [file, record] = await Promise.all([path, recordPath].map((of) => stat(of).catch(() => undefined)));
  if (!file || !record || file.size !== written?.bytes) return false;
  return file.mtimeMs <= record.mtimeMs || (await hashFile(path)) === written.sha256;
}

/** SHA-256 of a file, hexadecimal. @throws `E_IO` */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch (error) {
    throw fromSystemError(error, 'reading', path);
  }
  return hash.digest('hex');
}
