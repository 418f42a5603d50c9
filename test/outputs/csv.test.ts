import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTable } from '../../src/factors/index.js';
import { csvHeader, csvRows } from '../../src/outputs/index.js';

const minute = Float64Array.of(Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 1, 1));

describe('the CSV', () => {
  it('is what the readers of the seed expect', () => {
    const names = ['count', 'value'];
    const table = makeTable(minute, names, {
      count: Float64Array.of(3, 12345678901),
      value: Float64Array.of(0.1, NaN),
    });
    expect(csvHeader(names) + csvRows(table)).toBe(
      'minute,count,value\n2020-01-01 00:00:00+00:00,3,0.1\n2020-01-01 01:00:00+00:00,12345678901,\n',
    );
    expect(csvRows(makeTable(new Float64Array(0), names, { count: minute, value: minute }))).toBe('');
  });

  it('gives back every double, in the shortest digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const cell = csvRows(makeTable(minute.subarray(1), ['v'], { v: Float64Array.of(value) })).split(
          ',',
        )[1]!;
        expect(cell).toMatch(/^-?\d+(\.\d+)?(e[+-]\d+)?\n$/);
        expect(Number(cell)).toBe(value + 0);
      }),
    );
  });
});
