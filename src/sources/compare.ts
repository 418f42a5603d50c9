import { type SourceTable, columnsOf } from './table.js';

/** Orders two rows, of one table or of two with the same schema. Negative, 0 or positive. */
export type RowOrder = (a: number, b: number) => number;

/** Null comes first, so that of two rows the one that says more is the greater. */
export function compareValues(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : 1;
}

/** What decides whether two rows are about the same: their time, or all that they say. */
export function byKey(left: SourceTable, right: SourceTable = left): RowOrder {
  if (left.schema.sameWhen === 'row') return lexicographic(columnsOf(left), columnsOf(right));
  return lexicographic([left.columns['time']!], [right.columns['time']!]);
}

/** What they say about it. */
export function byContent(left: SourceTable, right: SourceTable = left): RowOrder {
  const compared = left.schema.columns.filter((column) => column.compared).map(({ name }) => name);
  const columns = (table: SourceTable): Float64Array[] => compared.map((name) => table.columns[name]!);
  return lexicographic(columns(left), columns(right));
}

/** All they hold, raw stamps included: 0 only for rows that are the same bit by bit. */
export function byEverything(table: SourceTable): RowOrder {
  return lexicographic(columnsOf(table), columnsOf(table));
}

function lexicographic(left: readonly Float64Array[], right: readonly Float64Array[]): RowOrder {
  return (a, b) => {
    for (let i = 0; i < left.length; i++) {
      const order = compareValues(left[i]![a]!, right[i]![b]!);
      if (order !== 0) return order;
    }
    return 0;
  };
}
