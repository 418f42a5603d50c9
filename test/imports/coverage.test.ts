import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipSpans, coveredSpans, uncovered } from '../../src/imports/index.js';

const span = (startUs: number, endUs: number, lowerBound = true) => ({ startUs, endUs, lowerBound });

test('spans of one kind are joined, those of another are not', () => {
  expect(coveredSpans([span(5, 9), span(0, 5), span(9, 12, false), span(20, 20)])).toEqual([
    span(0, 9),
    span(9, 12, false),
  ]);
  expect(coveredSpans([{ startUs: null, endUs: null, lowerBound: true }])).toEqual([]);
});

test('where files overlap, the one that shows all counts', () => {
  expect(coveredSpans([span(0, 10), span(4, 6, false)])).toEqual([
    span(0, 4),
    span(4, 6, false),
    span(6, 10),
  ]);
});

test('clipped, and what is left over', () => {
  const spans = [span(0, 10), span(20, 30)];
  expect(clipSpans(spans, { startUs: 5, endUs: 20 })).toEqual([span(5, 10)]);
  expect(uncovered(spans, { startUs: 5, endUs: 40 })).toEqual([
    { startUs: 10, endUs: 20 },
    { startUs: 30, endUs: 40 },
  ]);
  expect(uncovered(spans, { startUs: 2, endUs: 8 })).toEqual([]);
});

test('covered and uncovered are every instant, once', () => {
  const anySpan = fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 8 }), fc.boolean())
    .map(([start, length, lowerBound]) => span(start, start + length, lowerBound));
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 6 }), (spans) => {
      const covered = coveredSpans(spans);
      const holes = uncovered(covered, { startUs: 0, endUs: 30 });
      for (let t = 0; t < 30; t++) {
        const isIn = (one: { startUs: number; endUs: number }): boolean => one.startUs <= t && t < one.endUs;
        const here = spans.filter(isIn);
        expect(covered.filter(isIn)).toHaveLength(here.length > 0 ? 1 : 0);
        expect(holes.filter(isIn)).toHaveLength(here.length > 0 ? 0 : 1);
        expect(covered.find(isIn)?.lowerBound).toBe(
          here.length === 0 ? undefined : here.every((one) => one.lowerBound),
        );
      }
    }),
  );
});
