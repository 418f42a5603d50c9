/**
 * A table of factors as columns of equal length, one row per bar, sorted by `minute` (start of the bar, ms since
 * the epoch, never null). NaN is null; nothing is infinite. `names` gives the order of the other columns.
 */
export interface FactorTable<Name extends string = string> {
  readonly length: number;
  readonly minute: Float64Array;
  readonly names: readonly Name[];
  readonly columns: Readonly<Record<Name, Float64Array>>;
}

export function makeTable<Name extends string>(
  minute: Float64Array,
  names: readonly Name[],
  columns: Readonly<Record<Name, Float64Array>>,
): FactorTable<Name> {
  return { length: minute.length, minute, names, columns };
}
