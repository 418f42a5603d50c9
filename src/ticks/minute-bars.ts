/**
 * The vocabulary of the minute layer: every column of a minute bar, in its order on disk.
 * The first 21 are those of the seed document, in its names; new ones are only ever appended.
 * The kernel writes its columns in this order (`assembly/columns.ts`), and a test compares the two.
 */

/** How a column is stored in Parquet. In memory every column is a `Float64Array`; see `MinuteBars`. */
export type ColumnType = 'timestamp_ms' | 'timestamp_us' | 'int64' | 'double';

interface ColumnDefinition {
  readonly type: ColumnType;
  readonly unit: string;
  readonly meaning: string;
}

const definitions = {
  minute: { type: 'timestamp_ms', unit: 'UTC', meaning: 'start of the minute' },
  trade_count: { type: 'int64', unit: 'ticks', meaning: 'accepted ticks' },
  base_volume: { type: 'double', unit: 'base', meaning: 'sum of quantity' },
  quote_volume: { type: 'double', unit: 'quote', meaning: 'sum of price × quantity' },
  taker_buy_qty: { type: 'double', unit: 'base', meaning: 'quantity of taker-buy ticks' },
  taker_sell_qty: { type: 'double', unit: 'base', meaning: 'quantity of taker-sell ticks' },
  taker_buy_quote: { type: 'double', unit: 'quote', meaning: 'quote of taker-buy ticks' },
  taker_sell_quote: { type: 'double', unit: 'quote', meaning: 'quote of taker-sell ticks' },
  taker_buy_quote_sq: { type: 'double', unit: 'quote²', meaning: 'sum of squared quotes of taker-buy ticks' },
  taker_sell_quote_sq: {
    type: 'double',
    unit: 'quote²',
    meaning: 'sum of squared quotes of taker-sell ticks',
  },
  taker_buy_trade_count: { type: 'int64', unit: 'ticks', meaning: 'taker-buy ticks' },
  taker_sell_trade_count: { type: 'int64', unit: 'ticks', meaning: 'taker-sell ticks' },
  whale_buy_quote: {
    type: 'double',
    unit: 'quote',
    meaning: 'taker-buy quote of ticks with quote ≥ whale threshold',
  },
  whale_sell_quote: {
    type: 'double',
    unit: 'quote',
    meaning: 'taker-sell quote of ticks with quote ≥ whale threshold',
  },
  retail_buy_quote: {
    type: 'double',
    unit: 'quote',
    meaning: 'taker-buy quote of ticks with quote ≤ retail threshold',
  },
  retail_sell_quote: {
    type: 'double',
    unit: 'quote',
    meaning: 'taker-sell quote of ticks with quote ≤ retail threshold',
  },
  first_ts: {
    type: 'timestamp_us',
    unit: 'UTC',
    meaning: 'time of the tick with the smallest (time, agg_trade_id)',
  },
  price_first: { type: 'double', unit: 'quote/base', meaning: 'price of that tick' },
  last_ts: {
    type: 'timestamp_us',
    unit: 'UTC',
    meaning: 'time of the tick with the largest (time, agg_trade_id)',
  },
  price_last: { type: 'double', unit: 'quote/base', meaning: 'price of that tick' },
  price_high: { type: 'double', unit: 'quote/base', meaning: 'largest price' },
  price_low: { type: 'double', unit: 'quote/base', meaning: 'smallest price' },
  fill_count: { type: 'int64', unit: 'fills', meaning: 'sum of last_trade_id - first_trade_id + 1' },
  taker_buy_fill_count: { type: 'int64', unit: 'fills', meaning: 'the same over taker-buy ticks' },
  first_agg_id: { type: 'int64', unit: 'id', meaning: 'smallest agg_trade_id' },
  last_agg_id: { type: 'int64', unit: 'id', meaning: 'largest agg_trade_id' },
  first_fill_id: { type: 'int64', unit: 'id', meaning: 'smallest first_trade_id' },
  last_fill_id: { type: 'int64', unit: 'id', meaning: 'largest last_trade_id' },
} as const satisfies Record<string, ColumnDefinition>;

export type MinuteColumn = keyof typeof definitions;

export const MINUTE_COLUMN: Readonly<Record<MinuteColumn, ColumnDefinition>> = definitions;
export const MINUTE_COLUMNS = Object.keys(definitions) as readonly MinuteColumn[];

/**
 * Minute bars as columns of equal length, sorted by `minute`, one row per minute that has a tick.
 * Nothing is ever null or NaN. `minute` is in ms, `first_ts` and `last_ts` in µs since the epoch;
 * integers are exact (below 2^53).
 */
export interface MinuteBars {
  readonly length: number;
  readonly columns: Readonly<Record<MinuteColumn, Float64Array>>;
}

export function allocateMinuteBars(length: number): MinuteBars {
  const columns = Object.fromEntries(MINUTE_COLUMNS.map((name) => [name, new Float64Array(length)]));
  return { length, columns: columns as Record<MinuteColumn, Float64Array> };
}

/** Rows `[from, to)` as views of the same memory. */
export function sliceMinuteBars(bars: MinuteBars, from: number, to: number): MinuteBars {
  const columns = Object.fromEntries(
    MINUTE_COLUMNS.map((name) => [name, bars.columns[name].subarray(from, to)]),
  );
  return { length: to - from, columns: columns as Record<MinuteColumn, Float64Array> };
}

/** Joins parts that follow one another in time without a shared minute. */
export function concatMinuteBars(parts: readonly MinuteBars[]): MinuteBars {
  const whole = allocateMinuteBars(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (const name of MINUTE_COLUMNS) whole.columns[name].set(part.columns[name], at);
    at += part.length;
  }
  return whole;
}
