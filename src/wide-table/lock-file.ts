import { TapemillError } from '../errors.js';
import type { WrittenFile } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { WideFamily } from '../dataset/index.js';
import type { InputMonth } from './inputs/index.js';
import { type SymbolRecord, readJsonFile } from './record.js';
import type { TableColumn } from './schema.js';
import { type FactorFile, type TableSpec, WIDE_TABLE_VERSION } from './spec.js';

/** `dataset.lock`: what a table was made of and what came out; names as on disk. No times: the same table, the same bytes. */
export interface DatasetLock {
  readonly schema_version: number;
  readonly tapemill_version: string;
  readonly market: Market;
  readonly frequency: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly families: readonly WideFamily[];
  readonly factors: readonly FactorFile[];
  readonly rows: number;
  /** In their order, with the cells of all symbols that are not null. */
  readonly columns: readonly { readonly name: string; readonly family: string; readonly filled: number }[];
  readonly symbols: readonly LockedSymbol[];
  readonly all: WrittenFile;
  readonly summary: WrittenFile;
}

export interface LockedSymbol {
  readonly symbol: string;
  readonly identity: string;
  readonly minutes: string;
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly lives: number;
  readonly files: SymbolRecord['files'];
  readonly inputs: readonly InputMonth[];
}

export function makeLock(
  spec: TableSpec,
  tapemillVersion: string,
  columns: readonly TableColumn[],
  records: readonly SymbolRecord[],
  files: Pick<DatasetLock, 'all' | 'summary'>,
): DatasetLock {
  const { market, frequency, start, end, families, factors } = spec;
  return {
    schema_version: WIDE_TABLE_VERSION,
    tapemill_version: tapemillVersion,
    market,
    frequency: frequency.label,
    start,
    end,
    families,
    factors,
    rows: records.reduce((sum, { rows }) => sum + rows, 0),
    columns: columns.map(({ name, family }, index) => ({
      name,
      family,
      filled: records.reduce((sum, { filled }) => sum + filled[index]!, 0),
    })),
    symbols: records.map(({ symbol, identity, minutes, rows, first, last, lives, files: own, inputs }) => ({
      ...{ symbol, identity, minutes, rows, first, last, lives },
      files: own,
      inputs,
    })),
    ...files,
  };
}

/** The lock of a table; null when none is built. @throws `E_LAYER` when it is of another version or no lock, `E_IO` */
export async function readLock(path: string): Promise<DatasetLock | null> {
  const lock = (await readJsonFile(path)) as DatasetLock | null;
  if (lock === null) return null;
  if (lock.schema_version === WIDE_TABLE_VERSION && Array.isArray(lock.symbols)) return lock;
  throw new TapemillError(
    'E_LAYER',
    `${path} is of another version of the wide table; run "tapemill dataset build" again`,
    { path },
  );
}
