import type { Market } from '../market/index.js';
import { epochMs, type Period } from '../time/index.js';
import type { ClockUs } from './day-ticks.js';

export type TickField =
  | 'agg_trade_id'
  | 'price'
  | 'quantity'
  | 'first_trade_id'
  | 'last_trade_id'
  | 'transact_time'
  | 'is_buyer_maker'
  | 'is_best_match';

/** `java`: as Java prints a double. `fixed8`: 8 decimals, zero-padded. `integer`: none. */
export type DecimalStyle = 'java' | 'fixed8' | 'integer' | 'scientific';

/** How the rows of one aggTrades object are written down. */
export interface CsvLayout {
  readonly fields: readonly TickField[];
  /** The header line without its end, or undefined for none. */
  readonly header: string | undefined;
  readonly lineEnd: '\n' | '\r\n';
  /** Whether the last line has its end too. */
  readonly endsWithLineEnd: boolean;
  readonly priceStyle: DecimalStyle;
  readonly quantityStyle: DecimalStyle;
  readonly booleans: readonly [no: string, yes: string];
  readonly timeUnit: 'ms' | 'us' | 'iso';
  /** Text of an additional last column. */
  readonly extraColumn?: string;
}

/** Objects of futures data that end after this instant have a header. */
export const HEADER_SINCE_MS = epochMs(2022, 8, 11);
/** Spot times are in microseconds from here on. */
export const SPOT_MICROSECONDS_SINCE_MS = epochMs(2025, 1, 1);

export interface FormatOptions {
  readonly header: 'auto' | boolean;
  readonly timeUnit: 'auto' | 'ms' | 'us';
}

export function hasHeader(market: Market, period: Period, options: FormatOptions): boolean {
  if (options.header !== 'auto') return options.header;
  return market !== 'spot' && period.endMs > HEADER_SINCE_MS;
}

export function timeUnitOf(market: Market, period: Period, options: FormatOptions): 'ms' | 'us' {
  if (options.timeUnit !== 'auto') return options.timeUnit;
  return market === 'spot' && period.startMs >= SPOT_MICROSECONDS_SINCE_MS ? 'us' : 'ms';
}

/** What the ticks themselves resolve, whatever unit they are then written in. */
export function clockOf(market: Market, day: Period): ClockUs {
  return market === 'spot' && day.startMs >= SPOT_MICROSECONDS_SINCE_MS ? 1 : 1000;
}

const FUTURES_FIELDS: readonly TickField[] = [
  'agg_trade_id',
  'price',
  'quantity',
  'first_trade_id',
  'last_trade_id',
  'transact_time',
  'is_buyer_maker',
];

/** The layout of the real archive for such an object. */
export function archiveLayout(market: Market, period: Period, options: FormatOptions): CsvLayout {
  const spot = market === 'spot';
  const fields: readonly TickField[] = spot ? [...FUTURES_FIELDS, 'is_best_match'] : FUTURES_FIELDS;
  return {
    fields,
    header: hasHeader(market, period, options) ? fields.join(',') : undefined,
    lineEnd: '\n',
    endsWithLineEnd: true,
    priceStyle: spot ? 'fixed8' : 'java',
    quantityStyle: spot ? 'fixed8' : market === 'cm' ? 'integer' : 'java',
    booleans: spot ? ['False', 'True'] : ['false', 'true'],
    timeUnit: timeUnitOf(market, period, options),
  };
}

/** Equal keys: equal bytes for equal rows, header and last line end aside. */
export function rowFormatKey(layout: CsvLayout): string {
  return JSON.stringify({ ...layout, header: undefined, endsWithLineEnd: undefined });
}
