import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '../../src/tearsheet/correlation.js';
import { distributionOf } from '../../src/tearsheet/distribution.js';
import { lagsFor, meanOverTime } from '../../src/tearsheet/estimate.js';
import { parseHorizons } from '../../src/tearsheet/horizons.js';
import { forwardReturns } from '../../src/tearsheet/panel.js';
import { rankAutocorrelation, turnover } from '../../src/tearsheet/persistence.js';
import { cumulatedSpread, returnsByQuantile, spreadSeries } from '../../src/tearsheet/quantile-returns.js';
import { quantilesAcross, quantilesOfPast } from '../../src/tearsheet/quantiles.js';
import { averageRanks } from '../../src/tearsheet/ranks.js';
import { HOUR as frequencyMs, gaussian } from './sample.js';
import { naiveNeweyWest, naivePearson, naiveRank, naiveSpearman } from './naive.js';

const of = (...values: number[]): Float64Array => Float64Array.of(...values);

describe('correlation', () => {
  it('is what one computes by hand', () => {
    // Deviations −2 −1 0 1 2 and −2 0 −1 1 2: 9 / 10.
    expect(pearson(of(1, 2, 3, 4, 5), of(10, 30, 20, 40, 50))).toBeCloseTo(0.9, 14);
    expect(spearman(of(1, 2, 3, 4, 5), of(10, 300, 20, 4000, 50_000))).toBeCloseTo(0.9, 14);
    expect([...averageRanks(of(3, 1, 3, 2, -0, 0))]).toEqual([5.5, 3, 5.5, 4, 1.5, 1.5]);
  });

  it('is none where a side does not vary', () => {
    expect(pearson(of(0.1, 0.1, 0.1), of(1, 2, 3))).toBeNaN();
    expect(spearman(of(1, 2, 3), of(7, 7, 7))).toBeNaN();
    expect(pearson(of(1), of(2))).toBeNaN();
  });

  it('equals the naive one', () => {
    const value = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }), (pairs) => {
        const [x, y] = [Float64Array.from(pairs, ([a]) => a), Float64Array.from(pairs, ([, b]) => b)];
        const expected = [naivePearson(pairs), naiveSpearman(pairs)];
        [pearson(x, y), spearman(x, y)].forEach((found, i) => {
          if (Number.isNaN(expected[i])) expect(found).toBeNaN();
          else expect(found).toBeCloseTo(expected[i]!, 10);
        });
        expect([...averageRanks(x)]).toEqual(pairs.map(([a]) => naiveRank(a, [...x])));
      }),
    );
  });
});

describe('mean over time', () => {
  it('equals the naive standard error, gaps included', () => {
    const normal = gaussian(3);
    const series = Array.from({ length: 400 }, (_, t) => (t % 7 === 3 ? NaN : 0.2 + normal()));
    for (const horizon of [1, 4, 24]) {
      const { mean, standardError, t, lags, bars } = meanOverTime(Float64Array.from(series), horizon);
      const naive = naiveNeweyWest(series, lags);
      expect(mean).toBeCloseTo(naive.mean, 12);
      expect(standardError).toBeCloseTo(naive.standardError, 12);
      expect(t).toBeCloseTo(naive.mean / naive.standardError, 9);
      expect(bars).toBe(343);
    }
  });

  it('sees that overlapping values are no independent ones', () => {
    const normal = gaussian(5);
    const horizon = 24;
    let covered = 0;
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const steps = Float64Array.from({ length: 1500 }, normal);
      const sums = Float64Array.from({ length: 1476 }, (_, t) =>
        steps.slice(t, t + horizon).reduce((a, b) => a + b, 0),
      );
      if (Math.abs(meanOverTime(sums, horizon).t!) < 1.96) covered++;
    }
    // 95 % in theory; taken as independent it would be far less.
    expect(covered / rounds).toBeGreaterThan(0.83);
  });

  it('has as many lags as values overlap, or as the number of bars asks for', () => {
    expect([lagsFor(24, 100), lagsFor(1, 100), lagsFor(4, 10_000), lagsFor(1, 30)]).toEqual([23, 4, 11, 3]);
  });

  it('says too few below 30 bars, and below 10 horizons for the standard error', () => {
    expect(meanOverTime(new Float64Array(29).fill(1), 1)).toMatchObject({ mean: null, t: null, bars: 29 });
    const alternating = Float64Array.from({ length: 239 }, (_, t) => t % 3);
    expect(meanOverTime(alternating, 24)).toMatchObject({ standardError: null, t: null, bars: 239 });
    expect(meanOverTime(alternating, 24).mean).not.toBeNull();
    expect(meanOverTime(new Float64Array(100).fill(0.1), 1).t).toBeNull();
  });
});

describe('forward returns', () => {
  it('are by time, and null when either close is', () => {
    const [a, b, c, d] = forwardReturns(of(100, 110, NaN, 121), 1);
    expect(a).toBeCloseTo(Math.log(1.1), 14);
    expect([b, c, d]).toEqual([NaN, NaN, NaN]);
    expect(forwardReturns(of(100, NaN, 121), 2)[0]).toBeCloseTo(Math.log(1.21), 14);
  });
});

