import { describe, expect, it } from 'vitest';
import { type TearSheet, tearSheet } from '../../src/tearsheet/tear-sheet.js';
import { HOUR, planted, ragged } from './sample.js';
import {
  naiveForward,
  naiveNeweyWest,
  naivePairs,
  naivePearson,
  naiveQuantiles,
  naiveSpearman,
} from './naive.js';

const HOURS = [
  { label: '1h', bars: 1 },
  { label: '4h', bars: 4 },
];

describe('a planted factor', () => {
  const sheet = tearSheet(planted({ symbols: 12, bars: 3000, ic: 0.3 }), HOURS, 6);
  const [hour, four] = sheet.horizons as [TearSheet['horizons'][0], TearSheet['horizons'][0]];

  it('has the coefficient that was planted, pooled, per symbol and across symbols', () => {
    expect(hour.pooled.pearson.value).toBeCloseTo(0.3, 1.7);
    // Of normal values: 6 / π × asin(ρ / 2).
    expect(hour.pooled.spearman.value).toBeCloseTo((6 / Math.PI) * Math.asin(0.15), 1.7);
    expect(hour.pooled.pearson.observations).toBe(12 * 2999);
    for (const { pearson } of hour.perSymbol) expect(Math.abs(pearson.value! - 0.3)).toBeLessThan(0.06);
    const { mean, deviation, ir, t, bars } = hour.crossSection!.pearson;
    expect(Math.abs(mean! - 0.29)).toBeLessThan(0.02);
    expect(ir).toBeCloseTo(mean! / deviation!, 12);
    expect(t).toBeGreaterThan(30);
    expect(bars).toBe(2999);
  });

  it('fades as 1 / √horizon, since only the first bar is known', () => {
    expect(Math.abs(four.pooled.pearson.value! - 0.15)).toBeLessThan(0.03);
    expect(sheet.decay).toHaveLength(6);
    expect(sheet.decay[0]!.value).toBe(hour.crossSection!.spearman.mean);
    expect(sheet.decay[0]!.value! / sheet.decay[3]!.value!).toBeGreaterThan(1.6);
  });

  it('earns more from quintile to quintile, and the top less the bottom', () => {
    const means = hour.quantiles.map(({ mean }) => mean!);
    expect(means).toEqual([...means].sort((a, b) => a - b));
    expect(hour.spread.mean).toBeCloseTo(means[4]! - means[0]!, 10);
    expect(hour.spread.t).toBeGreaterThan(20);
    expect(hour.cumulatedSpread.at(-2)!.value).toBeGreaterThan(1);
  });

  it('is forgotten at once: four of five change their quintile', () => {
    expect(sheet.persistence.map(({ bars }) => bars)).toEqual([1, 4]);
    expect(Math.abs(sheet.persistence[0]!.turnover.value! - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(sheet.persistence[0]!.rankAutocorrelation.value!)).toBeLessThan(0.03);
  });

  it('that comes a bar late says nothing', () => {
    const late = tearSheet(planted({ symbols: 12, bars: 3000, ic: 0.3, late: 1 }), HOURS, 1);
    for (const { pooled, crossSection, spread } of late.horizons) {
      expect(Math.abs(pooled.pearson.value!)).toBeLessThan(0.02);
      expect(Math.abs(crossSection!.pearson.mean!)).toBeLessThan(0.02);
      expect(Math.abs(spread.t!)).toBeLessThan(3);
    }
  });

  it('is found with one symbol too, by its own past', () => {
    const one = tearSheet(planted({ symbols: 1, bars: 4000, ic: 0.3 }), HOURS, 2);
    expect(one).toMatchObject({ quantileRule: 'own past', pastWindow: { window: 720, fewest: 100 } });
    expect(one.horizons[0]!.crossSection).toBeNull();
    const means = one.horizons[0]!.quantiles.map(({ mean }) => mean!);
    expect(means[4]! - means[0]!).toBeGreaterThan(0.006);
    expect(one.horizons[0]!.spread.t).toBeGreaterThan(10);
    expect(one.decay[0]!.value).toBe(one.horizons[0]!.pooled.spearman.value);
  });
});

describe('every number', () => {
  const panel = ragged(7, 200, 5);
  const sheet = tearSheet(panel, HOURS, 3);

  it.each([0, 1])('equals that of the naive definition, horizon %i', (i) => {
    const { horizon, pooled, perSymbol, perMonth, crossSection, quantiles, spread } = sheet.horizons[i]!;
    const all = naivePairs(panel, horizon.bars, () => true);
    expect(pooled.pearson).toEqual({
      value: expect.closeTo(naivePearson(all), 10) as number,
      observations: all.length,
    });
    expect(pooled.spearman.value).toBeCloseTo(naiveSpearman(all), 10);
    perSymbol.forEach(({ spearman }, symbol) => {
      expect(spearman.value).toBeCloseTo(
        naiveSpearman(naivePairs(panel, horizon.bars, (_, s) => s === symbol)),
        10,
      );
    });
    expect(perMonth.map(({ month }) => month)).toEqual(['2024-01', '2024-02']);
    perMonth.forEach(({ month, pearson }) => {
      const pairs = naivePairs(panel, horizon.bars, (t) =>
        new Date(panel.minute[t]!).toISOString().startsWith(month),
      );
      expect(pearson).toEqual({
        value: expect.closeTo(naivePearson(pairs), 10) as number,
        observations: pairs.length,
      });
    });
    const series = Array.from(panel.minute, (_, t) => {
      const pairs = naivePairs(panel, horizon.bars, (row) => row === t);
      return pairs.length < 5 ? NaN : naiveSpearman(pairs);
    });
    const naive = naiveNeweyWest(series, crossSection!.spearman.lags);
    expect(crossSection!.spearman.mean).toBeCloseTo(naive.mean, 10);
    expect(crossSection!.spearman.standardError).toBeCloseTo(naive.standardError, 10);
    expect(crossSection!.spearman.bars).toBe(series.filter((value) => !Number.isNaN(value)).length);

    const returns = Array.from(panel.minute, (_, t) => {
      const quintile = naiveQuantiles(panel, t);
      return [0, 1, 2, 3, 4].map((wanted) => {
        const values = quintile.flatMap((found, symbol) => {
          const value = naiveForward(panel, symbol, t, horizon.bars);
          return found === wanted && !Number.isNaN(value) ? [value] : [];
        });
        return values.length === 0 ? NaN : values.reduce((a, b) => a + b) / values.length;
      });
    });
    quantiles.forEach(({ mean, standardError, lags }, quantile) => {
      const expected = naiveNeweyWest(
        returns.map((row) => row[quantile]!),
        lags,
      );
      expect(mean).toBeCloseTo(expected.mean, 10);
      expect(standardError).toBeCloseTo(expected.standardError, 10);
    });
    const spreads = returns.map((row) => row[4]! - row[0]!);
    expect(spread.mean).toBeCloseTo(naiveNeweyWest(spreads, spread.lags).mean, 10);
  });

  it('is of bars that are there: coverage by month and symbol', () => {
    const { months, symbols } = sheet.coverage;
    expect(months).toEqual([
      { month: '2024-01', bars: 96 },
      { month: '2024-02', bars: 104 },
    ]);
    const counted = (from: number, to: number): number =>
      panel.symbols[2]!.factor.slice(from, to).filter((value) => !Number.isNaN(value)).length;
    expect(symbols[2]).toEqual({ symbol: 'R2USDT', present: [counted(0, 96), counted(96, 200)] });
  });

  it('is none where there are too few observations', () => {
    const { horizons, persistence, decay } = tearSheet(ragged(5, 25, 3), HOURS, 1);
    expect(
      horizons[0]!.perSymbol.every(({ pearson }) => pearson.value === null && pearson.observations < 30),
    ).toBe(true);
    expect(horizons[0]!.crossSection!.spearman).toMatchObject({
      mean: null,
      ir: null,
      t: null,
      positiveShare: null,
    });
    expect(horizons[0]!.quantiles.every(({ mean }) => mean === null)).toBe(true);
    expect(persistence[0]!.rankAutocorrelation.value).toBeNull();
    expect(decay[0]!.value).toBeNull();
  });

  it('keeps one point a day of long cumulated lines', () => {
    const { cumulatedSpread } = tearSheet(planted({ symbols: 5, bars: 2400, ic: 0.1 }), HOURS, 1)
      .horizons[0]!;
    expect(cumulatedSpread).toHaveLength(100);
    expect(cumulatedSpread[0]!.at).toBe(planted({ symbols: 1, bars: 1, ic: 0 }).minute[0]! + 24 * HOUR);
  });
});
