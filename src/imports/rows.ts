/**
 * A table while it is being made: one `Float64Array` a column, in the order of the kind, null as NaN. Sorting and the
 * rules of what is the same row are here; what the columns mean is not.
 */
export interface Rows {
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

export function noRows(width: number): Rows {
  return { length: 0, columns: Array.from({ length: width }, () => new Float64Array(0)) };
}

/** Columns that grow by doubling. */
export class RowBuilder {
  length = 0;
  #columns: Float64Array[];

  constructor(readonly width: number) {
    this.#columns = Array.from({ length: width }, () => new Float64Array(1024));
  }

  push(values: readonly number[]): void {
    const at = this.length++;
    if (at === this.#columns[0]!.length) {
      this.#columns = this.#columns.map((old) => {
        const grown = new Float64Array(2 * old.length);
        grown.set(old);
        return grown;
      });
    }
    for (let i = 0; i < this.width; i++) this.#columns[i]![at] = values[i]!;
  }

  /** Views of what was pushed; the builder is not used any more. */
  rows(): Rows {
    return { length: this.length, columns: this.#columns.map((column) => column.subarray(0, this.length)) };
  }
}

export function sliceRows({ columns }: Rows, from: number, to: number): Rows {
  return { length: to - from, columns: columns.map((column) => column.subarray(from, to)) };
}

export function concatRows(parts: readonly Rows[], width: number): Rows {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const columns = Array.from({ length: width }, (_, index) => {
    const column = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      column.set(part.columns[index]!, at);
      at += part.length;
    }
    return column;
  });
  return { length, columns };
}

/** The rows of the given indices, in that order. */
export function pickRows({ columns }: Rows, picked: Uint32Array): Rows {
  return {
    length: picked.length,
    columns: columns.map((column) => {
      const out = new Float64Array(picked.length);
      for (let i = 0; i < picked.length; i++) out[i] = column[picked[i]!]!;
      return out;
    }),
  };
}

/** Null is after every number, and equal to null. */
function compareCells(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : 1;
}

export function compareRows(columns: readonly Float64Array[], a: number, b: number): number {
  for (const column of columns) {
    const order = compareCells(column[a]!, column[b]!);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Sorted by these columns; rows that are equal in them stay in their order. The rows themselves come back when they
 * are in order already, as most files are.
 */
export function sortRows(rows: Rows, by: readonly number[]): Rows {
  const keys = by.map((index) => rows.columns[index]!);
  let inOrder = true;
  for (let i = 1; inOrder && i < rows.length; i++) inOrder = compareRows(keys, i - 1, i) <= 0;
  if (inOrder) return rows;
  const order = Uint32Array.from({ length: rows.length }, (_, i) => i);
  order.sort((a, b) => compareRows(keys, a, b) || a - b);
  return pickRows(rows, order);
}

/** Index of the first row with `ts >= wanted`; `ts` is ascending. */
export function firstAtOrAfter(ts: Float64Array, wanted: number): number {
  let low = 0;
  let high = ts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ts[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
