import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardReturns, longestHorizon, parseLabels } from '../../src/exports/index.js';
import { HOUR, HOUR_MS, parseFrequency } from '../../src/time/index.js';
import { hour } from './wide-fixture.js';

describe('parseLabels', () => {
  it('names kind and horizon, in the order given', () => {
    const labels = parseLabels('logret:1h,4h, 24h,ret:1d', HOUR);
    expect(labels.map(({ name, horizonMs }) => [name, horizonMs / HOUR_MS])).toEqual([
      ['y_logret_1h', 1],
      ['y_logret_4h', 4],
      ['y_logret_24h', 24],
      ['y_ret_1d', 24],
    ]);
    expect(longestHorizon(labels)).toBe(24 * HOUR_MS);
    expect(longestHorizon([])).toBe(0);
  });

  it.each(['', '1h', 'sharpe:1h', 'logret:', 'logret:0h', 'logret:1x', 'logret:1h,60m', 'logret:-1h'])(
    'refuses %j',
    (text) => {
      expect(() => parseLabels(text, HOUR)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    },
  );

  it('refuses a horizon that is no multiple of the bar, and says so', () => {
    expect(() => parseLabels('ret:6h', parseFrequency('4h'))).toThrow(/multiple of the bar, 4h.*6h/);
    expect(() => parseLabels('ret:90m', HOUR)).toThrow(/multiple of the bar/);
    expect(parseLabels('ret:90m', parseFrequency('30m'))).toHaveLength(1);
  });
});

describe('forwardReturns', () => {
  const [logret, ret] = parseLabels('logret:2h,ret:2h', HOUR);

  it('is the return from the end of the row to the end of the bar one horizon later', () => {
    const minute = Float64Array.of(hour(0), hour(1), hour(2), hour(3));
    const close = Float64Array.of(10, 20, 40, 10);
    expect([...forwardReturns(minute, close, logret!, HOUR)]).toEqual([Math.log(4), Math.log(0.5), NaN, NaN]);
    expect([...forwardReturns(minute, close, ret!, HOUR)]).toEqual([3, -0.5, NaN, NaN]);
  });

  it('is null across a hole, and for prices that are none', () => {
    const minute = Float64Array.of(hour(0), hour(2), hour(3), hour(4), hour(5), hour(6));
    const close = Float64Array.of(1, 2, 3, 0, NaN, 1);
    expect([...forwardReturns(minute, close, ret!, HOUR)]).toEqual([NaN, -1, NaN, NaN, NaN, NaN]);
    expect([...forwardReturns(minute, close, logret!, HOUR)]).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
  });

  it('agrees with looking every row up by its time', () => {
    const rows = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (numbers, bars) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        const [label] = parseLabels(`ret:${bars}h`, HOUR);
        const price = (n: number): number => 100 + ((n * 37) % 11);
        const found = forwardReturns(
          Float64Array.from(sorted, hour),
          Float64Array.from(sorted, price),
          label!,
          HOUR,
        );
        const there = new Set(sorted);
        sorted.forEach((n, row) => {
          const way = Array.from({ length: bars }, (_, i) => n + i + 1);
          const expected = way.every((m) => there.has(m)) ? price(n + bars) / price(n) - 1 : NaN;
          expect(found[row]).toBe(expected);
        });
      }),
    );
  });
});
