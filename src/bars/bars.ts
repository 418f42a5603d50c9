import type { Frequency } from '../time/index.js';

/** Double columns of a minute bar that simply add. */
export const DOUBLE_SUMS = [
  'base_volume',
  'quote_volume',
  'taker_buy_qty',
  'taker_sell_qty',
  'taker_buy_quote',
  'taker_sell_quote',
  'taker_buy_quote_sq',
  'taker_sell_quote_sq',
  'whale_buy_quote',
  'whale_sell_quote',
  'retail_buy_quote',
  'retail_sell_quote',
] as const;

/** Counts of a minute bar that add; integers, exact below 2^53. */
export const COUNT_SUMS = [
  'trade_count',
  'taker_buy_trade_count',
  'taker_sell_trade_count',
  'fill_count',
  'taker_buy_fill_count',
] as const;

export const BAR_COLUMNS = [
  /** Start of the bar, ms since the epoch. */
  'minute',
  ...COUNT_SUMS,
  ...DOUBLE_SUMS,
  'price_open',
  'price_close',
  'price_high',
  'price_low',
  'first_agg_id',
  'last_agg_id',
  'first_fill_id',
  'last_fill_id',
  /** Minute bars in the bar, 1 … `frequency.minutes`. */
  'minute_count',
  /** Σ n × (taker_buy_quote - taker_sell_quote), n = 1 … N being the minute's place in the bar. */
  'weighted_cvd_quote',
] as const;

export type BarColumn = (typeof BAR_COLUMNS)[number];

/**
 * Bars as columns of equal length, sorted by `minute`, one row per bar that has a minute bar.
 * Units are those of the minute bars. Nothing is ever null or NaN.
 */
export interface Bars {
  readonly frequency: Frequency;
  readonly length: number;
  readonly columns: Readonly<Record<BarColumn, Float64Array>>;
}

export function allocateBars(frequency: Frequency, length: number): Bars {
  const columns = Object.fromEntries(BAR_COLUMNS.map((name) => [name, new Float64Array(length)]));
  return { frequency, length, columns: columns as Record<BarColumn, Float64Array> };
}

/**
 * Joins bars of one frequency that follow one another in time.
 * @throws RangeError when they do not: a mistake of the caller
 */
export function concatBars(frequency: Frequency, parts: readonly Bars[]): Bars {
  const whole = allocateBars(
    frequency,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  let previous = -Infinity;
  for (const part of parts) {
    if (part.length === 0) continue;
    const first = part.columns.minute[0]!;
    if (part.frequency.lengthMs !== frequency.lengthMs || first <= previous) {
      throw new RangeError(`bars of ${part.frequency.label} from ${first} do not follow ${previous}`);
    }
    for (const name of BAR_COLUMNS) whole.columns[name].set(part.columns[name], at);
    at += part.length;
    previous = part.columns.minute[part.length - 1]!;
  }
  return whole;
}
