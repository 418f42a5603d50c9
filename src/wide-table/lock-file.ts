import { readFile } from 'node:fs/promises';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import type { WrittenFile } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { UserFactor, WideFamily } from '../dataset/index.js';
import { sha256 } from './inputs/index.js';
import type { DatasetPaths } from './paths.js';
import type { SymbolRecord } from './record.js';
import { type FactorFacts, type TableColumn, factorFacts } from './schema.js';
import { type FactorFile, type TableSpec, WIDE_TABLE_VERSION } from './spec.js';
import type { TableInputs } from './symbol-inputs.js';

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
  readonly columns: readonly LockedColumn[];
  readonly symbols: readonly LockedSymbol[];
  readonly all: WrittenFile;
  readonly summary: WrittenFile;
}

export interface LockedColumn {
  readonly name: string;
  readonly family: string;
  readonly filled: number;
  /** Of columns of the user alone; what the others are is in the registry. */
  readonly factor?: FactorFacts;
}

export interface LockedSymbol extends TableInputs {
  readonly symbol: string;
  readonly identity: string;
  readonly minutes: string;
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly lives: number;
  readonly files: SymbolRecord['files'];
}

export function makeLock(
  spec: TableSpec,
  tapemillVersion: string,
  columns: readonly TableColumn[],
  factors: readonly UserFactor[],
  records: readonly SymbolRecord[],
  files: Pick<DatasetLock, 'all' | 'summary'>,
): DatasetLock {
  const { market, frequency, start, end, families } = spec;
  return {
    schema_version: WIDE_TABLE_VERSION,
    tapemill_version: tapemillVersion,
    market,
    frequency: frequency.label,
    start,
    end,
    families,
    factors: spec.factors,
    rows: records.reduce((sum, { rows }) => sum + rows, 0),
    columns: columns.map(({ name, family }, index) => {
      const cells = records.reduce((sum, { filled }) => sum + filled[index]!, 0);
      const factor = factors.find((one) => one.name === name);
      return { name, family, filled: cells, ...(factor && { factor: factorFacts(factor) }) };
    }),
    symbols: records.map(({ symbol, identity, minutes, rows, first, last, lives, files: own, ...of }) => ({
      ...{ symbol, identity, minutes, rows, first, last, lives },
      files: own,
      ...{ inputs: of.inputs, liquidations: of.liquidations, quality: of.quality },
    })),
    ...files,
  };
}

/**
 * The lock of a table: without it the last build has not come to its end.
 * @throws `E_NO_DATASET` when there is none, `E_DATASET` when it is damaged or of another version, `E_IO`
 */
export async function readLock(paths: DatasetPaths): Promise<ReadLock> {
  const bytes = await readFile(paths.lock).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw fromSystemError(error, 'reading', paths.lock);
    const message = `${paths.folder} holds no finished wide table; run "tapemill dataset build" first`;
    throw new TapemillError('E_NO_DATASET', message, { path: paths.folder });
  });
  return { bytes, sha256: sha256(bytes), lock: parseLock(paths.lock, bytes) };
}

export interface ReadLock {
  readonly lock: DatasetLock;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

function parseLock(path: string, bytes: Buffer): DatasetLock {
  let lock: Partial<DatasetLock> | null = null;
  try {
    lock = JSON.parse(bytes.toString('utf8')) as Partial<DatasetLock> | null;
  } catch {
    // Said below.
  }
  const { schema_version: version, symbols, columns } = lock ?? {};
  if (version === WIDE_TABLE_VERSION && Array.isArray(symbols) && Array.isArray(columns)) {
    return lock as DatasetLock;
  }
  const found = version === undefined ? 'is damaged' : `is of version ${version} of the wide table`;
  const message = `${path} ${found}, expected version ${WIDE_TABLE_VERSION}; run "tapemill dataset build" again`;
  throw new TapemillError('E_DATASET', message, { path });
}
