import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { measureDataset } from '../../src/exports/index.js';
import { correlatedPairs } from '../../src/exports/statistics/correlation.js';
import {
  histogram,
  quantile,
  sortedValues,
  stabilityIndex,
} from '../../src/exports/statistics/distribution.js';
import { Moments } from '../../src/exports/statistics/moments.js';
import { RowSampler } from '../../src/exports/statistics/sample.js';
import { HOUR } from '../../src/time/index.js';
import { seeded } from '../layer/sample.js';
import { hour, range, tableOf, tempFolder, writeWideTable } from './wide-fixture.js';

describe('moments', () => {
  it('agree with their definitions, and skip nulls', () => {
    const values = fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN)));
    fc.assert(
      fc.property(values, (cells) => {
        const moments = new Moments();
        for (const cell of cells) moments.add(cell);
        const there = cells.filter((cell) => !Number.isNaN(cell));
        const mean = there.reduce((sum, x) => sum + x, 0) / there.length;
        const squares = there.reduce((sum, x) => sum + (x - mean) ** 2, 0);
        expect(moments.count).toBe(there.length);
        if (there.length === 0) return;
        expect(moments.min).toBe(Math.min(...there));
        expect(moments.max).toBe(Math.max(...there));
        expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-6);
        if (there.length > 1) {
          const deviation = Math.sqrt(squares / (there.length - 1));
          expect(Math.abs(moments.deviation - deviation)).toBeLessThan(1e-6 * (1 + deviation));
        } else expect(moments.deviation).toBeNaN();
      }),
    );
  });
});

describe('distribution', () => {
  it('has quantiles between neighbours, as numpy', () => {
    const sorted = sortedValues(Float64Array.of(4, NaN, 1, 3, 2));
    expect([0, 0.1, 0.5, 1].map((share) => quantile(sorted, share))).toEqual([1, 1.3, 2.5, 4]);
    expect(quantile(new Float64Array(), 0.5)).toBeNaN();
  });

  it('counts every value once, also those beyond the ends', () => {
    const values = sortedValues(Float64Array.from(range(0, 1001), (n) => (n === 1000 ? 1e9 : n)));
    const { from, to, counts, below, above } = histogram(values, 10)!;
    expect([from, to, below, above]).toEqual([10, 990, 10, 10]);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(981);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(3);
    expect(histogram(Float64Array.of(5, 5), 3)).toMatchObject({ counts: [2, 0, 0], below: 0, above: 0 });
    expect(histogram(new Float64Array(), 3)).toBeNull();
  });

  it('drifts by the formula', () => {
    const uniform = Float64Array.from(range(0, 1000));
    expect(stabilityIndex(uniform, uniform)).toBe(0);
    // All of the later values lie in the uppermost of ten bins.
    const moved = stabilityIndex(
      uniform,
      uniform.map((x) => x + 5000),
    )!;
    expect(moved).toBeCloseTo((1 - 0.1) * Math.log(1 / 0.1) + 9 * (1e-4 - 0.1) * Math.log(1e-4 / 0.1), 6);
    // Of few values each is a bin, also where all deciles are the same one.
    const flag = (ones: number): Float64Array =>
      Float64Array.from(range(0, 200), (n) => Number(n >= 200 - ones));
    const expected = (a: number, b: number): number =>
      (b - a) * Math.log(b / a) + (a - b) * Math.log((1 - b) / (1 - a));
    expect(stabilityIndex(flag(10), flag(100))).toBeCloseTo(expected(0.05, 0.5), 12);
    expect(stabilityIndex(flag(190), flag(100))).toBeCloseTo(expected(0.95, 0.5), 12);
    // A value that most have, and many others: values equal to a cut lie below it.
    const lumped = (zeros: number): Float64Array =>
      Float64Array.from(range(0, 200), (n) => Math.max(0, n - zeros)).sort();
    expect(stabilityIndex(lumped(190), lumped(100))).toBeCloseTo(expected(191 / 200, 101 / 200), 12);
    expect(stabilityIndex(uniform.slice(0, 99), uniform)).toBeNull();
  });
});

