import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FactorTable,
  LiquidationFactorEngine,
  describeLiquidationColumn,
  liquidationFactors,
  listFactors,
  listLiquidationFactors,
  makeCoverage,
} from '../../src/factors/index.js';
import { spanOfEvents } from './reference.js';
import { anySpans, anyStream, someTraded, toColumns } from './streams.js';

/** Every column is declared, keeps to its range, and is null only where it may be. */
function undeclared(table: FactorTable): string[] {
  const wrong: string[] = [];
  for (const name of table.names) {
    const factor = describeLiquidationColumn(name);
    if (factor?.name !== name) {
      wrong.push(`${name} is not declared`);
      continue;
    }
    const [, open, low, high, close] = /^([[(])(.+), (.+)([\])])$/.exec(factor.range)!;
    const [from, to] = [low!, high!].map((text) => Number(text.replace('∞', 'Infinity'))) as [number, number];
    for (const value of table.columns[name]!) {
      const inside =
        (open === '[' ? value >= from : value > from) && (close === ']' ? value <= to : value < to);
      const isWhole = factor.type === 'double' || Number.isInteger(value);
      if (Number.isNaN(value) ? factor.whenEmpty === null : !inside || !isWhole) {
        wrong.push(`${name} = ${value}, not in ${factor.range}`);
      }
    }
  }
  return wrong;
}

describe('the registry of liquidations', () => {
  it('declares every column, with a range that its values keep', () => {
    const anyCase = anyStream.chain((stream) =>
      fc.tuple(fc.constant(stream), anySpans(stream.frequency.lengthMs * 1000)),
    );
    fc.assert(
      fc.property(anyCase, ([{ frequency, events }, some]) => {
        const { minute, price_close, quote_volume } = someTraded(frequency, 60);
        const traded = {
          minute: Float64Array.from(minute),
          price_close: Float64Array.from(price_close),
          quote_volume: Float64Array.from(quote_volume),
        };
        const coverage = makeCoverage([...some, ...spanOfEvents(events.slice(0, 20), frequency.minutes)]);
        const columns = toColumns(events);
        const options = { freq: frequency, zWindows: [3], rankWindows: [4] };
        expect(undeclared(liquidationFactors(columns, coverage, traded, options))).toEqual([]);
        const engine = new LiquidationFactorEngine({ freq: frequency });
        expect(
          undeclared(engine.process(columns, { miningQuantiles: [0.9, 0.995], miningWindows: 5 })),
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('lists the factors in the order of their table', () => {
    const table = liquidationFactors(toColumns([]), makeCoverage([]), null, {
      freq: '1h',
      zWindows: 24,
      rankWindows: 168,
    });
    const listed = listLiquidationFactors().filter((factor) => factor.family === 'liquidations');
    expect(
      listed.map((factor) => factor.name.replace('z_{w}', 'z_24').replace('rank_{w}', 'rank_168')),
    ).toEqual(table.names);
  });

  it('fills patterns in, and knows what is no column', () => {
    expect(describeLiquidationColumn('feat_brk_sum_long_large_lb24_w96_q99.5')).toMatchObject({
      name: 'feat_brk_sum_long_large_lb24_w96_q99.5',
      formula: 'sum_long_large_lb24 / quantile Q of the window, linear',
      inputs: ['sum_long_large_lb24'],
      window: '96 bars before this one',
    });
    expect(describeLiquidationColumn('liquidation_short_cnt_z_96')?.window).toBe(
      '96 bars before this one; default 24 h',
    );
    expect(describeLiquidationColumn('ratio_whale_short_lb24')?.inputs).toEqual([
      'sum_short_large_lb24',
      'total_vol_short_lb24',
    ]);
    for (const name of [
      'trade_count',
      'sum_all_large_lb24',
      'sum_long_huge_lb24',
      'sum_long_large_lb0',
      'feat_z_total_vol_long_lb24_w24',
      'feat_brk_diff_skew_w24_q90',
      'feat_brkabs_sum_long_large_lb24_w24_q90',
      'feat_z_feat_z_skew_long_w1_w1',
      'feat_brk_count_long_med_lb24_w24_q',
    ]) {
      expect([name, describeLiquidationColumn(name)]).toEqual([name, null]);
    }
  });

  it('says everything of every column, under names of its own', () => {
    const factors = listLiquidationFactors();
    const names = [...listFactors(), ...factors].map((factor) => factor.name);
    expect(new Set(names).size).toBe(names.length);
    for (const factor of factors) {
      for (const text of [factor.unit, factor.formula, factor.window, factor.source])
        expect(text).not.toBe('');
      expect(factor.range).toMatch(/^[[(].+, .+[\])]$/);
      expect(factor.inputs.length).toBeGreaterThan(0);
    }
  });
});
