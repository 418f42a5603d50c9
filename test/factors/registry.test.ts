import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BAR_COLUMNS, rollUp } from '../../src/bars/index.js';
import { listFactors, orderFlowFactors, renderFactorDocs } from '../../src/factors/index.js';
import { MINUTE_COLUMNS } from '../../src/ticks/minute-bars.js';
import { HOUR } from '../../src/time/index.js';
import { minutesFrom, sampleBars } from '../layer/sample.js';

/** The 1h CSV of spec/factors.md, whose readers may go by position. */
const SEED_ORDER =
  'trade_count, base_volume, quote_volume, taker_buy_qty, taker_sell_qty, taker_buy_quote, taker_sell_quote, taker_buy_quote_sq, taker_sell_quote_sq, taker_buy_trade_count, taker_sell_trade_count, whale_buy_quote, whale_sell_quote, retail_buy_quote, retail_sell_quote, price_open, price_close, price_high, price_low, cvd_qty, cvd_quote, vwap, whale_cvd_quote, retail_cvd_quote, avg_trade_quote, avg_trade_base, taker_buy_avg_trade_quote, taker_sell_avg_trade_quote, taker_buy_hhi_quote, taker_sell_hhi_quote, imbalance_ratio_quote, tw_cvd_quote_norm, price_change, cvd_per_abs_price_change'.split(
    ', ',
  );

describe('the registry', () => {
  const factors = listFactors();

  it('begins with the columns of the seed in their order', () => {
    expect(factors.slice(0, SEED_ORDER.length).map((factor) => factor.name)).toEqual(SEED_ORDER);
  });

  it('names exactly the columns that are computed, in their order', () => {
    const table = orderFlowFactors(rollUp(sampleBars(minutesFrom(0, 3)), HOUR));
    expect(table.names).toEqual(factors.map((factor) => factor.name));
    expect(Object.keys(table.columns)).toEqual(table.names);
  });

  it('says everything of every factor, from inputs that exist', () => {
    const known = new Set<string>([...MINUTE_COLUMNS, ...BAR_COLUMNS]);
    for (const factor of factors) {
      for (const text of [factor.unit, factor.formula, factor.window, factor.source])
        expect(text).not.toBe('');
      expect(factor.range).toMatch(/^[[(].+, .+[\])]$/);
      expect(factor.inputs.length).toBeGreaterThan(0);
      expect(factor.inputs.filter((input) => !known.has(input))).toEqual([]);
      // A ratio can only be recomputed, and only a ratio can be empty.
      if (factor.whenEmpty !== null) expect(factor.rollsUp).toBe('recompute');
    }
  });

  it('is what docs/factors.md shows (node scripts/generate-docs.js)', () => {
    expect(readFileSync(new URL('../../docs/factors.md', import.meta.url), 'utf8')).toBe(renderFactorDocs());
  });
});
