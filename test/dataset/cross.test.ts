import { describe, expect, it } from 'vitest';
import { acrossTimeColumns, applyCrossSection, CrossSections, makeRows } from '../../src/dataset/index.js';
import { makeTable } from '../../src/factors/index.js';
import { parseFrequency } from '../../src/time/index.js';
import { column, hour, hours, T0 } from './sample.js';

const list = (values: Float64Array | undefined): number[] => [...(values ?? [])];
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function table(numbers: readonly number[], rate: (number | null)[], volume: number[]) {
  const minute = Float64Array.from(numbers, hour);
  const none = minute.map(() => NaN);
  return makeTable(
    minute,
    ['volume', 'funding_rate', 'cs_universe_size', 'cs_coverage_frac', 'funding_pressure', 'relative_volume'],
    {
      volume: column(...volume),
      funding_rate: column(...rate),
      cs_universe_size: none,
      cs_coverage_frac: none,
      funding_pressure: none,
      relative_volume: none,
    },
  );
}
const rowsOf = ({ minute, columns }: ReturnType<typeof table>) => ({
  minute,
  funding_rate: columns.funding_rate,
  volume: columns.volume,
});

describe('across symbols', () => {
  const a = table([0, 1, 2], [1, 2, null], [10, 0, 5]);
  const b = table([1, 2], [4, 8], [20, 0]);
  const c = table([1, 3], [9, 3], [70, 0]);

  function passed(order: readonly [string, ReturnType<typeof table>][]) {
    const pass = new CrossSections();
    for (const [symbol, one] of order) pass.add(symbol, rowsOf(one));
    return pass.close();
  }
  const section = passed([
    ['A', a],
    ['B', b],
    ['C', c],
  ]);

  it('counts the symbols of a bar, and those known so far', () => {
    expect(list(section.minute)).toEqual([hour(0), hour(1), hour(2), hour(3)]);
    expect(list(section.universeSize)).toEqual([1, 3, 2, 1]);
    expect(list(section.symbolsSoFar)).toEqual([1, 3, 3, 3]);
  });

  it('has the median of the rates that are there, and the mean of the volumes', () => {
    expect(list(section.fundingMedian)).toEqual([1, 4, 8, 3]);
    expect(list(section.volumeMean)).toEqual([10, 30, 2.5, 0]);
    const even = passed([
      ['A', table([0], [1], [1])],
      ['B', table([0], [4], [1])],
      ['C', table([0], [null], [1])],
    ]);
    expect(list(even.fundingMedian)).toEqual([2.5]);
    expect(list(passed([['A', table([0], [null], [1])]]).fundingMedian)).toEqual([NaN]);
  });

  it('fills the columns of each symbol', () => {
    const filled = applyCrossSection(a, section).columns;
    expect(list(filled['cs_universe_size'])).toEqual([1, 3, 2]);
    expect(list(filled['cs_coverage_frac'])).toEqual([1, 1, 2 / 3]);
    expect(list(filled['funding_pressure'])).toEqual([0, -2, NaN]);
    expect(list(filled['relative_volume'])).toEqual([1, 0, 2]);
    expect(list(applyCrossSection(c, section).columns['relative_volume'])).toEqual([70 / 30, NaN]);
    expect(Number.isNaN(a.columns.cs_universe_size[0]!)).toBe(true);
  });

  it('does not depend on the order of the symbols, nor on the stretches', () => {
    const tenths = upTo(30).map((i) => [`S${i}`, table([0], [i * 0.1], [i * 0.1 + 1e9 * (i % 3)])] as const);
    const forwards = passed(tenths as never);
    expect(passed([...tenths].reverse() as never)).toEqual(forwards);
    const pass = new CrossSections();
    const part = (one: ReturnType<typeof table>, from: number, to: number) => ({
      minute: one.minute.subarray(from, to),
      funding_rate: one.columns.funding_rate.subarray(from, to),
      volume: one.columns.volume.subarray(from, to),
    });
    pass.add('A', part(a, 0, 1));
    expect(list(pass.close().symbolsSoFar)).toEqual([1]);
    pass.add('C', part(c, 0, 2));
    pass.add('B', part(b, 0, 2));
    pass.add('A', part(a, 1, 3));
    const rest = pass.close();
    expect(list(rest.symbolsSoFar)).toEqual([3, 3, 3]);
    expect(list(rest.fundingMedian)).toEqual([4, 8, 3]);
  });

  it('refuses a symbol twice, bars of a closed stretch, and rows that were not added', () => {
    const pass = new CrossSections();
    pass.add('A', rowsOf(a));
    expect(() => {
      pass.add('A', rowsOf(a));
    }).toThrow(RangeError);
    const first = pass.close();
    expect(() => {
      pass.add('B', rowsOf(b));
    }).toThrow(/closed/);
    expect(() => applyCrossSection(c, first)).toThrow(RangeError);
  });
});

