/**
 * US dollars that one coin-margined contract stands for: 100 for BTCUSD, 10 for all others
 * (Binance's contract specifications). Works on `BTCUSD_PERP` and `BTCUSD_240329` alike.
 */
export function contractSizeUsd(symbol: string): number {
  return /^BTCUSD(_|$)/.test(symbol) ? 100 : 10;
}
