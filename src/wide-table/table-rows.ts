import { type FactorTable, makeTable } from '../factors/index.js';

/** Rows `[from, to)` as views of the same memory. */
export function rowsBetween<Name extends string>(
  table: FactorTable<Name>,
  from: number,
  to: number,
): FactorTable<Name> {
  if (from === 0 && to === table.length) return table;
  const columns = table.names.map((name) => [name, table.columns[name].subarray(from, to)] as const);
  return makeTable(
    table.minute.subarray(from, to),
    table.names,
    Object.fromEntries(columns) as Record<Name, Float64Array>,
  );
}

/** The columns of these names; one that the table lacks is null. */
export function selectColumns(table: FactorTable, names: readonly string[]): FactorTable {
  const columns = names.map(
    (name) => [name, table.columns[name] ?? new Float64Array(table.length).fill(NaN)] as const,
  );
  return makeTable(table.minute, names, Object.fromEntries(columns));
}

/** The same with 0 for −0: a CSV does not tell them apart, and neither does anybody who reads one. */
export function withPlainZeros(table: FactorTable): FactorTable {
  const plain = table.names.map((name) => {
    const column = table.columns[name]!;
    const isPlain = column.every((x) => x !== 0 || 1 / x > 0);
    return [name, isPlain ? column : column.map((x) => x + 0)] as const;
  });
  return makeTable(table.minute, table.names, Object.fromEntries(plain));
}
