import { describe, expect, it } from 'vitest';
import {
  type FactorTable,
  LiquidationFactorEngine,
  eventsFromRows,
  liquidationFactors,
  makeCoverage,
  sizeThresholds,
} from '../../src/factors/index.js';

/** The example of the specification: 1h bars, five events, two closes. A sell liquidates a long. */
const at = (time: string): number => Date.parse(`2025-10-01T${time}Z`) * 1000;
const events = eventsFromRows([
  { ts: at('00:10'), side: 'long', price: 4000, qty: 1 },
  { ts: at('00:20'), side: 'long', price: 4000, qty: 3 },
  { ts: at('00:30'), side: 'short', price: 4100, qty: 2 },
  { ts: at('01:05'), side: 'long', price: 3900, qty: 10 },
  { ts: at('01:06'), side: 'short', price: 4000, qty: 0.1 },
]);
const traded = {
  minute: Float64Array.of(at('00:00') / 1000, at('01:00') / 1000),
  price_close: Float64Array.of(4050, 3800),
  quote_volume: Float64Array.of(1_210_000, 3_940_000),
};

function row(table: FactorTable, bar: number): Record<string, number> {
  return Object.fromEntries(table.names.map((name) => [name, table.columns[name]![bar]!]));
}

describe('the worked example of the specification', () => {
  it('gives its factors', () => {
    const coverage = makeCoverage([{ startUs: at('00:00'), endUs: at('02:00') }]);
    const table = liquidationFactors(events, coverage, traded, { freq: '1h' });
    expect([...table.minute]).toEqual([at('00:00') / 1000, at('01:00') / 1000]);
    expect(row(table, 0)).toMatchObject({
      liquidation_covered: 1,
      liquidation_lower_bound: 0,
      liquidation_long_vol_sum: 16000,
      liquidation_long_cnt: 2,
      liquidation_long_amt_max: 12000,
      liquidation_long_amt_mean: 8000,
      liquidation_long_qty_sum: 4,
      liquidation_long_whale_index: 0.75,
      liquidation_long_vwap: 4000,
      liquidation_short_vol_sum: 8200,
      liquidation_short_cnt: 1,
      liquidation_all_vol_sum: 24200,
      liquidation_all_cnt: 3,
      liquidation_all_price_first: 4000,
      liquidation_all_price_high: 4100,
      liquidation_all_price_low: 4000,
      liquidation_all_price_last: 4100,
      liquidation_long_burst_hhi: 0.625,
      liquidation_blood_content: 0.02,
    });
    const [first, second] = [row(table, 0), row(table, 1)];
    expect(first['liquidation_imbalance']).toBeCloseTo(0.32231405, 8);
    expect(first['liquidation_long_pain_depth']).toBeCloseTo(0.0125, 12);
    expect(second).toMatchObject({ liquidation_long_vol_sum: 39000, liquidation_short_vol_sum: 400 });
    expect(second['liquidation_imbalance']).toBeCloseTo(0.97969543, 8);
    expect(second['liquidation_long_vwap']).toBe(3900);
    expect(second['liquidation_long_pain_depth']).toBeCloseTo(-0.02564103, 8);
    // 24 and 168 hours, and of neither is half there; nor are there five events.
    expect(table.names).toContain('liquidation_short_cnt_z_24');
    expect(second['liquidation_all_vol_sum_rank_168']).toBeNaN();
    expect(second['liquidation_all_skew']).toBeNaN();
  });

  it('gives its thresholds and sizes', () => {
    const thresholds = sizeThresholds(events, { quantiles: [0.5, 0.9], windowHours: 24 });
    expect([...thresholds.hour]).toEqual([at('00:00') / 1000, at('01:00') / 1000]);
    expect([...thresholds.columns['q50']!]).toEqual([NaN, 8200]);
    expect([...thresholds.columns['q90']!]).toEqual([NaN, 11240]);

    const table = new LiquidationFactorEngine({ freq: '1h' }).process(events, { miningWindows: [] });
    expect(row(table, 0)).toEqual({
      sum_long_small_lb24: 0,
      sum_long_med_lb24: 16000,
      sum_long_large_lb24: 0,
      sum_short_small_lb24: 0,
      sum_short_med_lb24: 8200,
      sum_short_large_lb24: 0,
      count_long_small_lb24: 0,
      count_long_med_lb24: 2,
      count_long_large_lb24: 0,
      count_short_small_lb24: 0,
      count_short_med_lb24: 1,
      count_short_large_lb24: 0,
      total_vol_long_lb24: 16000,
      total_vol_short_lb24: 8200,
      diff_net_burn_vol_lb24: 7800,
      diff_net_whale_vol_lb24: 0,
      ratio_whale_long_lb24: 0,
      ratio_whale_short_lb24: 0,
      ratio_retail_long_lb24: 0,
      ratio_retail_short_lb24: 0,
      skew_long: NaN,
      skew_short: NaN,
      kurt_long: NaN,
      kurt_short: NaN,
      diff_skew: NaN,
    });
    expect(row(table, 1)).toMatchObject({
      sum_long_large_lb24: 39000,
      sum_short_small_lb24: 400,
      count_long_large_lb24: 1,
      count_short_small_lb24: 1,
      diff_net_burn_vol_lb24: 38600,
      diff_net_whale_vol_lb24: 39000,
      ratio_whale_long_lb24: 1,
      ratio_whale_short_lb24: 0,
      ratio_retail_long_lb24: 0,
      ratio_retail_short_lb24: 1,
    });
  });

  it('runs what the seed ran into an error with, and the same with numbers for lists', () => {
    const engine = new LiquidationFactorEngine({ freq: '15m' });
    const lists = engine.process(events, {
      bucketQuantiles: [0.9],
      bucketWindowHours: [24],
      miningWindows: [24],
      miningQuantiles: [0.9],
    });
    const numbers = engine.process(events, {
      bucketQuantiles: 0.9,
      bucketWindowHours: 24,
      miningWindows: 24,
      miningQuantiles: 0.9,
    });
    expect(lists.length).toBe(5);
    expect(lists.names).toContain('feat_brkabs_diff_net_burn_vol_lb24_w24_q90');
    expect(numbers).toEqual(lists);
  });
});
