import { GlobalFonts, createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../src/plot/chart.js';
import { decimate, rangesByColumn } from '../../src/plot/decimate.js';
import { drawMark } from '../../src/plot/marks.js';
import { sceneToPng } from '../../src/plot/png.js';
import { linearScale, paddedDomain } from '../../src/plot/scale.js';
import { type PathNode, polylinePath } from '../../src/plot/scene.js';
import { textWidth } from '../../src/plot/text-width.js';
import { overlaps, sampleChart, sampleScene, sampleSeries, textBoxes } from './sample.js';

describe('a chart', () => {
  it('has no labels that touch, at any size, and nothing outside', () => {
    const sizes = fc.record({
      width: fc.integer({ min: 320, max: 2400 }),
      height: fc.integer({ min: 700, max: 1600 }),
      bars: fc.integer({ min: 2, max: 700 }),
    });
    fc.assert(
      fc.property(sizes, ({ width, height, bars }) => {
        const scene = sampleScene(bars, { width, height });
        const boxes = textBoxes(scene);
        expect(overlaps(boxes)).toEqual([]);
        for (const { left, right, top, bottom } of boxes) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(right).toBeLessThanOrEqual(width);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(bottom).toBeLessThanOrEqual(height);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has no names side by side that touch: some are left out', () => {
    const names = Array.from({ length: 40 }, (_, i) => `2024-${String(i + 10)}`);
    const scene = sampleScene(5, { x: { kind: 'band', names, label: 'months' }, width: 400 });
    const boxes = textBoxes(scene);
    expect(overlaps(boxes)).toEqual([]);
    expect(boxes.filter(({ text }) => names.includes(text)).length).toBeGreaterThan(3);
  });

  it('writes no number that is none, with gaps, one bar, or none', () => {
    for (const series of [
      sampleSeries(1),
      sampleSeries(50, 3_600_000, [10, 20]),
      sampleSeries(30, 60_000, [0, 30]),
    ]) {
      const { scene } = drawChart(sampleChart(series));
      for (const node of scene.nodes) {
        if (node.kind === 'path') expect(node.d).not.toMatch(/NaN|Infinity|undefined/);
        else expect(Number.isFinite(node.x + node.y)).toBe(true);
      }
    }
  });

  it('breaks lines and leaves out candles where bars have no value', () => {
    const moves = (gap: readonly [number, number]): number[] =>
      drawChart(sampleChart(sampleSeries(100, 3_600_000, gap)))
        .scene.nodes.filter((node): node is PathNode => node.kind === 'path' && node.stroke === 'c1')
        .map(({ d }) => d.match(/M/g)!.length);
    expect(moves([0, 0])).toEqual([1]);
    expect(moves([40, 50])).toEqual([2]);
    const candles = (gap: readonly [number, number]): number =>
      drawChart(sampleChart(sampleSeries(100, 3_600_000, gap), {}, 'price'))
        .scene.nodes.filter((node): node is PathNode => node.kind === 'path' && node.fill !== undefined)
        .reduce((sum, { d }) => sum + (d.match(/M/g)?.length ?? 0), 0);
    expect(candles([0, 0])).toBe(100);
    expect(candles([40, 50])).toBe(90);
  });

  it('draws taker buys above and sells below zero', () => {
    const { scene } = drawChart(sampleChart(sampleSeries(20), {}, 'volume'));
    const bars = scene.nodes.filter(
      (node): node is PathNode => node.kind === 'path' && node.fill !== undefined,
    );
    const tops = (role: string): number[] =>
      [
        ...bars
          .filter(({ fill }) => fill === role)
          .at(-1)!
          .d.matchAll(/M[\d.]+ ([\d.]+)/g),
      ].map((found) => Number(found[1]));
    expect(Math.max(...tops('up'))).toBeLessThan(Math.min(...tops('down')));
    expect(new Set(tops('down')).size).toBe(1);
  });

  it('becomes a band with a line when candles are too narrow, and stays small with a million bars', () => {
    const narrow = drawChart(sampleChart(sampleSeries(900), {}, 'price')).scene;
    expect(narrow.nodes.some((node) => node.kind === 'path' && node.opacity !== undefined)).toBe(true);
    const many = drawChart(sampleChart(sampleSeries(300_000, 60_000))).scene;
    const length = many.nodes.reduce((sum, node) => sum + (node.kind === 'path' ? node.d.length : 0), 0);
    expect(length).toBeLessThan(1_000_000);
  });
});

describe('decimation', () => {
  it('keeps smallest and largest of every column of pixels', () => {
    const values = fc.array(fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.constant(NaN)), {
      minLength: 400,
    });
    fc.assert(
      fc.property(values, (y) => {
        const x = y.map((_, i) => (i * 20) / y.length);
        const thin = decimate({ x, y }, 20);
        const extremes = (xs: ArrayLike<number>, ys: ArrayLike<number>): unknown =>
          rangesByColumn(xs, ys, ys).filter(({ x: column }) => !Number.isNaN(column));
        expect(extremes(thin.x, thin.y)).toEqual(extremes(x, y));
        expect(thin.x.length).toBeLessThanOrEqual(20 * 5);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a gap of a column and more', () => {
    const x = Array.from({ length: 1000 }, (_, i) => i / 10);
    const y = x.map((at) => (at >= 40 && at < 42 ? NaN : 1));
    const { x: thinX, y: thinY } = decimate({ x, y }, 100);
    expect(polylinePath(thinX, thinY).match(/M/g)).toHaveLength(2);
  });

  it('keeps the peaks of bars that are narrower than a pixel', () => {
    const x = Float64Array.from({ length: 10_000 }, (_, i) => i);
    const y = new Float64Array(10_000);
    y[5003] = 10;
    const [node] = drawMark(
      { kind: 'bars', x, y, role: 'up', span: 1 },
      linearScale(0, 10_000, 0, 100),
      linearScale(0, 10, 100, 0),
    );
    expect((node as PathNode).d).toBe('M50 0h1v100h-1z');
  });
});

describe('scales', () => {
  it('have 0 in sight when they are anchored, and room for equal values', () => {
    expect(paddedDomain([5, 10], true)[0]).toBe(0);
    expect(paddedDomain([-10, -5], true)[1]).toBe(0);
    for (const value of [0, 3, -3]) {
      for (const anchored of [true, false]) {
        const [low, high] = paddedDomain([value, value], anchored);
        expect(low).toBeLessThan(high);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
  });
});

describe('widths of text', () => {
  it('are those of the font, within 12 %', () => {
    sceneToPng(sampleScene(3), 'light', 1);
    expect(GlobalFonts.has('tapemill-plot')).toBe(true);
    const context = createCanvas(10, 10).getContext('2d');
    for (const text of [
      '42,500',
      '−1.50M',
      '12 Jan 2024',
      '06:00',
      'imbalance_ratio_quote',
      'Open interest',
      'taker buy ↑',
    ]) {
      for (const bold of [false, true]) {
        context.font = `${bold ? 'bold ' : ''}20px tapemill-plot`;
        const measured = context.measureText(text).width;
        expect(Math.abs(textWidth(text, 20, bold) / measured - 1), text).toBeLessThan(0.12);
      }
    }
  });
});
