import type { FactorPanel } from '../../src/tearsheet/panel.js';

/** The definitions of docs/tearsheet.md once more, as slow and as plain as they read. */

type Pair = readonly [x: number, y: number];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function naivePearson(pairs: readonly Pair[]): number {
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const xy = mean(pairs.map(([x, y]) => (x - mx) * (y - my)));
  const xx = mean(pairs.map(([x]) => (x - mx) ** 2));
  const yy = mean(pairs.map(([, y]) => (y - my) ** 2));
  return xx < 1e-20 || yy < 1e-20 ? NaN : xy / Math.sqrt(xx * yy);
}

export const naiveRank = (value: number, among: readonly number[]): number =>
  among.filter((other) => other < value).length + (among.filter((other) => other === value).length + 1) / 2;

export function naiveSpearman(pairs: readonly Pair[]): number {
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  return naivePearson(pairs.map(([x, y]) => [naiveRank(x, xs), naiveRank(y, ys)]));
}

/** Log return from the close at row t to that `bars` later, looked up by time. */
export function naiveForward(
  { minute, barMs, symbols }: FactorPanel,
  symbol: number,
  t: number,
  bars: number,
): number {
  const later = minute.indexOf(minute[t]! + bars * barMs);
  return later < 0 ? NaN : Math.log(symbols[symbol]!.close[later]!) - Math.log(symbols[symbol]!.close[t]!);
}

/** Pairs of all symbols at the rows that `where` accepts. */
export function naivePairs(
  panel: FactorPanel,
  bars: number,
  where: (t: number, symbol: number) => boolean,
): Pair[] {
  const pairs: Pair[] = [];
  panel.symbols.forEach(({ factor }, symbol) => {
    factor.forEach((x, t) => {
      const y = naiveForward(panel, symbol, t, bars);
      if (where(t, symbol) && !Number.isNaN(x) && !Number.isNaN(y)) pairs.push([x, y]);
    });
  });
  return pairs;
}

/** Mean and standard error of Newey and West, by the whole matrix of pairs of times. */
export function naiveNeweyWest(
  series: readonly number[],
  lags: number,
): { mean: number; standardError: number } {
  const present = series.filter((value) => !Number.isNaN(value));
  const middle = mean(present);
  let omega = 0;
  series.forEach((a, i) => {
    series.forEach((b, j) => {
      const distance = Math.abs(i - j);
      if (Number.isNaN(a) || Number.isNaN(b) || distance > lags) return;
      omega += ((1 - distance / (lags + 1)) * (a - middle) * (b - middle)) / present.length;
    });
  });
  return { mean: middle, standardError: Math.sqrt(omega / present.length) };
}

/** Quintile, 0 … 4, of each symbol at a row across symbols; NaN for none. */
export function naiveQuantiles({ symbols }: FactorPanel, t: number): number[] {
  const there = symbols.map(({ factor }) => factor[t]!).filter((value) => !Number.isNaN(value));
  return symbols.map(({ factor }) => {
    const value = factor[t]!;
    if (Number.isNaN(value) || there.length < 5) return NaN;
    return Math.floor((5 * (naiveRank(value, there) - 0.5)) / there.length);
  });
}
