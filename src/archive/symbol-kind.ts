import type { Market } from '../market/index.js';

/**
 * What a symbol is, as far as its name says so for certain.
 * - `delivery`: expires on the day that ends its name, `BTCUSDT_240628`.
 * - `settled`: the rest of a contract that was settled, `LUNAUSDT_SETTLED1`.
 * - `pair`: in coin-margined data of an index, which is of a pair and not of a contract, `AAVEUSD`.
 *
 * What is traded against what is not derived: `AEUR` and `ADAEUR`, or a stock's `STXX`, cannot be told by letters.
 */
export const SYMBOL_KINDS = ['perpetual', 'delivery', 'settled', 'spot', 'pair'] as const;
export type SymbolKind = (typeof SYMBOL_KINDS)[number];

export function symbolKind(market: Market, symbol: string): SymbolKind {
  if (market === 'spot') return 'spot';
  if (/SETTLED\d*$/.test(symbol)) return 'settled';
  if (/_\d{6}$/.test(symbol)) return 'delivery';
  return market === 'um' || symbol.endsWith('_PERP') ? 'perpetual' : 'pair';
}
