import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForwardFill, describeColumns, isFillable, parseFill } from '../../src/exports/index.js';
import { HOUR } from '../../src/time/index.js';
import { hour } from './wide-fixture.js';

describe('parseFill', () => {
  it('reads none and ffill:n', () => {
    expect(parseFill('none')).toBeNull();
    expect(parseFill('ffill:24')).toEqual({ maxBars: 24 });
  });

  it.each(['', 'ffill', 'ffill:0', 'ffill:1.5', 'bfill:3', 'mean'])('refuses %j', (text) => {
    expect(() => parseFill(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});

describe('ForwardFill', () => {
  it('counts bars, whether they are there or not', () => {
    const minute = Float64Array.of(0, 1, 2, 5, 6, 7, 20).map(hour);
    const values = Float64Array.of(NaN, 7, NaN, NaN, NaN, 8, NaN);
    const fill = new ForwardFill({ maxBars: 4 }, HOUR);
    expect([...fill.apply(minute, values)]).toEqual([NaN, 7, 7, 7, NaN, 8, NaN]);
    expect(fill.filled).toBe(2);
  });

  it('is the last value of at most n bars before, however the rows are cut', () => {
    const row = fc.record({
      skip: fc.integer({ min: 1, max: 3 }),
      value: fc.option(fc.integer(), { nil: NaN }),
    });
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 1, max: 5 }), fc.nat(), (rows, maxBars, at) => {
        let n = 0;
        const numbers = rows.map(({ skip }) => (n += skip));
        const minute = Float64Array.from(numbers, hour);
        const values = Float64Array.from(rows, ({ value }) => value);
        const fill = new ForwardFill({ maxBars }, HOUR);
        const cut = rows.length === 0 ? 0 : at % rows.length;
        const found = [
          ...fill.apply(minute.slice(0, cut), values.slice(0, cut)),
          ...fill.apply(minute.slice(cut), values.slice(cut)),
        ];
        const expected = numbers.map((number, i) => {
          for (let j = i; j >= 0; j--) {
            if (number - numbers[j]! > maxBars) return NaN;
            if (!Number.isNaN(values[j])) return values[j]!;
          }
          return NaN;
        });
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe('isFillable', () => {
  const fillable = (name: string, type: 'double' | 'int64' | 'timestamp_ms' = 'double'): boolean =>
    isFillable(describeColumns([{ name, type, nullable: true }])[0]!);

  it('takes measured values and users’ factors, no flags, counts, times or ages', () => {
    expect(['funding_rate', 'oi_open_interest', 'my_factor'].map((name) => fillable(name))).toEqual([
      true,
      true,
      true,
    ]);
    expect(fillable('at_trade_count', 'int64')).toBe(false);
    expect(fillable('is_stable', 'int64')).toBe(false);
    expect(fillable('bar_end_time', 'timestamp_ms')).toBe(false);
    expect(
      ['funding_age_s', 'metrics_age_s', 'hours_to_funding', 'gap_seconds'].map((name) => fillable(name)),
    ).toEqual([false, false, false, false]);
  });
});
