import { describe, expect, it } from 'vitest';
import { quantileOfSorted, toQuantile } from '../../src/factors/liquidations/quantile.js';
import { rollingBreakouts, rollingRank } from '../../src/factors/liquidations/rolling-order.js';
import { rollingZ } from '../../src/factors/liquidations/rolling-z.js';
import { shapeOf } from '../../src/factors/liquidations/shape.js';
import { WindowMean } from '../../src/factors/liquidations/window-mean.js';
import { seeded } from '../layer/sample.js';
import { breakout, rank, z } from './reference.js';

/** Computed with pandas 1.5.3. */
const SERIES = Float64Array.of(4, 8, 8, 1, 0, 0, 3, 8, 2, 5);

function expectClose(
  got: Float64Array,
  want: readonly (number | null | undefined)[],
  tolerance = 1e-12,
): void {
  want.forEach((cell, row) => {
    if (cell === undefined) return;
    const value = got[row]!;
    const same =
      cell === null ? Number.isNaN(value) : Math.abs(value - cell) <= tolerance * Math.max(1, Math.abs(cell));
    if (!same) expect(`[${row}] ${value}`).toBe(`[${row}] ${cell}`);
  });
}

describe('skewness and kurtosis', () => {
  it('are those of pandas', () => {
    const few = shapeOf(Float64Array.of(3.1, 0.2, 5.5, 1.7, 9.3, 2.2, 0.9));
    expect(few.skew).toBeCloseTo(1.3479092519414784, 12);
    expect(few.kurt).toBeCloseTo(1.4733654662538553, 12);
    const spike = shapeOf(Float64Array.of(1, 2, 3, 4, 100));
    expect(spike.skew).toBeCloseTo(2.2323959116364573, 12);
    expect(spike.kurt).toBeCloseTo(4.986865957200655, 12);
    const minutes = new Float64Array(60);
    minutes[13] = 100;
    minutes[54] = 50;
    expect(shapeOf(minutes).kurt).toBeCloseTo(39.25390583483898, 10);
  });

  it('do not suffer from a large mean', () => {
    const offset = shapeOf(Float64Array.of(1e15 + 1, 1e15 + 2, 1e15 + 3, 1e15 + 4, 1e15 + 10));
    expect(offset.skew).toBeCloseTo(1.6970562748477143, 12);
    expect(offset.kurt).toBeCloseTo(3.152, 12);
  });

  it('are null for fewer than five values, and for equal ones', () => {
    expect(shapeOf(Float64Array.of(1, 2, 3, 9))).toEqual({ skew: NaN, kurt: NaN });
    expect(shapeOf(new Float64Array(7).fill(0.1))).toEqual({ skew: NaN, kurt: NaN });
    expect(shapeOf(Float64Array.of(1, 1, 1, 1, 1 + 2 ** -52)).skew).toBeCloseTo(Math.sqrt(5), 12);
  });
});

describe('rolling', () => {
  it('z, rank and breakout are those of pandas', () => {
    expectClose(rollingZ(SERIES, 4, 3), [
      null,
      null,
      0.7071067811865475,
      -2.45373864405591,
      -1.5425616366543342,
      -0.9771621231801679,
      0.19418933340094638,
      4.949747468305833,
      -0.19867985355975656,
      0.5141872122181114,
    ]);
    expectClose(rollingRank(SERIES, 4), [null, 1, 0.8333333333333334, 0.25, 0.25, 0.375, 1, 1, 0.5, 0.75]);
    expectClose(rollingBreakouts(SERIES, 4, [toQuantile(0.9)!])[0]!, [
      null,
      2,
      1.0526315789473684,
      0.125,
      0,
      0,
      0.5084745762711863,
      3.333333333333333,
      0.30769230769230765,
      0.7692307692307692,
    ]);
  });

  it('are as exact as a computation of each window by itself, spikes, gaps, ties and long windows included', () => {
    const random = seeded(11);
    const kinds: (() => number)[] = [
      () => (random() < 0.01 ? 1e15 * random() : random()),
      () => 1e12 + random(),
      () => Math.floor(random() * 3),
      () => (random() < 0.2 ? NaN : random() - 0.5),
      () => (random() < 0.9 ? 0 : Math.exp(random() * 20)),
    ];
    for (const kind of kinds) {
      const column = Float64Array.from({ length: 800 }, kind);
      const cells = Array.from(column, (x) => (Number.isNaN(x) ? null : x));
      for (const window of [1, 2, 5, 96, 397, 2000]) {
        expectClose(rollingZ(column, window, 12345), z(cells, window), 1e-9);
        expectClose(rollingRank(column, window), rank(cells, window));
        const absolute = column.map(Math.abs);
        const levels = cells.map((cell) => (cell === null ? null : Math.abs(cell)));
        expectClose(
          rollingBreakouts(absolute, window, [toQuantile(0.95)!])[0]!,
          breakout(levels, window, 0.95, 0),
        );
      }
    }
  });

  it('z is null, not noise, when a spike has left a window of equal numbers', () => {
    const column = new Float64Array(40).fill(0.1);
    column[3] = 1e15;
    for (const firstRow of [0, 1, 2, 3, 4]) {
      const got = rollingZ(column, 5, firstRow);
      expect([...got.subarray(9)]).toEqual(new Array<number>(31).fill(NaN));
      expect(got[8]).not.toBeNaN();
    }
  });

  it('z has the same bits wherever the column begins', () => {
    const random = seeded(2);
    const column = Float64Array.from({ length: 200 }, () => Math.exp(random() * 9));
    const whole = rollingZ(column, 24, 1000);
    for (const skipped of [1, 5, 23, 24, 60]) {
      const late = rollingZ(column.subarray(skipped), 24, 1000 + skipped);
      expect(late.subarray(24)).toEqual(whole.subarray(skipped + 24));
    }
  });

  it('means are exact, and nothing of what has left them remains', () => {
    for (const value of [0.1, 0.7, 1 / 3, 13499.03324]) {
      const window = new WindowMean();
      window.add(1e18);
      for (let count = 1; count <= 1000; count++) {
        window.add(value);
        if (count === 1) window.remove(1e18);
        expect(window.mean()).toBe(value);
      }
    }
    expect(new WindowMean().mean()).toBeNaN();
  });
});

describe('quantiles', () => {
  it('are linear between neighbours, and read as decimals', () => {
    const sorted = Float64Array.from({ length: 101 }, (_, i) => i * i);
    expect(quantileOfSorted(sorted, 101, toQuantile(0.29)!)).toBe(29 * 29);
    expect(quantileOfSorted(sorted, 101, toQuantile(0.295)!)).toBe((29 * 29 + 30 * 30) / 2);
    expect(quantileOfSorted(sorted, 3, toQuantile(0)!)).toBe(0);
    expect(quantileOfSorted(sorted, 3, toQuantile(1)!)).toBe(4);
    expect(quantileOfSorted(sorted, 1, toQuantile(0.5)!)).toBe(0);
  });

  it('are named by their percentage', () => {
    const labels = [0, 0.05, 0.29, 0.9, 0.95, 0.99, 0.995, 0.12345678, 1].map((q) => toQuantile(q)?.label);
    expect(labels).toEqual(['0', '5', '29', '90', '95', '99', '99.5', '12.345678', '100']);
    expect([1.1, -0.1, NaN, 1 / 3].map(toQuantile)).toEqual([null, null, null, null]);
  });
});