describe('quintiles', () => {
  it('are made across the symbols of a bar', () => {
    const at = (...values: number[]): number[] =>
      quantilesAcross(
        values.map((value) => of(value)),
        1,
      ).map((column) => column[0]!);
    expect(at(5, 1, 4, 2, 3)).toEqual([4, 0, 3, 1, 2]);
    expect(at(5, 1, 4, NaN, 3)).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect(at(7, 7, 7, 7, 7)).toEqual([2, 2, 2, 2, 2]);
    expect(at(1, 2, 3, 4, 5, 6, 7, 8, 9, NaN, 10)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, NaN, 4]);
  });

  it('of the own past know nothing of the bar or of what follows', () => {
    const past = { window: 100, fewest: 100 };
    const factor = Float64Array.from({ length: 140 }, (_, t) => (t * 37) % 100);
    factor[100] = 10;
    factor[101] = 95;
    factor[102] = NaN;
    const quantiles = quantilesOfPast(factor, past);
    expect(quantiles.slice(0, 100).every(Number.isNaN)).toBe(true);
    expect([...quantiles.slice(100, 103)]).toEqual([0, 4, NaN]);
    for (const cut of [101, 103, 120]) {
      const changed = factor.map((value, t) => (t > cut ? -1e9 : value));
      expect([...quantilesOfPast(changed, past).slice(0, cut + 1)]).toEqual([...quantiles.slice(0, cut + 1)]);
    }
    // Its own value moves no threshold either.
    expect(quantilesOfPast(factor.with(101, 1e9), past)[101]).toBe(4);
  });

  it('of the own past put a value on a threshold below it', () => {
    const factor = Float64Array.from({ length: 102 }, (_, t) => (t < 101 ? t : 80));
    expect(quantilesOfPast(factor, { window: 101, fewest: 101 })[101]).toBe(3);
    expect(quantilesOfPast(factor.with(101, 80.001), { window: 101, fewest: 101 })[101]).toBe(4);
  });

  it('earn the mean of their symbols, and the top less the bottom', () => {
    const quantiles = [of(0, 4), of(4, NaN), of(4, 0), of(2, 0)];
    const forward = [of(1, 8), of(10, 1), of(20, NaN), of(5, 2)];
    const { series, observations } = returnsByQuantile(quantiles, forward, 2);
    expect(series.map((values) => [...values])).toEqual([
      [1, 2],
      [NaN, NaN],
      [5, NaN],
      [NaN, NaN],
      [15, 8],
    ]);
    expect(observations).toEqual([2, 0, 1, 0, 3]);
    expect([...spreadSeries('cross-section', quantiles, forward, 2)]).toEqual([14, 6]);
    expect([...spreadSeries('own past', quantiles, forward, 2)]).toEqual([(10 + 20 - 1) / 4, (8 - 2) / 2]);
    expect([...cumulatedSpread(of(2, NaN, 4), 2)]).toEqual([1, NaN, 3]);
  });
});

describe('persistence', () => {
  it('counts values in another quintile some bars later', () => {
    const column = Float64Array.from({ length: 61 }, (_, t) => (t % 3 === 0 ? 0 : 4));
    expect(turnover([column], 1)).toEqual({ value: 40 / 60, observations: 60 });
    expect(turnover([column], 3)).toEqual({ value: 0, observations: 58 });
    expect(turnover([column.slice(0, 20)], 1)).toEqual({ value: null, observations: 19 });
  });

  it('is 1 for a factor that never changes its order, and −1 for one that turns it over', () => {
    const columns = (turn: boolean): Float64Array[] =>
      [1, 2, 3, 4, 5].map((n) =>
        Float64Array.from({ length: 40 }, (_, t) => (turn && t % 2 ? -n : n) * (t + 1)),
      );
    const same = rankAutocorrelation(columns(false), 1);
    expect(same.value).toBeCloseTo(1, 12);
    expect(same.observations).toBe(39);
    expect(rankAutocorrelation(columns(true), 1).value).toBeCloseTo(-1, 12);
    expect(rankAutocorrelation(columns(true).slice(0, 1), 2).value).toBeCloseTo(1, 12);
  });
});

describe('distribution', () => {
  it('has moments, quantiles and every value in a bin or beside them', () => {
    const one = distributionOf([of(0, 1, NaN), of(2, 3, 4)]);
    expect(one).toMatchObject({ observations: 5, zeros: 1, mean: 2, skewness: 0 });
    expect(one.deviation).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(one.excessKurtosis).toBeCloseTo(34 / 5 / 4 - 3, 14);
    expect(one.quantiles.map(({ value }) => value)).toEqual([0, 0.04, 0.2, 1, 2, 3, 3.8, 3.96, 4]);
    const { counts, below, above } = one.histogram!;
    expect([counts.reduce((a, b) => a + b, 0), below, above]).toEqual([3, 1, 1]);
    expect(distributionOf([of(1, 1)]).histogram).toBeNull();
    expect(distributionOf([of(NaN)])).toMatchObject({ observations: 0, mean: null });
  });
});

describe('horizons', () => {
  const hour = { label: '1h', lengthMs: frequencyMs, minutes: 60 };
  it('are whole bars, each once, the shortest first', () => {
    expect(parseHorizons('24h, 1h,1d,60m', hour)).toEqual([
      { label: '60m', bars: 1 },
      { label: '1d', bars: 24 },
    ]);
    for (const text of ['30m', '', '0h', '1w', '1.5h', '1h,,2h']) {
      expect(() => parseHorizons(text, hour)).toThrow(expect.objectContaining({ code: 'E_USAGE' }) as Error);
    }
  });
});
