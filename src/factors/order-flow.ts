import type { Bars } from '../bars/index.js';
import { type FactorTable, makeTable } from './factor-table.js';
import { ORDER_FLOW_FACTORS, type OrderFlowFactor } from './order-flow-registry.js';

/**
 * The order-flow factors of bars, one row a bar, columns in the order of the registry after `minute`.
 * A ratio whose denominator is 0 is NaN, which stands for null; nothing is ever infinite.
 * Every formula is that of the seed's section 5.2, computed from rolled-up sums.
 */
export function orderFlowFactors(bars: Bars): FactorTable<OrderFlowFactor> {
  const bar = bars.columns;
  const cvdQuote = difference(bar.taker_buy_quote, bar.taker_sell_quote);
  const priceChange = difference(bar.price_close, bar.price_open);
  const { minutes } = bars.frequency;
  const weightSum = (minutes * (minutes + 1)) / 2;

  const columns: Record<OrderFlowFactor, Float64Array> = {
    trade_count: bar.trade_count,
    base_volume: bar.base_volume,
    quote_volume: bar.quote_volume,
    taker_buy_qty: bar.taker_buy_qty,
    taker_sell_qty: bar.taker_sell_qty,
    taker_buy_quote: bar.taker_buy_quote,
    taker_sell_quote: bar.taker_sell_quote,
    taker_buy_quote_sq: bar.taker_buy_quote_sq,
    taker_sell_quote_sq: bar.taker_sell_quote_sq,
    taker_buy_trade_count: bar.taker_buy_trade_count,
    taker_sell_trade_count: bar.taker_sell_trade_count,
    whale_buy_quote: bar.whale_buy_quote,
    whale_sell_quote: bar.whale_sell_quote,
    retail_buy_quote: bar.retail_buy_quote,
    retail_sell_quote: bar.retail_sell_quote,
    price_open: bar.price_open,
    price_close: bar.price_close,
    price_high: bar.price_high,
    price_low: bar.price_low,
    cvd_qty: difference(bar.taker_buy_qty, bar.taker_sell_qty),
    cvd_quote: cvdQuote,
    vwap: ratio(bar.quote_volume, bar.base_volume),
    whale_cvd_quote: difference(bar.whale_buy_quote, bar.whale_sell_quote),
    retail_cvd_quote: difference(bar.retail_buy_quote, bar.retail_sell_quote),
    avg_trade_quote: ratio(bar.quote_volume, bar.trade_count),
    avg_trade_base: ratio(bar.base_volume, bar.trade_count),
    taker_buy_avg_trade_quote: ratio(bar.taker_buy_quote, bar.taker_buy_trade_count),
    taker_sell_avg_trade_quote: ratio(bar.taker_sell_quote, bar.taker_sell_trade_count),
    taker_buy_hhi_quote: concentration(bar.taker_buy_quote_sq, bar.taker_buy_quote),
    taker_sell_hhi_quote: concentration(bar.taker_sell_quote_sq, bar.taker_sell_quote),
    imbalance_ratio_quote: ratio(
      cvdQuote.map(Math.abs),
      bar.taker_buy_quote.map((buy, row) => buy + bar.taker_sell_quote[row]!),
    ),
    tw_cvd_quote_norm: bar.weighted_cvd_quote.map((weighted) => weighted / weightSum),
    price_change: priceChange,
    cvd_per_abs_price_change: ratio(cvdQuote, priceChange.map(Math.abs)),
    fill_count: bar.fill_count,
    taker_buy_fill_count: bar.taker_buy_fill_count,
    first_agg_id: bar.first_agg_id,
    last_agg_id: bar.last_agg_id,
    first_fill_id: bar.first_fill_id,
    last_fill_id: bar.last_fill_id,
  };
  return makeTable(bar.minute, ORDER_FLOW_FACTORS, columns);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, row) => value - b[row]!);
}

function ratio(numerator: Float64Array, denominator: Float64Array): Float64Array {
  return numerator.map((value, row) => finiteRatio(value, denominator[row]!));
}

/** Null when the denominator is 0, or so near to it that the quotient overflows. */
function finiteRatio(numerator: number, denominator: number): number {
  const quotient = numerator / denominator;
  return Number.isFinite(quotient) ? quotient : NaN;
}

/**
 * Σ x² / (Σ x)², the Herfindahl–Hirschman index. Both sums are rounded, so a single tick could come out a unit
 * in the last place above 1.
 */
function concentration(sumOfSquares: Float64Array, sum: Float64Array): Float64Array {
  return sumOfSquares.map((squares, row) => {
    const share = finiteRatio(squares, sum[row]! * sum[row]!);
    return share > 1 ? 1 : share;
  });
}
