import { readFile } from 'node:fs/promises';
import { fromSystemError, isSystemError } from '../errors.js';
import { type Publish, type WrittenFile, atomicWriteFile, damaged, readKeyValues } from '../layer/index.js';
import { type KeyValues, decodeColumns, decodeFooter, encodeParquet } from '../parquet/index.js';
import { parsePeriod } from '../time/index.js';
import { byEverything } from './compare.js';
import type { SourceMonthFacts } from './facts.js';
import { factsFromKeyValues, factsToKeyValues } from './footer.js';
import { SOURCE_KINDS } from './kinds.js';
import { type SourceTable, columnsOf, emptyTable } from './table.js';

export interface SourceMonth {
  readonly table: SourceTable;
  readonly facts: SourceMonthFacts;
}

/** A month file in memory: one row group sorted by time, the facts in its footer. Equal input, equal bytes. */
export function encodeSourceMonth(table: SourceTable, facts: SourceMonthFacts): Uint8Array {
  const columns = table.schema.columns.map(({ name, type, whenNull }) => ({
    name,
    type,
    nullable: whenNull !== null,
    values: table.columns[name]!,
  }));
  const keyValues: KeyValues = factsToKeyValues(facts);
  return encodeParquet(columns, keyValues);
}

/** Puts the month in its place, whole or not at all. @throws `E_DISK_FULL`, `E_IO`, or what `publish` throws */
export async function writeSourceMonth(
  path: string,
  table: SourceTable,
  facts: SourceMonthFacts,
  publish?: Publish,
): Promise<WrittenFile> {
  return atomicWriteFile(path, encodeSourceMonth(table, facts), publish);
}

/**
 * Facts of a month file, from its last bytes alone.
 * @throws `E_LAYER` when it is damaged or not ours, `E_IO` when it cannot be read
 */
export async function readSourceFacts(path: string): Promise<SourceMonthFacts> {
  return factsFromKeyValues(await readKeyValues(path), path);
}

/** The same, but null when there is no such file. */
export async function findSourceFacts(path: string): Promise<SourceMonthFacts | null> {
  try {
    return await readSourceFacts(path);
  } catch (error) {
    if (error instanceof Error && isSystemError(error.cause, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Rows and facts of a month file. Every page is checked against its CRC-32, and the times against the month.
 * @throws `E_LAYER` when it is damaged or not ours, `E_IO` when it cannot be read
 */
export async function readSourceMonth(path: string): Promise<SourceMonth> {
  const file = await readFile(path).catch((error: unknown) => {
    throw fromSystemError(error, 'reading', path);
  });
  return decodeSourceMonth(file, path);
}

/** `path` is for the messages only. @throws `E_LAYER` */
export function decodeSourceMonth(file: Uint8Array, path: string): SourceMonth {
  const footer = damaged(path, () => decodeFooter(file));
  const facts = factsFromKeyValues(footer.key_value_metadata ?? [], path);
  const table = damaged(path, () => {
    const schema = SOURCE_KINDS[facts.dataType].schema(facts.market);
    const columns = decodeColumns(
      file,
      footer,
      schema.columns.map(({ name, type, whenNull }) => ({ name, type, nullable: whenNull !== null })),
    );
    const length = columns.get('time')!.length;
    const read: SourceTable = { ...emptyTable(schema), length, columns: Object.fromEntries(columns) };
    checkRows(read, facts.period);
    return read;
  });
  return { table, facts };
}

/** Ascending, none twice, each row sharing an instant with the month: known or described in it. */
function checkRows(table: SourceTable, monthKey: string): void {
  const month = parsePeriod(monthKey);
  const [time, availableAt] = columnsOf(table) as [Float64Array, Float64Array];
  const everything = byEverything(table);
  for (let row = 0; row < table.length; row++) {
    if (time[row]! >= month.endMs || availableAt[row]! < month.startMs) {
      throw new RangeError(`row ${row} at ${time[row]!} is not of ${monthKey}`);
    }
    const order =
      row === 0
        ? 1
        : table.schema.sameWhen === 'row'
          ? everything(row, row - 1)
          : time[row]! - time[row - 1]!;
    if (!(order > 0)) throw new RangeError(`row ${row} at ${time[row]!} is not in order`);
  }
}
