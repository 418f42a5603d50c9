import { describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import {
  type EngineParameters,
  type FactorTable,
  type LiquidationRow,
  LiquidationFactorEngine,
  eventsFromRows,
  liquidationFactors,
  makeCoverage,
  sizeThresholds,
} from '../../src/factors/index.js';

const T0 = Date.UTC(2025, 9, 1) * 1000;
const HOUR_US = 3.6e9;

/** One long liquidation of a value, some hours after T0. */
const long = (hours: number, value: number): LiquidationRow => ({
  ts: T0 + Math.round(hours * HOUR_US),
  side: 'long',
  price: 1,
  qty: value,
});
const short = (hours: number, value: number): LiquidationRow => ({ ...long(hours, value), side: 'short' });

function run(rows: readonly LiquidationRow[], parameters: EngineParameters = {}, freq = '1h'): FactorTable {
  return new LiquidationFactorEngine({ freq }).process(eventsFromRows(rows), parameters);
}

const column = (table: FactorTable, name: string): number[] => [...table.columns[name]!];

describe('thresholds', () => {
  it('are of hours before only, whether these lie in the same bar or not', () => {
    const rows = [long(0, 4), long(0.5, 8), long(1, 7), long(2.5, 5), long(3, 100)];
    const parameters = { bucketQuantiles: 0.5, bucketWindowHours: [1, 2], miningWindows: [] };
    const hours = run(rows, parameters);
    // Hour 0 has no threshold, hour 1 has 6; with L = 1, hour 2 has 7 and hour 3 has 5.
    expect(column(hours, 'sum_long_med_lb1')).toEqual([12, 0, 0, 0]);
    expect(column(hours, 'sum_long_large_lb1')).toEqual([0, 7, 0, 100]);
    expect(column(hours, 'sum_long_small_lb1')).toEqual([0, 0, 5, 0]);
    // With L = 2, hour 2 has (6 + 7) / 2.
    expect(column(hours, 'sum_long_small_lb2')).toEqual([0, 0, 5, 0]);
    const bar = run(rows, parameters, '4h');
    expect(column(bar, 'sum_long_med_lb1')).toEqual([12]);
    expect(column(bar, 'sum_long_large_lb1')).toEqual([107]);
    expect(column(bar, 'sum_long_small_lb1')).toEqual([5]);
    const quarters = run(rows, parameters, '15m');
    expect(column(quarters, 'sum_long_med_lb1').slice(0, 5)).toEqual([4, 0, 8, 0, 0]);
    expect(column(quarters, 'sum_long_large_lb1')[4]).toBe(7);
    expect(column(quarters, 'sum_long_small_lb1')[10]).toBe(5);
  });

  it('look over gaps only as far as the look-back, counting hours with events alone', () => {
    const rows = [long(0, 10), long(4, 20), long(5, 15), long(12, 1)];
    const { columns } = sizeThresholds(eventsFromRows(rows), { quantiles: 0.5, windowHours: 5 });
    expect([...columns['q50']!]).toEqual([NaN, 10, 10, 10, 10, 15, 17.5, 17.5, 17.5, 17.5, 15, NaN, NaN]);
    const table = run(rows, { bucketQuantiles: 0.5, bucketWindowHours: 5, miningWindows: [] });
    expect(table.length).toBe(13);
    expect(column(table, 'count_long_med_lb5')).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(column(table, 'count_long_large_lb5')[4]).toBe(1);
    expect(column(table, 'count_long_small_lb5')[5]).toBe(1);
  });

  it('of equal values are that value, which is small, however often it is averaged', () => {
    for (const value of [0.1, 1 / 3, 4161.21 * 3.244, 1e-7]) {
      const rows = Array.from({ length: 60 }, (_, hour) => [
        long(hour, value),
        short(hour + 0.5, value),
      ]).flat();
      const table = run(rows, { bucketWindowHours: [1, 3, 49], miningWindows: [] });
      for (const lookBack of [1, 3, 49]) {
        expect(column(table, `count_long_small_lb${lookBack}`)).toEqual([
          0,
          ...new Array<number>(59).fill(1),
        ]);
        expect(column(table, `count_short_large_lb${lookBack}`)).toEqual(new Array<number>(60).fill(0));
      }
    }
  });

  it('that are one of the values are exactly that value', () => {
    // 100 × 0.29 is 28.999999999999996 in doubles.
    const rows = Array.from({ length: 101 }, (_, i) => long(i / 200, i + 1));
    const table = run([...rows, long(1, 30), long(1.1, 29.999)], {
      bucketQuantiles: 0.29,
      miningWindows: [],
    });
    expect(column(table, 'count_long_small_lb24')).toEqual([0, 2]);
    expect([
      ...sizeThresholds(eventsFromRows(rows), { quantiles: [0.29], windowHours: 1 }).hour,
    ]).toHaveLength(1);
  });

  it('need only the smallest and the largest quantile: between them is med', () => {
    const rows = [
      long(0, 1),
      long(0.1, 2),
      long(0.2, 3),
      long(0.3, 4),
      long(0.4, 5),
      long(1, 3),
      long(1.1, 2),
      long(1.2, 4.5),
    ];
    const table = run(rows, { bucketQuantiles: [0.75, 0.5, 0.25], miningWindows: [] });
    expect(column(table, 'sum_long_small_lb24')[1]).toBe(2);
    expect(column(table, 'sum_long_med_lb24')[1]).toBe(3);
    expect(column(table, 'sum_long_large_lb24')[1]).toBe(4.5);
    expect(table).toEqual(run(rows, { bucketQuantiles: [0.25, 0.75], miningWindows: [] }));
  });
});

describe('mining', () => {
  it('has exactly the columns of the specification', () => {
    const table = run([long(0, 1)], {
      bucketWindowHours: [24, 72],
      miningWindows: [24],
      miningQuantiles: [0.9, 0.995],
    });
    const mined = table.names.filter((name) => name.startsWith('feat_'));
    // Per look-back 6 sums, 6 counts and 2 differences; 2 skews and their difference.
    expect(mined.filter((name) => name.startsWith('feat_z_'))).toHaveLength(2 * 14 + 3);
    expect(mined.filter((name) => name.startsWith('feat_brk_'))).toHaveLength(2 * 12 * 2);
    expect(mined.filter((name) => name.startsWith('feat_brkabs_'))).toHaveLength((2 * 2 + 1) * 2);
    expect(mined).toContain('feat_z_skew_short_w24');
    expect(mined).toContain('feat_brk_count_short_large_lb72_w24_q99.5');
    expect(mined).toContain('feat_brkabs_diff_skew_w24_q90');
    expect(mined.some((name) => /total|ratio|kurt|brk_diff|brk_skew/.test(name))).toBe(false);
  });

  it('needs half of a window for z, and one bar for a breakout', () => {
    const rows = [1, 2, 3, 5, 9].map((value, hour) => long(hour, value));
    const table = run(rows, { miningWindows: [5], miningQuantiles: 0.5, bucketQuantiles: 1 });
    // Of the medium bucket only hour 0; look at the total of longs through the difference.
    const z = column(table, 'feat_z_diff_net_burn_vol_lb24_w5');
    expect(z.slice(0, 3)).toEqual([NaN, NaN, NaN]);
    expect(z[3]).toBeCloseTo((5 - 2) / 1, 12);
    expect(z[4]).toBeCloseTo((9 - 2.75) / Math.sqrt(35 / 12), 12);
    expect(column(table, 'feat_brkabs_diff_net_burn_vol_lb24_w5_q50')).toEqual([NaN, 2, 2, 2.5, 9 / 2.5]);
  });

  it('looks at absolute values of differences, and excludes the bar itself', () => {
    const rows = [short(0, 4), long(1, 2), short(2, 3)];
    const table = run(rows, { miningWindows: 2, miningQuantiles: [1] });
    expect(column(table, 'diff_net_burn_vol_lb24')).toEqual([-4, 2, -3]);
    expect(column(table, 'feat_brkabs_diff_net_burn_vol_lb24_w2_q100')).toEqual([NaN, 0.5, 0.75]);
  });

  it('is null where nothing varies or the quantile is 0', () => {
    const rows = Array.from({ length: 6 }, (_, hour) => long(hour, 0.1));
    const table = run(rows, { miningWindows: [1, 2, 3], miningQuantiles: [0.9] });
    for (const window of [1, 2, 3]) {
      expect(column(table, `feat_z_diff_net_burn_vol_lb24_w${window}`)).toEqual(
        new Array<number>(6).fill(NaN),
      );
      expect(column(table, `feat_brk_sum_short_med_lb24_w${window}_q90`)).toEqual(
        new Array<number>(6).fill(NaN),
      );
    }
    expect(column(table, 'feat_brk_sum_long_small_lb24_w2_q90')).toEqual([
      NaN,
      NaN,
      0.1 / (0.9 * 0.1),
      1,
      1,
      1,
    ]);
  });

  it('passes over bars that are not covered', () => {
    const hour = (from: number, to: number) => ({ startUs: T0 + from * HOUR_US, endUs: T0 + to * HOUR_US });
    const rows = [long(0, 1), long(1, 3), long(2, 50), long(3, 5)];
    const table = run(rows, {
      miningWindows: 3,
      miningQuantiles: 0.5,
      coverage: makeCoverage([hour(0, 2), hour(2.5, 5)]),
    });
    expect(column(table, 'total_vol_long_lb24')).toEqual([1, 3, NaN, 5, 0]);
    expect(column(table, 'feat_brkabs_diff_net_burn_vol_lb24_w3_q50')).toEqual([NaN, 3, NaN, 2.5, 0]);
    expect(column(table, 'feat_z_diff_net_burn_vol_lb24_w3')[3]).toBeCloseTo(3 / Math.SQRT2, 12);
  });
});

describe('the engine', () => {
  it('makes an empty table of no events, with all columns', () => {
    const table = run([]);
    expect([table.length, table.minute.length]).toEqual([0, 0]);
    expect(table.names).toEqual(run([long(0, 1)]).names);
    expect(Object.values(table.columns).every((values) => values.length === 0)).toBe(true);
  });

  it('makes one row of one event', () => {
    const table = run([short(0.25, 5)], {}, '15m');
    expect(table.length).toBe(1);
    expect(table.minute[0]).toBe(T0 / 1000 + 900_000);
    expect(column(table, 'sum_short_med_lb24')).toEqual([5]);
    expect(column(table, 'ratio_whale_long_lb24')).toEqual([NaN]);
  });

  it('fills hours without events with zeros, and leaves their ratios and shapes empty', () => {
    const table = run([long(0, 5), long(2, 5)], { miningWindows: [] });
    expect(column(table, 'sum_long_med_lb24')).toEqual([5, 0, 0]);
    expect(column(table, 'count_short_large_lb24')).toEqual([0, 0, 0]);
    expect(column(table, 'diff_net_burn_vol_lb24')).toEqual([5, 0, 5]);
    for (const name of [
      'ratio_whale_long_lb24',
      'ratio_retail_long_lb24',
      'skew_long',
      'kurt_long',
      'diff_skew',
    ]) {
      expect(table.columns[name]![1]).toBeNaN();
    }
  });

  it('gives the totals of the factors, whatever the look-back', () => {
    const rows = Array.from({ length: 300 }, (_, i) =>
      (i % 3 ? long : short)((i * 37) % 100, 0.1 + (i % 7) / 3),
    );
    const table = run(rows, { bucketWindowHours: [1, 24, 48] });
    const coverage = makeCoverage([{ startUs: T0, endUs: T0 + 100 * HOUR_US }]);
    const factors = liquidationFactors(eventsFromRows(rows), coverage, null, { freq: '1h' });
    for (const lookBack of [1, 24, 48]) {
      expect(table.columns[`total_vol_long_lb${lookBack}`]).toEqual(
        factors.columns['liquidation_long_vol_sum'],
      );
    }
    expect(table.columns['kurt_short']).toEqual(factors.columns['liquidation_short_kurt']);
  });

  it('takes lists in any order, and a number as a list of one', () => {
    const rows = Array.from({ length: 50 }, (_, i) => long((i * 7) % 31, 1 + (i % 5)));
    const parameters = { bucketWindowHours: [3, 24], miningWindows: [4, 2], miningQuantiles: [0.95, 0.5] };
    const other = { bucketWindowHours: [24, 3, 3], miningWindows: [2, 4], miningQuantiles: [0.5, 0.95, 0.5] };
    expect(run(rows, other)).toEqual(run(rows, parameters));
    expect(run(rows, { miningWindows: 4 })).toEqual(run(rows, { miningWindows: [4] }));
  });

  it.each([
    [{ bucketQuantiles: [] }, 'bucketQuantiles', '[]'],
    [{ bucketQuantiles: [0.5, 90] }, 'bucketQuantiles', '90'],
    [{ miningQuantiles: -0.1 }, 'miningQuantiles', '-0.1'],
    [{ miningQuantiles: NaN }, 'miningQuantiles', 'NaN'],
    [{ miningQuantiles: 0.123456789 }, 'miningQuantiles', '0.123456789'],
    [{ bucketWindowHours: 0 }, 'bucketWindowHours', '0'],
    [{ bucketWindowHours: [] }, 'bucketWindowHours', '[]'],
    [{ miningWindows: [24, 1.5] }, 'miningWindows', '1.5'],
    [{ miningWindows: '24' }, 'miningWindows', '"24"'],
    [{ miningWindows: [[24]] }, 'miningWindows', '[24]'],
    [{ miningWindow: 24 }, 'options', '"miningWindow"'],
  ])('refuses %j', (parameters, name, found) => {
    let error: unknown;
    try {
      run([long(0, 1)], parameters as EngineParameters);
    } catch (thrown) {
      error = thrown;
    }
    if (!TapemillError.is(error)) throw new Error('expected a TapemillError');
    expect(error.code).toBe('E_USAGE');
    expect(error.message).toMatch(new RegExp(`^${name}: expected .+, found `));
    expect(error.context.found).toBe(found);
  });

  it('refuses frequencies that do not divide a day, and none at all', () => {
    expect(() => new LiquidationFactorEngine({ freq: '7m' })).toThrow(/expected a frequency out of 5m/);
    expect(() => new LiquidationFactorEngine({} as { freq: string })).toThrow(
      /^freq: expected .+, found undefined/,
    );
    expect(() => new LiquidationFactorEngine('15m' as unknown as { freq: string })).toThrow(
      /^options: expected/,
    );
  });
});
