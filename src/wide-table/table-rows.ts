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
