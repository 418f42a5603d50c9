import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOT_VALID, fateOfRows, parseSplit, purgedFrom } from '../../src/exports/index.js';
import { HOUR_MS } from '../../src/time/index.js';
import { hour, range } from './wide-fixture.js';

describe('parseSplit', () => {
  it('reads one date or two, days or months', () => {
    expect(parseSplit('2026-01-06').names).toEqual(['train', 'test']);
    expect(parseSplit('2026-02, 2026-03-15')).toEqual({
      names: ['train', 'valid', 'test'],
      boundaries: [Date.parse('2026-02-01'), Date.parse('2026-03-15')],
    });
  });

  it.each(['2026-01-02,2026-01-01', '2026-01-01,2026-01-01', '2026-01,2026-02,2026-03'])(
    'refuses %s',
    (text) => {
      expect(() => parseSplit(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    },
  );

  it('refuses what is no date', () => {
    expect(() => parseSplit('yesterday')).toThrow(expect.objectContaining({ code: 'E_PERIOD' }));
  });
});

describe('fateOfRows', () => {
  const minute = Float64Array.from(range(0, 72), hour);
  const split = parseSplit('2026-01-06,2026-01-07'); // 24 and 48 h after T0

  it('parts by the start of the bar', () => {
    const fate = fateOfRows(minute, null, split, 0);
    expect([fate[0], fate[23], fate[24], fate[47], fate[48], fate[71]]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('purges rows whose label is made of a bar of the next part, and no other', () => {
    const fate = [...fateOfRows(minute, null, split, 4 * HOUR_MS)];
    expect(fate.slice(0, 20).every((f) => f === 0)).toBe(true);
    expect(fate.slice(20, 24).map(purgedFrom)).toEqual([0, 0, 0, 0]);
    expect(fate.slice(44, 48).map(purgedFrom)).toEqual([1, 1, 1, 1]);
    expect(fate.slice(24, 44).every((f) => f === 1)).toBe(true);
    expect(fate.slice(48).every((f) => f === 2)).toBe(true);
  });

  it('keeps everything without a split', () => {
    expect(new Set(fateOfRows(minute, null, null, 4 * HOUR_MS))).toEqual(new Set([0]));
  });

  it('leaves out what is not valid before anything else', () => {
    const valid = Float64Array.from(minute, (_, row) => (row === 0 ? NaN : row % 2));
    const fate = fateOfRows(minute, valid, split, 4 * HOUR_MS);
    expect(Array.from(fate).every((f, row) => (f === NOT_VALID) === (row % 2 === 0))).toBe(true);
  });

  it('lets no part see a price of a later one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), (bars) => {
        const fate = fateOfRows(minute, null, split, bars * HOUR_MS);
        fate.forEach((f, row) => {
          const part = (t: number): number => split.boundaries.filter((b) => b <= t).length;
          const sees = part(minute[row]! + bars * HOUR_MS);
          expect(f >= 0).toBe(bars === 0 || sees === part(minute[row]!));
          if (f >= 0) expect(f).toBe(part(minute[row]!));
          else expect(purgedFrom(f)).toBe(part(minute[row]!));
        });
      }),
    );
  });
});
