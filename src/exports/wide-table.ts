import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import type { Market } from '../market/index.js';
import type { EpochMs, Frequency } from '../time/index.js';
import { datasetPaths, symbolPaths } from '../wide-table/index.js';
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

const SUFFIX = '_final.parquet';

/**
 * @throws `E_NO_DATASET` when there is no finished table or a symbol is not in it, `E_DATASET` when a file is damaged or
 *   its columns are not those of the others, `E_IO`, `E_SYMBOL`
 */
export async function openWideTable(request: WideTableRequest): Promise<WideTable> {
  const { dataDir, market, frequency } = request;
  const paths = datasetPaths(dataDir, market, frequency.label);
  const lock = await readLock(paths.lock, paths.folder);
  const there = await listFinal(paths.folder);
  const wanted = request.symbols.length === 0 ? there : [...new Set(request.symbols)].sort();
  for (const symbol of wanted) {
    if (there.includes(symbol)) continue;
    const near = nearest(symbol, there);
    const hint = near.length === 0 ? '' : `; near are ${near.join(', ')}`;
    throw new TapemillError('E_NO_DATASET', `${paths.folder} has no ${symbol}${SUFFIX}${hint}`, {
      path: paths.folder,
      found: symbol,
    });
  }
  let first: { readonly path: string; readonly shape: string; readonly columns: TableColumn[] } | undefined;
  const symbols: WideSymbol[] = [];
  for (const symbol of wanted) {
    const file = await WideFile.open(symbolPaths(paths, symbol).parquet);
    try {
      const shape = JSON.stringify(file.fields);
      first ??= { path: file.path, shape, columns: describeColumns(file.fields) };
      if (shape !== first.shape) {
        const message = `${file.path} has other columns than ${first.path}; build the table again`;
        throw new TapemillError('E_DATASET', message, { path: file.path });
      }
      symbols.push({ symbol, path: file.path, rows: file.rows, ...(await endsOf(file)) });
    } finally {
      await file.close();
    }
  }
  if (!first) throw noDataset(paths.folder, `no {SYMBOL}${SUFFIX}`);
  return { market, frequency, columns: first.columns, symbols, lock };
}

async function endsOf(file: WideFile): Promise<Pick<WideSymbol, 'firstMs' | 'lastMs'>> {
  if (file.rows === 0) return { firstMs: null, lastMs: null };
  const [head] = await file.readGroup(0, [TIME_COLUMN]);
  const [tail] = await file.readGroup(file.groups - 1, [TIME_COLUMN]);
  return { firstMs: head!.at(0) ?? null, lastMs: tail!.at(-1) ?? null };
}

/** The lock is written last: without it the build has not come to its end. */
async function readLock(path: string, folder: string): Promise<WideTable['lock']> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw noDataset(folder, 'no dataset.lock');
    throw fromSystemError(error, 'reading', path);
  }
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function listFinal(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw fromSystemError(error, 'reading', folder);
  });
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length).normalize('NFC'))
    .sort();
}

function noDataset(folder: string, found: string): TapemillError {
  const message = `${folder} holds no finished wide table (${found}); run "tapemill dataset build" first`;
  return new TapemillError('E_NO_DATASET', message, { path: folder });
}
