import { describe, expect, it } from 'vitest';
import {
  type AsOfSource,
  asOfJoin,
  checkLeaks,
  compareCut,
  cutSource,
  rollingMean,
} from '../../src/dataset/index.js';
import { type FactorTable, makeTable } from '../../src/factors/index.js';
import { HOUR_MS, MINUTE_MS } from '../../src/time/index.js';
import { seeded } from '../layer/sample.js';
import { hour } from './sample.js';

const ROWS = 60;
const random = seeded(11);
const VALUES = Float64Array.from({ length: ROWS }, (_, row) => (row % 7 === 3 ? NaN : random()));
const options = { lengthMs: HOUR_MS };
const cuts = [hour(10), hour(25), hour(40) + 30 * MINUTE_MS];

/** A table of one column, made of the rows that have ended by the cut. */
function builder(compute: (x: Float64Array) => Float64Array): (cutMs: number) => FactorTable {
  return (cutMs) => {
    const known = Math.min(ROWS, Math.floor((cutMs - hour(0)) / HOUR_MS));
    const minute = Float64Array.from({ length: known }, (_, row) => hour(row));
    return makeTable(minute, ['x'], { x: compute(VALUES.slice(0, known)) });
  };
}
const leaksOf = (compute: (x: Float64Array) => Float64Array) => checkLeaks(builder(compute), cuts, options);

describe('the leak check', () => {
  it('finds nothing where there is nothing, and says how much it looked at', () => {
    expect(leaksOf((x) => rollingMean(x, 5, 2))).toEqual({ leaks: [], found: 0, compared: 10 + 25 + 40 });
  });

  it('catches a quantile of the full sample', () => {
    const capped = (x: Float64Array): Float64Array => {
      const sorted = x.filter((value) => !Number.isNaN(value)).sort();
      return x.map((value) => Math.min(value, sorted[Math.floor(sorted.length * 0.8)]!));
    };
    const { leaks } = leaksOf(capped);
    expect(leaks.length).toBeGreaterThan(0);
    expect(leaks[0]).toMatchObject({ column: 'x', symbol: null });
    expect(leaks[0]!.whole).not.toBe(leaks[0]!.cut);
  });

  it('catches a backward fill', () => {
    const filled = (x: Float64Array): Float64Array => {
      const copy = x.slice();
      for (let row = copy.length - 2; row >= 0; row--)
        if (Number.isNaN(copy[row]!)) copy[row] = copy[row + 1]!;
      return copy;
    };
    // Row 24 is blank: it is filled when hour 25 is known, and not before.
    expect(VALUES[24]).toBeNaN();
    expect(leaksOf(filled).leaks).toEqual([
      { symbol: null, cutMs: hour(25), column: 'x', minute: hour(24), row: 24, whole: VALUES[25], cut: null },
    ]);
  });

  it('catches a centred window', () => {
    const centred = (x: Float64Array): Float64Array =>
      x.map((_, row) => rollingMean(x, 3, 1)[row + 1] ?? NaN);
    const { leaks } = leaksOf(centred);
    expect(new Set(leaks.map(({ row }) => row))).toEqual(new Set([9, 24, 39]));
  });

  it('catches a join on a stamp from before the row was known', () => {
    const stamps = Float64Array.from({ length: ROWS }, (_, row) => hour(row) + 58 * MINUTE_MS);
    const source: AsOfSource<'x'> = {
      availableAt: stamps.map((t) => t + 5 * MINUTE_MS),
      columns: { x: VALUES },
    };
    const join = (early: boolean) => (cutMs: number) => {
      const known = cutSource(source, cutMs);
      const rows = Math.min(ROWS, Math.floor((cutMs - hour(0)) / HOUR_MS));
      const minute = Float64Array.from({ length: rows }, (_, row) => hour(row));
      const joined = early
        ? { ...known, availableAt: known.availableAt.map((t) => t - 5 * MINUTE_MS) }
        : known;
      const { columns } = asOfJoin(
        minute.map((t) => t + HOUR_MS),
        joined,
        { maxAgeMs: 2 * HOUR_MS },
      );
      return makeTable(minute, ['x'], columns);
    };
    expect(checkLeaks(join(false), cuts, options).leaks).toEqual([]);
    const { leaks } = checkLeaks(join(true), cuts, options);
    expect(leaks.map(({ row, whole, cut }) => [row, whole, cut])).toContainEqual([9, VALUES[9], VALUES[8]]);
  });

  it('catches rows that come or go, columns that go, and symbols', () => {
    const whole = makeTable(Float64Array.from([hour(0), hour(1)]), ['x'], { x: Float64Array.from([1, NaN]) });
    const other = makeTable(Float64Array.from([hour(0), hour(2)]), ['x'], { x: Float64Array.from([1, 2]) });
    const found = compareCut(whole, other, hour(3), options).leaks;
    expect(found.map(({ minute, row, whole, cut }) => [minute, row, whole, cut])).toEqual([
      [hour(1), 1, null, null],
      [hour(2), -1, null, 2],
    ]);
    expect(compareCut(whole, other, hour(1), options)).toMatchObject({ found: 0, compared: 1 });
    const renamed = makeTable(whole.minute, ['y'], { y: whole.columns.x });
    expect(compareCut(whole, renamed, hour(1), options).leaks.map(({ column }) => column)).toEqual([
      'x',
      'y',
    ]);
    expect(
      compareCut(new Map([['A', whole]]), new Map(), hour(2), options).leaks.map(({ symbol }) => symbol),
    ).toEqual(['A', 'A']);
  });

  it('tells 0 from −0 and from null, and lists a few of many', () => {
    const table = (x: number) =>
      makeTable(
        Float64Array.from({ length: 9 }, (_, row) => hour(row)),
        ['x'],
        { x: new Float64Array(9).fill(x) },
      );
    expect(compareCut(table(0), table(-0), hour(9), options).found).toBe(9);
    expect(compareCut(table(0), table(NaN), hour(9), { ...options, limit: 2 })).toMatchObject({
      found: 9,
      leaks: { length: 2 },
    });
    expect(compareCut(table(NaN), table(NaN), hour(9), options).found).toBe(0);
  });
});
