import type { EpochMs } from '../time/index.js';

/** What a slow source says, and from when on each row may be used (ms since the epoch). NaN is null. */
export interface AsOfSource<Name extends string = string> {
  /** In any order. Of rows that become known at the same time the last one counts. */
  readonly availableAt: Float64Array;
  readonly columns: Readonly<Record<Name, Float64Array>>;
}

export interface AsOfOptions {
  /** A value that has been known for longer is null. */
  readonly maxAgeMs: EpochMs;
}

export interface AsOfJoin<Name extends string = string> {
  readonly columns: Readonly<Record<Name, Float64Array>>;
  /** Seconds since the oldest of the row's values became known; null when it has none. */
  readonly ageSeconds: Float64Array;
}

/**
 * The latest value of each column that was known at each of `ends`, blank cells passed over: `availableAt <= end`, and not
 * longer ago than `maxAgeMs`. Every column has its own latest row, so one blank cell does not hide the others' news; the age
 * is that of the oldest value shown.
 *
 * @param ends ascending: `bar_end_time` of the rows
 * @throws RangeError when they do not ascend: a mistake of the caller
 */
export function asOfJoin<Name extends string>(
  ends: Float64Array,
  source: AsOfSource<Name>,
  { maxAgeMs }: AsOfOptions,
): AsOfJoin<Name> {
  const { availableAt } = source;
  const order = inOrderOfKnowledge(availableAt);
  const names = Object.keys(source.columns) as Name[];
  const from = names.map((name) => source.columns[name]);
  const to = names.map(() => new Float64Array(ends.length).fill(NaN));
  const value = new Float64Array(names.length).fill(NaN);
  const since = new Float64Array(names.length).fill(NaN);
  const ageSeconds = new Float64Array(ends.length).fill(NaN);

  let next = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row]!;
    if (row > 0 && !(end > ends[row - 1]!)) throw new RangeError(`ends of rows do not ascend at ${end}`);
    for (; next < order.length && availableAt[order[next]!]! <= end; next++) {
      const at = order[next]!;
      for (let column = 0; column < from.length; column++) {
        const x = from[column]![at]!;
        if (Number.isNaN(x)) continue;
        value[column] = x;
        since[column] = availableAt[at]!;
      }
    }
    let oldest = -1;
    for (let column = 0; column < to.length; column++) {
      const age = end - since[column]!;
      // Also when nothing is known as yet.
      if (!(age <= maxAgeMs)) continue;
      to[column]![row] = value[column]!;
      oldest = Math.max(oldest, age);
    }
    if (oldest >= 0) ageSeconds[row] = oldest / 1000;
  }
  const columns = names.map((name, column) => [name, to[column]!]);
  return { columns: Object.fromEntries(columns) as Record<Name, Float64Array>, ageSeconds };
}

/** Rows by the time they become known; the order of the source within one. */
function inOrderOfKnowledge(availableAt: Float64Array): Uint32Array {
  const order = Uint32Array.from(availableAt, (_, row) => row);
  for (let row = 1; row < order.length; row++) {
    // Mostly they are in order; a row that describes a whole day becomes known after later ones.
    if (availableAt[row]! < availableAt[row - 1]!) {
      return order.sort((a, b) => availableAt[a]! - availableAt[b]! || a - b);
    }
  }
  return order;
}

/** The rows of a source that were known at an instant. */
export function cutSource<Name extends string>(source: AsOfSource<Name>, cutMs: EpochMs): AsOfSource<Name> {
  return pickRows(source, (row) => source.availableAt[row]! <= cutMs);
}

/**
 * The rows that a join at multiples of `stepMs` can ever show: of each stretch `(t, t + stepMs]` the last that has a value,
 * column by column. Brings months of a fast source down to a few rows a bar before the whole symbol is joined.
 */
export function thinSource<Name extends string>(source: AsOfSource<Name>, stepMs: EpochMs): AsOfSource<Name> {
  const { availableAt } = source;
  const order = inOrderOfKnowledge(availableAt);
  const keep = new Uint8Array(availableAt.length);
  for (const column of Object.values<Float64Array>(source.columns)) {
    let stretch = NaN;
    for (let i = order.length - 1; i >= 0; i--) {
      const row = order[i]!;
      if (Number.isNaN(column[row]!)) continue;
      const own = Math.ceil(availableAt[row]! / stepMs);
      if (own !== stretch) keep[row] = 1;
      stretch = own;
    }
  }
  return pickRows(source, (row) => keep[row] === 1);
}

function pickRows<Name extends string>(
  { availableAt, columns }: AsOfSource<Name>,
  wanted: (row: number) => boolean,
): AsOfSource<Name> {
  const picked = Object.entries<Float64Array>(columns).map(([name, column]) => [
    name,
    column.filter((_, row) => wanted(row)),
  ]);
  return {
    availableAt: availableAt.filter((_, row) => wanted(row)),
    columns: Object.fromEntries(picked) as Record<Name, Float64Array>,
  };
}

/**
 * Columns of a table of `src/sources`, whose `available_at` says when a row is known: of metrics at the end of their 5
 * minutes whichever end the stamp is, of funding at its hour, of klines at their close.
 */
export function sourceColumns<Name extends string>(
  table: { readonly columns: Readonly<Record<string, Float64Array>> },
  names: readonly Name[],
): AsOfSource<Name> {
  const of = (name: string): Float64Array => {
    const column = table.columns[name];
    if (!column) throw new RangeError(`the source has no column ${name}`);
    return column;
  };
  const columns = names.map((name) => [name, of(name)]);
  return {
    availableAt: of('available_at'),
    columns: Object.fromEntries(columns) as Record<Name, Float64Array>,
  };
}
