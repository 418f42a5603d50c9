/** A factor and the prices it is held against, for all symbols on one complete grid of bars. NaN is null. */
export interface FactorPanel {
  /** Starts of the bars, ms, evenly spaced. */
  readonly minute: Float64Array;
  readonly barMs: number;
  readonly symbols: readonly SymbolColumns[];
}

export interface SymbolColumns {
  readonly symbol: string;
  /** As long as `minute`. The value of a bar is known at its end. */
  readonly factor: Float64Array;
  readonly close: Float64Array;
}

/**
 * ln(close(t + h) / close(t)), both the last price of their bar: what is earned from the end of bar t, when the factor is
 * known, over the next h bars. By time: null when either bar has no price, however many there are in between.
 */
export function forwardReturns(close: Float64Array, bars: number): Float64Array {
  return close.map((price, t) => {
    const value = Math.log((close[t + bars] ?? NaN) / price);
    return Number.isFinite(value) ? value : NaN;
  });
}

/** Pairs of two columns where neither is null. */
export interface Pairs {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Pairs of several stretches of columns, one after the other. Rows from `from` on, below `to`. */
export function pairsOf(
  columns: readonly (readonly [x: Float64Array, y: Float64Array])[],
  from = 0,
  to = Infinity,
): Pairs {
  let count = 0;
  const eachPair = (use: (x: number, y: number) => void): void => {
    for (const [x, y] of columns) {
      for (let t = from; t < Math.min(to, x.length); t++) {
        if (!Number.isNaN(x[t]!) && !Number.isNaN(y[t]!)) use(x[t]!, y[t]!);
      }
    }
  };
  eachPair(() => count++);
  const pairs = { x: new Float64Array(count), y: new Float64Array(count) };
  let at = 0;
  eachPair((x, y) => {
    pairs.x[at] = x;
    pairs.y[at++] = y;
  });
  return pairs;
}

/** Pairs of one bar after the other across symbols, in memory that each call uses anew. */
export function pairsAcross(
  columns: readonly (readonly [x: Float64Array, y: Float64Array])[],
): (t: number) => Pairs {
  const x = new Float64Array(columns.length);
  const y = new Float64Array(columns.length);
  return (t) => {
    let count = 0;
    for (const pair of columns) {
      const [a, b] = [pair[0][t]!, pair[1][t]!];
      if (Number.isNaN(a) || Number.isNaN(b)) continue;
      x[count] = a;
      y[count++] = b;
    }
    return { x: x.subarray(0, count), y: y.subarray(0, count) };
  };
}
