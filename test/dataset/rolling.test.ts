import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileBefore, rollingMean, rollingZ } from '../../src/dataset/index.js';
import { correlation, moments, quantileLinear, trendOf } from '../../src/dataset/statistics.js';
import { column } from './sample.js';

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);
const anyColumn = fc.array(cell, { maxLength: 60 }).map((values) => Float64Array.from(values));
const anyWindow = fc.integer({ min: 1, max: 20 });

const there = (values: Float64Array, from: number, to: number): number[] =>
  [...values.subarray(Math.max(0, from), to)].filter((x) => !Number.isNaN(x));
const plainMean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('rolling statistics', () => {
  it('are those of their window', () => {
    fc.assert(
      fc.property(anyColumn, anyWindow, anyWindow, (values, window, least) => {
        const fewest = Math.min(window, least);
        const means = rollingMean(values, window, fewest);
        const zs = rollingZ(values, window, fewest);
        const caps = quantileBefore(values, 0.5, window, fewest);
        values.forEach((x, row) => {
          const own = there(values, row + 1 - window, row + 1);
          const before = there(values, row - window, row).sort((a, b) => a - b);
          if (own.length < fewest) expect(means[row]).toBeNaN();
          else expect(means[row]).toBeCloseTo(plainMean(own), 9);
          const mean = plainMean(own);
          const spread = Math.sqrt(own.reduce((sum, y) => sum + (y - mean) ** 2, 0) / (own.length - 1));
          const isJudged = own.length >= Math.max(2, fewest) && new Set(own).size > 1 && !Number.isNaN(x);
          if (!isJudged) expect(zs[row]).toBeNaN();
          else if (spread > 1e-6) expect(zs[row]).toBeCloseTo((x - mean) / spread, 6);
          if (before.length < fewest) expect(caps[row]).toBeNaN();
          else {
            const middle = (before.length - 1) / 2;
            const median = (before[Math.floor(middle)]! + before[Math.ceil(middle)]!) / 2;
            expect(caps[row]).toBeCloseTo(median, 9);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('depend on their window alone: neither on where the table starts nor on where it ends', () => {
    fc.assert(
      fc.property(anyColumn, anyWindow, fc.nat(), (values, window, place) => {
        const cut = place % (values.length + 1);
        for (const roll of [
          (x: Float64Array) => rollingMean(x, window, 1),
          (x: Float64Array) => rollingZ(x, window, 2),
          (x: Float64Array) => quantileBefore(x, 0.9, window, 1),
        ]) {
          const whole = roll(values);
          expect(roll(values.slice(0, cut))).toEqual(whole.subarray(0, cut));
          const late = roll(values.slice(cut));
          expect(late.subarray(window)).toEqual(whole.subarray(cut + window));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('have no trace of a spike that has left, and no spread where all are equal', () => {
    const values = column(1e17, ...Array<number>(10).fill(0.1), 0.3);
    expect(rollingMean(values, 5)[8]).toBe(0.1);
    expect(rollingZ(values, 5)[8]).toBeNaN();
    expect(rollingZ(values, 5)[11]).toBeCloseTo(4 / Math.sqrt(5), 12);
  });

  it('need their full window unless told otherwise', () => {
    expect([...rollingMean(column(1, 2, 3), 3)]).toEqual([NaN, NaN, 2]);
    expect([...rollingMean(column(1, null, 3), 3)]).toEqual([NaN, NaN, NaN]);
    expect([...quantileBefore(column(1, 2, 3, 4), 0.5, 2)]).toEqual([NaN, NaN, 1.5, 2.5]);
  });

  it('refuse what is no quantile', () => {
    expect(() => quantileBefore(column(1), 1.5, 2)).toThrow(RangeError);
  });
});

describe('statistics of minutes', () => {
  it('are exact far from 0', () => {
    const far = Float64Array.from([4, 7, 13, 16], (x) => x + 1e9);
    expect(moments(far).variance).toBe(22.5);
    expect(moments(far).mean).toBe(1e9 + 10);
    expect(moments(new Float64Array(7).fill(0.1)).variance).toBe(0);
    expect(trendOf(Float64Array.from([1, 2, 3], (x) => x + 1e9))).toEqual({ slope: 1, r2: 1 });
  });
  it('are between neighbours where a quantile falls between them', () => {
    expect(quantileLinear(column(3, 1, 2, 4), 0.5)).toBe(2.5);
    expect(quantileLinear(column(7), 0.8)).toBe(7);
    expect(quantileLinear(column(10, -2), 0)).toBe(-2);
    expect(quantileLinear(column(10, -2), 1)).toBe(10);
  });
  it('correlate within −1 and 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 30 }),
        (values) => {
          const x = Float64Array.from(values);
          const r = correlation(
            x,
            x.map((v) => -v),
            3,
          );
          expect(Number.isNaN(r) || (r >= -1 && r <= -0.999)).toBe(true);
        },
      ),
    );
  });
});
