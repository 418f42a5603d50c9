import type { Period } from '../time/index.js';
import { hasHeader, timeUnitOf, type FormatOptions } from './csv-layout.js';
import { fixedText } from './decimal.js';
import type { Instrument } from './instrument.js';
import { CM_BASE_DECIMALS, type Kline } from './kline-accumulator.js';

/** On `cm` the same names, although `quote_volume` then holds base volume and `volume` contracts. */
export const KLINE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

export interface KlineLayout {
  readonly header: boolean;
  readonly timeUnit: 'ms' | 'us';
}

export function klineLayout(instrument: Instrument, period: Period, options: FormatOptions): KlineLayout {
  return {
    header: hasHeader(instrument.market, period, options),
    timeUnit: timeUnitOf(instrument.market, period, options),
  };
}

/** Lines without their ends. */
export function klineLines(instrument: Instrument, layout: KlineLayout, klines: readonly Kline[]): string[] {
  const { market, priceDecimals, quantityDecimals, klinePriceDecimals } = instrument;
  const spot = market === 'spot';
  const widen = 10n ** BigInt(klinePriceDecimals - priceDecimals);
  const price = (ticks: number): string => fixedText(BigInt(ticks) * widen, klinePriceDecimals);
  // Futures print a bare 0 for nothing, spot all its decimals.
  const amount = (value: bigint, decimals: number, printed: number): string =>
    value === 0n && !spot ? '0' : fixedText(value * 10n ** BigInt(printed - decimals), printed);
  const quoteDecimals = market === 'cm' ? CM_BASE_DECIMALS : priceDecimals + quantityDecimals;
  const quotePrinted = market === 'um' ? klinePriceDecimals + quantityDecimals : 8;
  const volumePrinted = spot ? 8 : quantityDecimals;
  const time = (ms: number): string => (layout.timeUnit === 'us' ? `${ms}000` : String(ms));
  const end = (ms: number): string => (layout.timeUnit === 'us' ? `${ms - 1}999` : String(ms - 1));
  return klines.map((k) =>
    [
      time(k.openMs),
      price(k.open),
      price(k.high),
      price(k.low),
      price(k.close),
      amount(k.steps, quantityDecimals, volumePrinted),
      end(k.openMs + k.lengthMs),
      amount(k.quoteUnits, quoteDecimals, quotePrinted),
      String(k.fills),
      amount(k.takerBuySteps, quantityDecimals, volumePrinted),
      amount(k.takerBuyQuoteUnits, quoteDecimals, quotePrinted),
      '0',
    ].join(','),
  );
}
