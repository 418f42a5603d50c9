import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFolder } from '../layer/index.js';
import { isSystemError, fromSystemError } from '../errors.js';

/** What a file is told apart by: another one in its place has another size, time of change or number. */
export async function fileStamp(path: string): Promise<string | null> {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true });
    return `${size} ${mtimeNs} ${ino}`;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return null;
    throw fromSystemError(error, 'looking at', path);
  }
}

/**
 * What everything of a symbol in a data folder is told apart by. Files are never written in place but renamed to their name,
 * which changes the time of the folder: that of all symbols, for tables, or the symbol's own in it, for months.
 */
export async function symbolStamp(dataDir: string, symbol: string): Promise<string> {
  const folders = (await readFolder(dataDir)).sort().map((name) => join(dataDir, name));
  const paths = folders.flatMap((folder) => [folder, join(folder, symbol)]);
  return (await Promise.all(paths.map(fileStamp))).join('\n');
}

/** What was read of files, as long as they stay the same. The files asked for least recently are forgotten first. */
export class FileMemory<T> {
  readonly #read = new Map<string, { readonly stamp: string; readonly value: Promise<T> }>();

  constructor(
    private readonly read: (path: string) => Promise<T>,
    private readonly files: number,
  ) {}

  /** Null when there is no such file. @throws what reading throws, which is not remembered */
  async get(path: string): Promise<T | null> {
    const stamp = await fileStamp(path);
    const known = this.#read.get(path);
    this.#read.delete(path);
    if (stamp === null) return null;
    if (known?.stamp === stamp) {
      this.#read.set(path, known);
      return known.value;
    }
    const entry = { stamp, value: this.read(path) };
    this.#read.set(path, entry);
    if (this.#read.size > this.files) this.#read.delete(this.#read.keys().next().value!);
    entry.value.catch(() => {
      if (this.#read.get(path) === entry) this.#read.delete(path);
    });
    return entry.value;
  }
}

/** Calls `work` on each, a few at a time; results in the order of the items. Stops when the signal is aborted. */
export async function mapSome<T, R>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < items.length) {
      signal.throwIfAborted();
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run));
  return results;
}