describe('correlatedPairs', () => {
  const random = seeded(7);
  const noise = Float64Array.from(range(0, 500), () => random() - 0.5);
  const other = Float64Array.from(range(0, 500), () => random() - 0.5);
  const column = (name: string, of: (i: number) => number): { name: string; values: Float64Array } => ({
    name,
    values: Float64Array.from(range(0, 500), of),
  });

  it('finds pairs in the rows where both are there, the strongest first', () => {
    const { pairs, compared } = correlatedPairs(
      [
        column('a', (i) => noise[i]!),
        column('minus a', (i) => 1e9 - 1e6 * noise[i]!),
        column('near a', (i) => (i < 250 ? noise[i]! + 0.2 * other[i]! : NaN)),
        column('other', (i) => other[i]!),
        column('constant', () => 3),
        column('rare', (i) => (i < 50 ? noise[i]! : NaN)),
        column('elsewhere', (i) => (i < 250 ? NaN : noise[i]!)),
      ],
      0.95,
    );
    const found = pairs.map(({ a, b, rows }) => `${a}, ${b}: ${rows}`);
    expect(found.sort()).toEqual([
      'a, elsewhere: 250',
      'a, minus a: 500',
      'a, near a: 250',
      'minus a, elsewhere: 250',
      'minus a, near a: 250',
    ]);
    expect(pairs.find(({ b }) => b === 'minus a')!.correlation).toBeCloseTo(-1, 12);
    const near = pairs.find(({ a, b }) => a === 'a' && b === 'near a')!;
    expect(near.correlation).toBeCloseTo(
      pearson(
        noise.slice(0, 250),
        noise.slice(0, 250).map((x, i) => x + 0.2 * other[i]!),
      ),
      12,
    );
    const sizes = pairs.map(({ correlation }) => Math.abs(correlation));
    expect(sizes).toEqual([...sizes].sort((x, y) => y - x));
    // Five that vary make ten pairs, of which one has no row in common, and rare is too rare.
    expect(compared).toBe(9);
  });
});

function pearson(x: Float64Array, y: Float64Array): number {
  const mean = (v: Float64Array): number => v.reduce((sum, a) => sum + a, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const dot = (a: Float64Array, ma: number, b: Float64Array, mb: number): number =>
    a.reduce((sum, v, i) => sum + (v - ma) * (b[i]! - mb), 0);
  return dot(x, mx, y, my) / Math.sqrt(dot(x, mx, x, mx) * dot(y, my, y, my));
}

describe('RowSampler', () => {
  it('draws about as many as wanted, at all hours, differently for each symbol', () => {
    const sampler = new RowSampler(100_000, 10_000);
    const drawn = ['A', 'B'].map((symbol) =>
      range(0, 50_000).filter((n) => sampler.drawFrom(symbol)(hour(n))),
    );
    for (const rows of drawn) {
      expect(Math.abs(rows.length - 5000)).toBeLessThan(300);
      const hours = range(0, 24).map((h) => rows.filter((n) => n % 24 === h).length);
      expect(Math.min(...hours)).toBeGreaterThan(150);
    }
    const both = drawn[0]!.filter((n) => drawn[1]!.includes(n));
    expect(both.length).toBeLessThan(650);
    const all = new RowSampler(10, 10).drawFrom('A');
    expect(range(0, 1000).every((n) => all(hour(n)))).toBe(true);
  });
});

describe('measureDataset', () => {
  it('counts by month, column and symbol, whatever the row groups are', async () => {
    const dataDir = await tempFolder();
    const columns = {
      close: (n: number): number => n,
      feature_time: (n: number): number => hour(n + 1) + 1,
      oi_delta: (n: number): number => (n < 27 * 24 ? NaN : 1),
      is_stable: (n: number): number => n % 2,
      empty: (): number => NaN,
    };
    // January has 27 days from T0 on.
    const tables = [
      tableOf('AUSDT', range(0, 40 * 24), columns),
      tableOf('BUSDT', range(27 * 24, 27 * 24 + 100), columns),
    ];
    const request = { dataDir, market: 'um', frequency: HOUR, symbols: [], columns: null } as const;
    await writeWideTable(dataDir, tables, { groupRows: 100 });
    const statistics = await measureDataset(request);
    await writeWideTable(dataDir, tables, { groupRows: 5000 });
    const again = await measureDataset(request);
    expect({ ...again, table: { ...again.table, lock: statistics.table.lock } }).toEqual(statistics);
    expect(statistics.months.map(({ key }) => key)).toEqual(['2026-01', '2026-02']);
    expect(statistics.symbols.map(({ symbol, coverage }) => [symbol, ...coverage])).toEqual([
      ['AUSDT', 1, 1],
      ['BUSDT', 0, 100 / (13 * 24)],
    ]);
    const found = new Map(statistics.columns.map((column) => [column.column.name, column]));
    expect([...found.keys()]).toEqual(['close', 'oi_delta', 'is_stable', 'empty']);
    expect(found.get('close')).toMatchObject({ rows: 1060, nulls: 0, min: 0, max: 959, coverage: [1, 1] });
    expect(found.get('oi_delta')).toMatchObject({ nulls: 648, coverage: [0, 1], isConstant: true });
    expect(found.get('empty')).toMatchObject({
      nulls: 1060,
      histogram: null,
      isConstant: false,
      drift: null,
    });
    expect(found.get('close')!.drift).toBeGreaterThan(1);
    expect(found.get('is_stable')!.drift).toBeCloseTo(0, 6);
    expect(statistics.sampleRows).toBe(1060);
  });
});