describe('across time', () => {
  function across(
    numbers: readonly number[],
    own: { close?: number[]; volume?: number[]; rv?: number[] } = {},
  ) {
    const fill = (given: number[] | undefined, usual: number): Float64Array =>
      Float64Array.from(numbers, (_, row) => given?.[row] ?? usual);
    const close = fill(own.close, 100);
    return acrossTimeColumns(hours(...numbers), {
      close,
      high: close.map((x) => x + 1),
      low: close.map((x) => x - 1),
      volume: fill(own.volume, 10),
      rv_std_sqrt60: fill(own.rv, 0.02),
    });
  }

  it('divides volume by its mean over 24 rows, this one included', () => {
    const { turnover_ratio: turnover } = across(upTo(25), { volume: [...Array<number>(24).fill(1), 25] });
    expect(turnover[22]).toBeNaN();
    expect(turnover[23]).toBe(1);
    expect(turnover[24]).toBe(25 / 2);
    expect(across(upTo(24), { volume: upTo(24).map(() => 0) }).turnover_ratio[23]).toBeNaN();
  });

  it('divides volatility by the relative true range', () => {
    const flat = across(upTo(24)).price_efficiency;
    expect(flat[22]).toBeNaN();
    expect(flat[23]).toBeCloseTo(0.02 / (2 / 100), 12);
    // A jump of 50 from close to close: the true range of its row is 51, not 2.
    const jump = across(upTo(24), { close: [...Array<number>(23).fill(100), 150] }).price_efficiency;
    expect(jump[23]).toBeCloseTo(0.02 / ((23 * 2 + 51) / 24 / 150), 12);
    const fall = across(upTo(24), { close: [...Array<number>(23).fill(100), 50] }).price_efficiency;
    expect(fall[23]).toBeCloseTo(0.02 / ((23 * 2 + 51) / 24 / 50), 12);
  });

  it('measures returns by time, not by rows', () => {
    const a = across([0, 1, 3, 24, 25, 168], { close: [100, 110, 121, 90, 220, 50] });
    expect(list(a.returns_1h).map((x) => Math.round(x * 1e9) / 1e9)).toEqual([
      NaN,
      0.1,
      NaN,
      NaN,
      1.444444444,
      NaN,
    ]);
    expect(list(a.returns_24h).map((x) => Math.round(x * 1e9) / 1e9)).toEqual([NaN, NaN, NaN, -0.1, 1, NaN]);
    expect(list(a.returns_168h)).toEqual([NaN, NaN, NaN, NaN, NaN, -0.5]);
    const day = makeRows(parseFrequency('1d'), column(T0, T0 + 86_400_000));
    const same = column(1, 2);
    const daily = acrossTimeColumns(day, {
      close: same,
      high: same,
      low: same,
      volume: same,
      rv_std_sqrt60: same,
    });
    expect([list(daily.returns_1h), list(daily.returns_24h)]).toEqual([
      [NaN, NaN],
      [NaN, 1],
    ]);
  });

  it('divides volatility by its mean over 168 rows', () => {
    const { vol_regime: regime } = across(upTo(168), { rv: [...Array<number>(167).fill(1), 169] });
    expect(regime[166]).toBeNaN();
    expect(regime[167]).toBe(169 / 2);
  });
});
