import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOfJoin, barEnds, cutSource, sourceColumns, thinSource } from '../../src/dataset/index.js';
import { parseSource } from '../../src/sources/index.js';
import { HOUR_MS, MINUTE_MS } from '../../src/time/index.js';
import { METRICS_HEADER } from '../sources/fixture.js';
import { column, hour, hours, randomSource, T0 } from './sample.js';

const join = (availableAt: number[], a: (number | null)[], ends: number[], maxAgeMs = Infinity) =>
  asOfJoin(
    Float64Array.from(ends),
    { availableAt: Float64Array.from(availableAt), columns: { a: column(...a) } },
    { maxAgeMs },
  );

describe('the as-of join', () => {
  it('takes the latest value known at the end, the end included and nothing later', () => {
    const { columns, ageSeconds } = join([10, 20, 30], [1, 2, 3], [9, 10, 19, 20, 29, 31]);
    expect([...columns.a]).toEqual([NaN, 1, 1, 2, 2, 3]);
    expect([...ageSeconds]).toEqual([NaN, 0, 0.009, 0, 0.009, 0.001]);
  });

  it('is null past the maximum age, which itself is not past', () => {
    const { columns, ageSeconds } = join([10], [1], [15, 20, 21], 10);
    expect([...columns.a]).toEqual([1, 1, NaN]);
    expect([...ageSeconds]).toEqual([0.005, 0.01, NaN]);
  });

  it('passes over blank cells, and keeps a 0', () => {
    expect([...join([10, 20, 30], [1, null, 0], [20, 30]).columns.a]).toEqual([1, 0]);
  });

  it('gives each column its own latest value, and the age of the oldest shown', () => {
    const { columns, ageSeconds } = asOfJoin(
      column(3000, 5000),
      { availableAt: column(1000, 2000), columns: { a: column(1, 2), b: column(5, null) } },
      { maxAgeMs: 3000 },
    );
    expect([[...columns.a], [...columns.b]]).toEqual([
      [2, 2],
      [5, NaN],
    ]);
    expect([...ageSeconds]).toEqual([2, 3]);
    const reversed = { availableAt: column(1000, 2000), columns: { b: column(5, null), a: column(1, 2) } };
    expect([...asOfJoin(column(3000, 5000), reversed, { maxAgeMs: 3000 }).ageSeconds]).toEqual([2, 3]);
  });

  it('goes by when rows became known, whatever their order; the last of those of one moment counts', () => {
    expect([...join([30, 10, 20], [3, 1, 2], [15, 25, 35]).columns.a]).toEqual([1, 2, 3]);
    expect([...join([10, 10], [1, 2], [10]).columns.a]).toEqual([2]);
    expect([...join([20, 10, 10], [3, 1, 2], [10, 20]).columns.a]).toEqual([2, 3]);
  });

  it('has nothing of an empty source', () => {
    const { columns, ageSeconds } = join([], [], [1, 2]);
    expect([[...columns.a], [...ageSeconds]]).toEqual([
      [NaN, NaN],
      [NaN, NaN],
    ]);
  });

  it('refuses ends that do not ascend', () => {
    expect(() => join([1], [1], [2, 2])).toThrow(RangeError);
  });

  it('thins a source that is in no order, too', () => {
    const source = { availableAt: column(30, 10, 25, 20), columns: { a: column(3, 1, null, 2) } };
    expect(thinSource(source, 20)).toEqual({ availableAt: column(30, 20), columns: { a: column(3, 2) } });
  });

  it('gives the same from a source thinned to the bars, and from one cut at the end', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, rows) => {
        const source = randomSource(seed, ['a', 'b'], T0, hour(rows), 7 * MINUTE_MS);
        const ends = barEnds(hours(...Array.from({ length: rows }, (_, i) => i)));
        const whole = asOfJoin(ends, source, { maxAgeMs: 3 * HOUR_MS });
        const thin = thinSource(source, HOUR_MS);
        expect(thin.availableAt.length).toBeLessThanOrEqual(2 * (rows + 1));
        expect(asOfJoin(ends, thin, { maxAgeMs: 3 * HOUR_MS })).toEqual(whole);
        const cut = asOfJoin(ends.subarray(-1), cutSource(source, ends.at(-1)!), { maxAgeMs: 3 * HOUR_MS });
        expect(cut.columns.a).toEqual(whole.columns.a.subarray(-1));
      }),
      { numRuns: 100 },
    );
  });
});

describe('metrics around the change of their stamps', () => {
  const known = (market: 'um' | 'cm', period: string, stamp: string) => {
    const csv = `${METRICS_HEADER}\n${stamp},XYZUSD,1,1,1,1,1,1\n`;
    const { table } = parseSource(Buffer.from(csv), {
      market,
      dataType: 'metrics',
      symbol: 'XYZUSD',
      period,
    });
    return new Date(sourceColumns(table, ['sum_open_interest']).availableAt[0]!).toISOString().slice(0, 16);
  };
  it('are joined from the end of their 5 minutes on', () => {
    expect(known('um', '2026-06-24', '2026-06-24 10:00:01')).toBe('2026-06-24T10:00');
    expect(known('um', '2026-06-25', '2026-06-25 10:00:00')).toBe('2026-06-25T10:05');
    expect(known('cm', '2026-06-24', '2026-06-24 10:00:00')).toBe('2026-06-24T10:05');
  });
  it('need the columns that are asked for', () => {
    expect(() => sourceColumns({ columns: { available_at: column(1) } }, ['a'])).toThrow(RangeError);
  });
});
