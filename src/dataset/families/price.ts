import { ExactSum } from '../../bars/index.js';
import type { BarMinutes } from '../bar-minutes.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';

const column = columnMaker({ unit: 'quote/base', range: '(0, ∞)' });

/** Group 1: the bar itself. In a bar without trades the prices are the last close before it, and volumes are 0. */
export const PRICE = {
  open: column('open of the first minute', ['minute.open']),
  high: column('largest high', ['minute.high']),
  low: column('smallest low', ['minute.low']),
  close: column('close of the last minute', ['minute.close']),
  volume: column('Σ volume, exact and rounded once', ['minute.volume'], { unit: 'base', range: '[0, ∞)' }),
  quote_volume: column('Σ quote volume, exact and rounded once', ['minute.quoteVolume'], {
    unit: 'quote',
    range: '[0, ∞)',
  }),
  vwap: column('quote_volume / volume', ['quote_volume', 'volume'], { whenNull: 'volume = 0' }),
} as const satisfies Record<string, WideColumnDefinition>;

export type PriceColumn = keyof typeof PRICE;

export function priceOf(bar: BarMinutes): Record<PriceColumn, number> {
  const volume = exactSum(bar.volume);
  const quoteVolume = exactSum(bar.quoteVolume);
  return {
    open: bar.open[0]!,
    high: bar.high.reduce((largest, x) => Math.max(largest, x)),
    low: bar.low.reduce((smallest, x) => Math.min(smallest, x)),
    close: bar.close[bar.length - 1]!,
    volume,
    quote_volume: quoteVolume,
    vwap: quotient(quoteVolume, volume),
  };
}

/** The same bits as `rollUp` gives for the minute layer. */
function exactSum(values: Float64Array): number {
  const sum = new ExactSum();
  for (let i = 0; i < values.length; i++) sum.add(values[i]!);
  return sum.value();
}
