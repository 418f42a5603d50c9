import { stat } from 'node:fs/promises';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import type { Market } from '../market/index.js';
import type { EpochMs, Frequency } from '../time/index.js';
import { datasetPaths, hashFile, readLock, refuseStale, symbolPaths } from '../wide-table/index.js';
import { type TableColumn, describeColumns } from './columns.js';
import { nearest } from './nearest.js';
import { TIME_COLUMN, WideFile } from './wide-file.js';

export interface WideTableRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly frequency: Frequency;
  /** Empty asks for all. */
  readonly symbols: readonly string[];
}

/** One symbol's final file; only its footer and the ends of its time column have been read. */
export interface WideSymbol {
  readonly symbol: string;
  readonly path: string;
  readonly rows: number;
  /** Start of the first and of the last bar; null without rows. */
  readonly firstMs: EpochMs | null;
  readonly lastMs: EpochMs | null;
}

/** A wide table on disk. All its files have the same columns. */
export interface WideTable {
  readonly market: Market;
  readonly frequency: Frequency;
  readonly columns: readonly TableColumn[];
  /** In the order of their names. */
  readonly symbols: readonly WideSymbol[];
  readonly lock: { readonly bytes: Uint8Array; readonly sha256: string };
}

/**
 * @param isFresh refuses a table whose inputs have changed since it was built
 * @throws `E_NO_DATASET` when there is no finished table or a symbol is not in it, `E_DATASET` when a file is missing or not
 *   the one that was built, when its columns are not those of the others, and when it is stale; `E_IO`, `E_SYMBOL`
 */
export async function openWideTable(
  request: WideTableRequest,
  { isFresh }: { readonly isFresh: boolean },
): Promise<WideTable> {
  const { dataDir, market, frequency } = request;
  const paths = datasetPaths(dataDir, market, frequency.label);
  const { lock, bytes, sha256 } = await readLock(paths);
  const there = lock.symbols.map(({ symbol }) => symbol);
  const wanted = request.symbols.length === 0 ? there : [...new Set(request.symbols)].sort();
  for (const symbol of wanted) {
    if (there.includes(symbol)) continue;
    const near = nearest(symbol, there);
    const hint = near.length === 0 ? '' : `; near are ${near.join(', ')}`;
    throw new TapemillError('E_NO_DATASET', `${paths.folder} has no ${symbol}${hint}`, {
      path: paths.folder,
      found: symbol,
    });
  }
  let first: { readonly path: string; readonly shape: string; readonly columns: TableColumn[] } | undefined;
  const symbols: WideSymbol[] = [];
  for (const symbol of wanted) {
    const { parquet } = symbolPaths(paths, symbol);
    await checkFile(parquet, lock.symbols.find((locked) => locked.symbol === symbol)!.files.parquet);
    const file = await WideFile.open(parquet);
    try {
      const shape = JSON.stringify(file.fields);
      first ??= { path: file.path, shape, columns: describeColumns(file.fields, lock.columns) };
      if (shape !== first.shape) {
        const message = `${file.path} has other columns than ${first.path}; build the table again`;
        throw new TapemillError('E_DATASET', message, { path: file.path });
      }
      symbols.push({ symbol, path: file.path, rows: file.rows, ...(await endsOf(file)) });
    } finally {
      await file.close();
    }
  }
  if (!first) {
    const message = `${paths.folder} holds a table without symbols; run "tapemill dataset build" again`;
    throw new TapemillError('E_DATASET', message, { path: paths.folder });
  }
  if (isFresh) await refuseStale(dataDir, frequency, lock, wanted);
  return { market, frequency, columns: first.columns, symbols, lock: { bytes, sha256 } };
}

async function endsOf(file: WideFile): Promise<Pick<WideSymbol, 'firstMs' | 'lastMs'>> {
  if (file.rows === 0) return { firstMs: null, lastMs: null };
  const [head] = await file.readGroup(0, [TIME_COLUMN]);
  const [tail] = await file.readGroup(file.groups - 1, [TIME_COLUMN]);
  return { firstMs: head!.at(0) ?? null, lastMs: tail!.at(-1) ?? null };
}

/** A file that another build is about to replace, or that somebody wrote to, is not of this table. */
async function checkFile(path: string, { bytes, sha256 }: { bytes: number; sha256: string }): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw fromSystemError(error, 'reading', path);
  });
  if (found?.size === bytes && (await hashFile(path)) === sha256) return;
  const message =
    found === null
      ? `${path} is missing; run "tapemill dataset build" again`
      : `${path} is not what the build wrote, by dataset.lock; delete it and run "tapemill dataset build" again`;
  throw new TapemillError('E_DATASET', message, { path });
}
