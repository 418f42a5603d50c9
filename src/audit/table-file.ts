import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import { atomicWriteFile } from '../layer/index.js';

/** A cell: texts, counts and values as they are, times as ms since 1970 UTC. */
export type TableCell = string | number | boolean | null;
export type TableRow = Readonly<Record<string, TableCell>>;

export type TableColumnType = 'text' | 'int64' | 'double' | 'timestamp' | 'flag';

export interface TableColumn {
  readonly name: string;
  readonly type: TableColumnType;
  readonly isNullable: boolean;
}

/** What a table file is: its columns, the version of their meaning, and what its rows are told apart by. */
export interface TableShape {
  readonly name: string;
  readonly version: number;
  readonly columns: readonly TableColumn[];
}

const VERSION_KEY = 'tapemill.quality_version';

/** The bytes of a table. The same rows give the same bytes. */
export function encodeTable(shape: TableShape, rows: readonly TableRow[]): Uint8Array {
  const columnData = shape.columns.map(({ name, type, isNullable }): ColumnSource => {
    const cells = rows.map((row) => row[name] ?? null);
    const plain = { name, nullable: isNullable } as const;
    switch (type) {
      case 'text':
        return { ...plain, type: 'STRING', data: cells };
      case 'flag':
        return { ...plain, type: 'BOOLEAN', data: cells };
      case 'double':
        return { ...plain, type: 'DOUBLE', data: cells };
      case 'int64':
        return { ...plain, type: 'INT64', data: cells.map((cell) => (cell === null ? null : BigInt(cell))) };
      case 'timestamp':
        return {
          ...plain,
          type: 'TIMESTAMP',
          data: cells.map((cell) => (cell === null ? null : new Date(cell as number))),
        };
    }
  });
  const kvMetadata = [{ key: VERSION_KEY, value: String(shape.version) }];
  return new Uint8Array(
    parquetWriteBuffer({ columnData, kvMetadata, createdBy: 'tapemill', rowGroupSize: 100_000 }),
  );
}

/** Puts the table in its place, whole or not at all. @throws `E_IO`, `E_DISK_FULL` */
export async function writeTable(path: string, shape: TableShape, rows: readonly TableRow[]): Promise<void> {
  await atomicWriteFile(path, encodeTable(shape, rows));
}

/**
 * The rows of a table; none when there is no such file.
 * @throws `E_LAYER` when it cannot be read or is none of ours; `E_IO`
 */
export async function readTable(path: string, shape: TableShape): Promise<TableRow[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw fromSystemError(error, 'reading', path);
  }
  try {
    // A copy: the bytes of a Buffer may lie within a larger one.
    const file = new Uint8Array(bytes).buffer;
    const rows = await parquetReadObjects({ file, columns: shape.columns.map(({ name }) => name) });
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cellOf(cell)])),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TapemillError('E_LAYER', `${path} cannot be read: ${message}`, { path }, { cause: error });
  }
}

function cellOf(cell: unknown): TableCell {
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Date) return cell.getTime();
  return (cell ?? null) as TableCell;
}
