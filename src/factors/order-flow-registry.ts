import type { FactorDefinition } from './registry.js';

type Own = Pick<FactorDefinition, 'unit' | 'range' | 'formula' | 'inputs'> & Partial<FactorDefinition>;

/** The seed document `aggTrades 采集与聚合说明`, section 5, whose columns our users already read. */
const SEED = 'seed pipeline, section 5';
const TAPEMILL = 'tapemill';

function factor(own: Own): FactorDefinition {
  return {
    family: 'order-flow',
    type: 'double',
    window: 'the bar',
    whenEmpty: null,
    rollsUp: 'recompute',
    source: SEED,
    ...own,
  };
}

/** A column of the minute bars, rolled up. */
function rolled(
  name: string,
  unit: string,
  rollsUp: FactorDefinition['rollsUp'],
  formula: string,
  own: Partial<FactorDefinition> = {},
): FactorDefinition {
  return factor({ unit, range: '[0, ∞)', formula, inputs: [name], rollsUp, ...own });
}

const COUNT = { type: 'int64' } as const;
const EXTRA = { type: 'int64', source: TAPEMILL } as const;

/**
 * The order-flow table, in the order of its columns: those of the seed first, so that positional readers keep
 * working, then ours.
 */
export const ORDER_FLOW = {
  trade_count: rolled('trade_count', 'ticks', 'sum', 'number of aggTrades', { ...COUNT, range: '[1, ∞)' }),
  base_volume: rolled('base_volume', 'base', 'sum', 'Σ quantity'),
  quote_volume: rolled('quote_volume', 'quote', 'sum', 'Σ price × quantity'),
  taker_buy_qty: rolled('taker_buy_qty', 'base', 'sum', 'Σ quantity where the buyer was the taker'),
  taker_sell_qty: rolled('taker_sell_qty', 'base', 'sum', 'Σ quantity where the seller was the taker'),
  taker_buy_quote: rolled('taker_buy_quote', 'quote', 'sum', 'Σ quote where the buyer was the taker'),
  taker_sell_quote: rolled('taker_sell_quote', 'quote', 'sum', 'Σ quote where the seller was the taker'),
  taker_buy_quote_sq: rolled('taker_buy_quote_sq', 'quote²', 'sum', 'Σ quote² of taker-buy ticks'),
  taker_sell_quote_sq: rolled('taker_sell_quote_sq', 'quote²', 'sum', 'Σ quote² of taker-sell ticks'),
  taker_buy_trade_count: rolled(
    'taker_buy_trade_count',
    'ticks',
    'sum',
    'number of taker-buy aggTrades',
    COUNT,
  ),
  taker_sell_trade_count: rolled(
    'taker_sell_trade_count',
    'ticks',
    'sum',
    'number of taker-sell aggTrades',
    COUNT,
  ),
  whale_buy_quote: rolled(
    'whale_buy_quote',
    'quote',
    'sum',
    'Σ quote of taker-buy ticks with quote ≥ whale threshold',
  ),
  whale_sell_quote: rolled(
    'whale_sell_quote',
    'quote',
    'sum',
    'Σ quote of taker-sell ticks with quote ≥ whale threshold',
  ),
  retail_buy_quote: rolled(
    'retail_buy_quote',
    'quote',
    'sum',
    'Σ quote of taker-buy ticks with quote ≤ retail threshold',
  ),
  retail_sell_quote: rolled(
    'retail_sell_quote',
    'quote',
    'sum',
    'Σ quote of taker-sell ticks with quote ≤ retail threshold',
  ),
  price_open: rolled(
    'price_first',
    'quote/base',
    'first',
    'price of the first tick, by (time, agg_trade_id)',
    {
      range: '(0, ∞)',
    },
  ),
  price_close: rolled('price_last', 'quote/base', 'last', 'price of the last tick, by (time, agg_trade_id)', {
    range: '(0, ∞)',
  }),
  price_high: rolled('price_high', 'quote/base', 'max', 'largest price', { range: '(0, ∞)' }),
  price_low: rolled('price_low', 'quote/base', 'min', 'smallest price', { range: '(0, ∞)' }),
  cvd_qty: factor({
    unit: 'base',
    range: '(-∞, ∞)',
    formula: 'taker_buy_qty - taker_sell_qty',
    inputs: ['taker_buy_qty', 'taker_sell_qty'],
    rollsUp: 'sum',
  }),
  cvd_quote: factor({
    unit: 'quote',
    range: '(-∞, ∞)',
    formula: 'taker_buy_quote - taker_sell_quote',
    inputs: ['taker_buy_quote', 'taker_sell_quote'],
    rollsUp: 'sum',
  }),
  vwap: factor({
    unit: 'quote/base',
    range: '(0, ∞)',
    formula: 'quote_volume / base_volume',
    inputs: ['quote_volume', 'base_volume'],
    whenEmpty: 'base_volume = 0',
  }),
  whale_cvd_quote: factor({
    unit: 'quote',
    range: '(-∞, ∞)',
    formula: 'whale_buy_quote - whale_sell_quote',
    inputs: ['whale_buy_quote', 'whale_sell_quote'],
    rollsUp: 'sum',
  }),
  retail_cvd_quote: factor({
    unit: 'quote',
    range: '(-∞, ∞)',
    formula: 'retail_buy_quote - retail_sell_quote',
    inputs: ['retail_buy_quote', 'retail_sell_quote'],
    rollsUp: 'sum',
  }),
  avg_trade_quote: factor({
    unit: 'quote/tick',
    range: '[0, ∞)',
    formula: 'quote_volume / trade_count',
    inputs: ['quote_volume', 'trade_count'],
    whenEmpty: 'trade_count = 0',
  }),
  avg_trade_base: factor({
    unit: 'base/tick',
    range: '[0, ∞)',
    formula: 'base_volume / trade_count',
    inputs: ['base_volume', 'trade_count'],
    whenEmpty: 'trade_count = 0',
  }),
  taker_buy_avg_trade_quote: factor({
    unit: 'quote/tick',
    range: '[0, ∞)',
    formula: 'taker_buy_quote / taker_buy_trade_count',
    inputs: ['taker_buy_quote', 'taker_buy_trade_count'],
    whenEmpty: 'taker_buy_trade_count = 0',
  }),
  taker_sell_avg_trade_quote: factor({
    unit: 'quote/tick',
    range: '[0, ∞)',
    formula: 'taker_sell_quote / taker_sell_trade_count',
    inputs: ['taker_sell_quote', 'taker_sell_trade_count'],
    whenEmpty: 'taker_sell_trade_count = 0',
  }),
  taker_buy_hhi_quote: factor({
    unit: '1',
    range: '(0, 1]',
    formula: 'taker_buy_quote_sq / taker_buy_quote²: 1 when one tick did it all, 1/n when n did equal parts',
    inputs: ['taker_buy_quote_sq', 'taker_buy_quote'],
    whenEmpty: 'taker_buy_quote = 0',
  }),
  taker_sell_hhi_quote: factor({
    unit: '1',
    range: '(0, 1]',
    formula: 'taker_sell_quote_sq / taker_sell_quote²',
    inputs: ['taker_sell_quote_sq', 'taker_sell_quote'],
    whenEmpty: 'taker_sell_quote = 0',
  }),
  imbalance_ratio_quote: factor({
    unit: '1',
    range: '[0, 1]',
    formula: '|cvd_quote| / (taker_buy_quote + taker_sell_quote)',
    inputs: ['taker_buy_quote', 'taker_sell_quote'],
    whenEmpty: 'taker_buy_quote + taker_sell_quote = 0',
  }),
  tw_cvd_quote_norm: factor({
    unit: 'quote',
    range: '(-∞, ∞)',
    formula:
      'Σ n × cvd_minute / (N (N + 1) / 2), where cvd_minute is the CVD of the n-th of the N minutes of the bar; ' +
      'minutes without a tick count as 0 and keep their weight',
    inputs: ['taker_buy_quote', 'taker_sell_quote'],
    window: 'the minutes of the bar',
  }),
  price_change: factor({
    unit: 'quote/base',
    range: '(-∞, ∞)',
    formula: 'price_close - price_open',
    inputs: ['price_close', 'price_open'],
  }),
  cvd_per_abs_price_change: factor({
    unit: 'base',
    range: '(-∞, ∞)',
    formula: 'cvd_quote / |price_change|',
    inputs: ['taker_buy_quote', 'taker_sell_quote', 'price_close', 'price_open'],
    whenEmpty: 'price_change = 0',
  }),
  fill_count: rolled(
    'fill_count',
    'fills',
    'sum',
    'Σ last_trade_id - first_trade_id + 1: the count of a kline',
    {
      ...EXTRA,
    },
  ),
  taker_buy_fill_count: rolled(
    'taker_buy_fill_count',
    'fills',
    'sum',
    'the same over taker-buy ticks',
    EXTRA,
  ),
  first_agg_id: rolled('first_agg_id', 'id', 'min', 'smallest agg_trade_id', EXTRA),
  last_agg_id: rolled('last_agg_id', 'id', 'max', 'largest agg_trade_id', EXTRA),
  first_fill_id: rolled('first_fill_id', 'id', 'min', 'smallest first_trade_id', EXTRA),
  last_fill_id: rolled(
    'last_fill_id',
    'id',
    'max',
    'largest last_trade_id; last_fill_id - first_fill_id + 1 - fill_count fills are missing inside the bar',
    EXTRA,
  ),
} as const satisfies Record<string, FactorDefinition>;

export type OrderFlowFactor = keyof typeof ORDER_FLOW;
export const ORDER_FLOW_FACTORS = Object.keys(ORDER_FLOW) as readonly OrderFlowFactor[];
