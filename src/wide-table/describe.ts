import { WIDE_FAMILIES } from '../dataset/index.js';
import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import type { Frequency } from '../time/index.js';
import { type DatasetLock, readLock } from './lock-file.js';
import { type DatasetPaths, datasetPaths } from './paths.js';
import { type TableColumn, tableColumns } from './schema.js';

export interface DescribedColumn extends TableColumn {
  /** Share of the cells of the built table that are not null; null when it has no such column, or there is no table. */
  readonly filled: number | null;
}

export interface Description {
  /** Null when no table is built. */
  readonly lock: DatasetLock | null;
  readonly columns: readonly DescribedColumn[];
}

/**
 * Every column that the table has or could have, in their order, and how far the built one is filled.
 * @throws `E_DATASET` for a lock that is none, `E_IO`
 */
export async function describeDataset(
  dataDir: string,
  market: Market,
  frequency: Frequency,
): Promise<Description> {
  const lock = await findLock(datasetPaths(dataDir, market, frequency.label));
  const factors = lock?.columns.flatMap(({ factor }) => factor ?? []) ?? [];
  const filled = new Map(lock?.columns.map((column) => [column.name, column.filled]));
  const columns = tableColumns(WIDE_FAMILIES, frequency, factors).map((column) => {
    const cells = filled.get(column.name);
    const share = cells === undefined || !lock?.rows ? null : cells / lock.rows;
    return { ...column, filled: share };
  });
  return { lock, columns };
}

async function findLock(paths: DatasetPaths): Promise<DatasetLock | null> {
  try {
    return (await readLock(paths)).lock;
  } catch (error) {
    if (TapemillError.is(error) && error.code === 'E_NO_DATASET') return null;
    throw error;
  }
}
