/**
 * A sample of the rows of a table, drawn row by row without knowing what follows: a row is in it when a hash of its symbol
 * and time is below a limit. The same rows are drawn whenever the table has as many rows, and no hour of the day is
 * favoured, as every n-th row would.
 */
export class RowSampler {
  private readonly limit: number;

  /** @param rows of the table; about `wanted` of them are drawn, all of them when there are no more */
  constructor(rows: number, wanted: number) {
    this.limit = rows <= wanted ? 2 ** 32 : Math.floor((wanted / rows) * 2 ** 32);
  }

  /** Which of a symbol's bars are drawn. */
  drawFrom(symbol: string): (startMs: number) => boolean {
    let seed = 0x811c9dc5;
    for (let i = 0; i < symbol.length; i++) seed = mix(seed ^ symbol.charCodeAt(i));
    return (startMs) => mix(seed ^ mix(Math.floor(startMs / 60_000))) < this.limit;
  }
}

/** The finalizer of MurmurHash3: every bit of the result depends on every bit of the number. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
