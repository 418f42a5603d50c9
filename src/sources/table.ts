import type { CellType } from '../parquet/index.js';

/** One stored column. */
export interface SourceColumn {
  readonly name: string;
  readonly type: CellType;
  /** Of the value; empty for times and pure numbers. */
  readonly unit: string;
  readonly meaning: string;
  /** When it is null, in words; null when it never is. */
  readonly whenNull: string | null;
  /** Part of what the row says, so that rows that differ here contradict each other; a raw stamp is not. */
  readonly compared: boolean;
}

/** Columns of a table, `time` and `available_at` first, and what makes two of its rows the same. */
export interface TableSchema {
  readonly columns: readonly SourceColumn[];
  /**
   * `time`: one row an instant; another one is a duplicate, or contradicts it. `row`: events; several may share an
   * instant, and only rows that are equal in every column are the same.
   */
  readonly sameWhen: 'time' | 'row';
  /** Of two objects that contradict each other, the one with more of this is right; null: nothing tells. */
  readonly moreIsRight: string | null;
}

/**
 * Cleaned rows, ascending by `time`. Times are milliseconds since 1970 UTC, null is NaN.
 * - `time`: start of what the row describes, or the instant itself.
 * - `available_at`: from when on the row may be used.
 */
export interface SourceTable {
  readonly schema: TableSchema;
  readonly length: number;
  /** In the order of the schema. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

export const TIME_COLUMNS: readonly SourceColumn[] = [
  {
    name: 'time',
    type: 'timestamp_ms',
    unit: '',
    meaning: 'start of what the row describes, or the instant itself',
    whenNull: null,
    compared: false,
  },
  {
    name: 'available_at',
    type: 'timestamp_ms',
    unit: '',
    meaning: 'from when on the row may be used',
    whenNull: null,
    compared: true,
  },
];

export function emptyTable(schema: TableSchema, length = 0): SourceTable {
  const columns = schema.columns.map(({ name }) => [name, new Float64Array(length)] as const);
  return { schema, length, columns: Object.fromEntries(columns) };
}

export function columnsOf({ schema, columns }: SourceTable): Float64Array[] {
  return schema.columns.map(({ name }) => columns[name]!);
}

/** Rows `picked`, in that order, from tables laid end to end. */
export function pickRows(tables: readonly SourceTable[], picked: ArrayLike<number>): SourceTable {
  const { schema } = tables[0]!;
  const offsets: number[] = [];
  let rows = 0;
  for (const table of tables) {
    offsets.push(rows);
    rows += table.length;
  }
  const result = emptyTable(schema, picked.length);
  const whole = new Float64Array(rows);
  for (const { name } of schema.columns) {
    tables.forEach((table, index) => {
      whole.set(table.columns[name]!.subarray(0, table.length), offsets[index]);
    });
    const target = result.columns[name]!;
    for (let i = 0; i < picked.length; i++) target[i] = whole[picked[i]!]!;
  }
  return result;
}

/** Rows with `startMs <= time < endMs`. */
export function sliceByTime(
  table: SourceTable,
  span: { readonly startMs: number; readonly endMs: number },
): SourceTable {
  const time = table.columns['time']!;
  const picked: number[] = [];
  for (let i = 0; i < table.length; i++) {
    if (time[i]! >= span.startMs && time[i]! < span.endMs) picked.push(i);
  }
  return picked.length === table.length ? table : pickRows([table], picked);
}
