import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bars, allocateBars, rollUp } from '../../src/bars/index.js';
import {
  type FactorTable,
  ORDER_FLOW,
  ORDER_FLOW_FACTORS,
  orderFlowFactors,
} from '../../src/factors/index.js';
import { FREQUENCIES, HOUR, MINUTE_MS, parseFrequency } from '../../src/time/index.js';
import { sampleBars } from '../layer/sample.js';

const START = Date.UTC(2026, 3, 13);

/** One bar with the given values, all others 0. */
function oneBar(values: Partial<Record<keyof Bars['columns'], number>>, frequency = HOUR): Bars {
  const bars = allocateBars(frequency, 1);
  bars.columns.minute[0] = START;
  for (const [name, value] of Object.entries(values)) bars.columns[name as keyof Bars['columns']][0] = value;
  return bars;
}

function factorsOf(bars: Bars): Record<string, number> {
  const table: FactorTable = orderFlowFactors(bars);
  return Object.fromEntries(table.names.map((name) => [name, table.columns[name]![0]!]));
}

describe('order-flow factors', () => {
  it('are computed by hand', () => {
    const found = factorsOf(
      oneBar({
        trade_count: 8,
        base_volume: 40,
        quote_volume: 100,
        taker_buy_qty: 25,
        taker_sell_qty: 15,
        taker_buy_quote: 60,
        taker_sell_quote: 40,
        taker_buy_quote_sq: 900,
        taker_sell_quote_sq: 1600,
        taker_buy_trade_count: 5,
        taker_sell_trade_count: 3,
        whale_buy_quote: 30,
        whale_sell_quote: 40,
        retail_buy_quote: 6,
        retail_sell_quote: 2,
        price_open: 2.75,
        price_close: 2.5,
        price_high: 3,
        price_low: 2,
        fill_count: 11,
        weighted_cvd_quote: 3660,
      }),
    );
    expect(found).toMatchObject({
      cvd_qty: 10,
      cvd_quote: 20,
      vwap: 2.5,
      whale_cvd_quote: -10,
      retail_cvd_quote: 4,
      avg_trade_quote: 12.5,
      avg_trade_base: 5,
      taker_buy_avg_trade_quote: 12,
      taker_sell_avg_trade_quote: 40 / 3,
      taker_buy_hhi_quote: 0.25,
      taker_sell_hhi_quote: 1,
      imbalance_ratio_quote: 0.2,
      tw_cvd_quote_norm: 2, // 3660 / 1830
      price_change: -0.25,
      cvd_per_abs_price_change: 80,
      fill_count: 11,
    });
  });

  it('are empty, not 0 and not infinite, where the denominator is 0', () => {
    const found = factorsOf(
      oneBar({
        trade_count: 1,
        taker_sell_trade_count: 1,
        taker_sell_quote: 0,
        price_open: 5,
        price_close: 5,
      }),
    );
    const empty = Object.keys(found).filter((name) => Number.isNaN(found[name]));
    expect(empty).toEqual([
      'vwap',
      'taker_buy_avg_trade_quote',
      'taker_buy_hhi_quote',
      'taker_sell_hhi_quote',
      'imbalance_ratio_quote',
      'cvd_per_abs_price_change',
    ]);
    expect(found).toMatchObject({
      cvd_quote: 0,
      avg_trade_quote: 0,
      taker_sell_avg_trade_quote: 0,
      price_change: 0,
    });
  });

  it('keep a single tick at a concentration of 1 whatever was rounded', () => {
    const quote = 0.1 + 0.2;
    const sq = quote * quote * (1 + Number.EPSILON);
    expect(factorsOf(oneBar({ taker_buy_quote: quote, taker_buy_quote_sq: sq }))['taker_buy_hhi_quote']).toBe(
      1,
    );
  });

  it('weigh the minutes of any frequency by their place', () => {
    const minutes = sampleBars([START + 3 * MINUTE_MS]);
    minutes.columns.taker_buy_quote[0] = 150;
    minutes.columns.taker_sell_quote[0] = 0;
    const at = (label: string): number =>
      orderFlowFactors(rollUp(minutes, parseFrequency(label))).columns.tw_cvd_quote_norm[0]!;
    expect(at('5m')).toBe((4 * 150) / 15);
    expect(at('1h')).toBe((4 * 150) / 1830);
    expect(at('1d')).toBe((4 * 150) / ((1440 * 1441) / 2));
  });

  it('stay in their declared ranges and are null only where they say so', () => {
    const anyBars = fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 80, size: 'max' }),
        fc.nat(),
        fc.boolean(),
        fc.constantFrom(...FREQUENCIES),
      )
      .map(([places, seed, quiet, frequency]) => {
        const minutes = sampleBars(
          places.sort((a, b) => a - b).map((place) => START + place * MINUTE_MS),
          seed,
        );
        if (quiet) {
          // Only zero-quantity ticks, at one price.
          for (const name of ['base_volume', 'quote_volume'] as const) minutes.columns[name].fill(0);
          for (const name of ['taker_buy', 'taker_sell'] as const) {
            for (const what of ['qty', 'quote', 'quote_sq'] as const)
              minutes.columns[`${name}_${what}`].fill(0);
          }
          minutes.columns.price_last.set(minutes.columns.price_first);
        }
        return rollUp(minutes, frequency);
      });
    fc.assert(
      fc.property(anyBars, (bars) => {
        const table = orderFlowFactors(bars);
        for (const name of ORDER_FLOW_FACTORS) {
          const { range, whenEmpty } = ORDER_FLOW[name];
          const [, open, low, high, close] = /^([[(])(.+), (.+)([\])])$/.exec(range)!;
          const number = (text: string): number => Number(text.replace('∞', 'Infinity'));
          for (const value of table.columns[name]) {
            const inside =
              (open === '[' ? value >= number(low!) : value > number(low!)) &&
              (close === ']' ? value <= number(high!) : value < number(high!));
            if (Number.isNaN(value) ? whenEmpty === null : !inside) expect(`${name} = ${value}`).toBe(range);
          }
        }
      }),
    );
  });
});
