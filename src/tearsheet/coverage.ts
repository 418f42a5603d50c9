import { type EpochMs, monthOf, monthsBetween } from '../time/index.js';
import type { FactorPanel } from './panel.js';

/** Rows `[from, to)` of the grid whose bars start in a month. */
export interface MonthRows {
  readonly month: string;
  readonly from: number;
  readonly to: number;
}

export function monthRows(minute: Float64Array, barMs: number): MonthRows[] {
  const [first, last] = [minute[0], minute.at(-1)];
  if (first === undefined || last === undefined) return [];
  const row = (t: EpochMs): number => Math.min(minute.length, Math.max(0, Math.ceil((t - first) / barMs)));
  return monthsBetween(monthOf(first).startMs, last + 1).map(({ key, startMs, endMs }) => ({
    month: key,
    from: row(startMs),
    to: row(endMs),
  }));
}

export interface Coverage {
  readonly months: readonly { readonly month: string; readonly bars: number }[];
  readonly symbols: readonly {
    readonly symbol: string;
    /** Bars of each month that have a value. */
    readonly present: readonly number[];
  }[];
}

/** Bars with a value, out of all bars of the month that the grid has, whether or not there were trades. */
export function coverageOf({ minute, barMs, symbols }: FactorPanel): Coverage {
  const months = monthRows(minute, barMs);
  return {
    months: months.map(({ month, from, to }) => ({ month, bars: to - from })),
    symbols: symbols.map(({ symbol, factor }) => ({
      symbol,
      present: months.map(({ from, to }) => factor.subarray(from, to).filter((x) => !Number.isNaN(x)).length),
    })),
  };
}
