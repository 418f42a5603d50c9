import { createHash } from 'node:crypto';
import type { Period } from '../time/index.js';
import type { ImportAccount } from './account.js';
import type { ReadFile } from './file-bytes.js';
import type { Rows } from './rows.js';

export type ImportFormat = 'tardis' | 'forceorder' | 'dump';

/** A file that was found, before it is read. */
export interface SourceFile {
  readonly path: string;
  /** What it is called in messages and footers: its name without folders. */
  readonly file: string;
  /** Name without `.csv`, `.csv.gz`: another file of this key is a later version of it. */
  readonly key: string;
  readonly format: ImportFormat;
  /** Of the name; null for captures, which say nothing. */
  readonly period: Period | null;
}

/** A file that was read: its rows of one symbol, each once, in order of time. */
export interface LoadedSource {
  readonly rows: Rows;
  readonly account: ImportAccount;
  readonly read: ReadFile;
  /** `[start, end)` in µs that the file tells all about; null: nothing. */
  readonly covers: readonly [startUs: number, endUs: number] | null;
  /** The source shows at most one event a second: sums are lower bounds. */
  readonly lowerBound: boolean;
  /** Columns of the header that nobody asked for. */
  readonly ignoredColumns: readonly string[];
}

/**
 * Number of a file in the `source` column. Of two files with the same row the one with the larger id counts: days
 * (20251005) come after the months that hold them (20251000), and captures, whose names say nothing, after both.
 */
export function sourceId({ key, period }: Pick<SourceFile, 'key' | 'period'>): number {
  if (period) return Number(period.key.replaceAll('-', '').padEnd(8, '0'));
  return 1e9 + Number.parseInt(createHash('sha256').update(key).digest('hex').slice(0, 10), 16);
}
