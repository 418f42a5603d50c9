import type { Market } from '../market/index.js';
import type { MinuteColumn } from '../ticks/index.js';

/** What a kline and a minute bar both say of a minute, in the kline's names and order. */
export const FIELDS = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
] as const;
export type Field = (typeof FIELDS)[number];

/** Values in the order of `FIELDS`: prices, base, quote, fills, base, quote. */
export type FieldValues = Float64Array;

/** Places in `FieldValues`. */
export const [OPEN, HIGH, LOW, CLOSE, VOLUME, QUOTE, COUNT, BUY, BUY_QUOTE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;

/** The first four are prices and must be equal; the others are sums. */
export const PRICES = 4;

/** Where the layer has each field. */
export const LAYER_FIELD: Readonly<Record<Field, MinuteColumn>> = {
  open: 'price_first',
  high: 'price_high',
  low: 'price_low',
  close: 'price_last',
  volume: 'base_volume',
  quote_volume: 'quote_volume',
  count: 'fill_count',
  taker_buy_volume: 'taker_buy_qty',
  taker_buy_quote_volume: 'taker_buy_quote',
};

/**
 * How far a volume of the layer and the same volume of a kline may lie apart and still be one number, relative to it.
 *
 * A kline prints the exact decimal, and reading it rounds once: 2^-53. A sum of the layer is the rounded sum of values
 * that are rounded once each; all of them are positive, so their errors cannot add up to more than 2^-53 of the sum,
 * and rounding the sum adds another 2^-53. Together 3 × 2^-53; this is 8 × 2^-53. A difference of one step of
 * quantity is larger than that in every minute of fewer than 2^50 steps.
 */
export const RELATIVE_TOLERANCE = 2 ** -50;

/**
 * Where the archive prints fewer decimals than the number has, every fill may lose one unit of the last: quote volumes
 * of spot and base volumes of `cm` have 8. On `um` all decimals are printed.
 */
const LAST_DECIMAL = 1e-8;

/** What may lie between the two sources' values of each field, by its size and the number of fills. */
export function toleranceOf(market: Market): (field: number, value: number, fills: number) => number {
  const printed = (field: number): number => {
    const isQuote = field === QUOTE || field === BUY_QUOTE;
    return (market === 'spot' && isQuote) || (market === 'cm' && !isQuote) ? LAST_DECIMAL : 0;
  };
  return (field, value, fills) =>
    field < PRICES || field === COUNT ? 0 : RELATIVE_TOLERANCE * Math.abs(value) + printed(field) * fills;
}

/** For people: what a difference of two doubles stands for, without the noise of their last digits. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const [whole = '', rest] = String(Number(value.toPrecision(12))).split('.');
  if (whole.includes('e')) return whole;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}
