import { describe, expect, it } from 'vitest';
import { axisText, bytesText, plural, priceText, shareText, valueText } from '../../web/format/number.js';
import {
  addressEnd,
  addressTime,
  durationText,
  monthsBetween,
  parseInstant,
  parseRangeEnd,
} from '../../web/format/time.js';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [null, '—'],
    [NaN, '—'],
    [0.012345, '0.01235'],
    [-0.0001, '−0.0001'],
    [1234.5, '1,234.5'],
    [99_994, '99,994'],
    [123_456, '123.5 k'],
    [999_960, '1.00 M'],
    [-12_345_678, '−12.35 M'],
    [5e9, '5.00 B'],
    [1e-9, '1.00e-9'],
  ])('shortens %s to %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it('never shortens a price', () => {
    expect(priceText(67_123.4)).toBe('67,123.4');
    expect(priceText(0.00001234)).toBe('0.00001234');
    expect(priceText(null)).toBe('—');
  });

  it('gives ticks the precision of their step', () => {
    expect([48_000, 50_000].map((value) => axisText(value, 2000))).toEqual(['48,000', '50,000']);
    expect([0.1, 0.15].map((value) => axisText(value, 0.05))).toEqual(['0.10', '0.15']);
    expect([1e6, 1.5e6].map((value) => axisText(value, 5e5))).toEqual(['1.0M', '1.5M']);
    expect(axisText(-2e9, 1e9)).toBe('−2B');
  });

  it('says 100 % only when nothing is left, 0 % only when there is nothing', () => {
    expect(shareText(1)).toBe('100 %');
    expect(shareText(0.9999999)).toBe('99.999 %');
    expect(shareText(0.0000001)).toBe('0.001 %');
    expect(shareText(0)).toBe('0 %');
    expect(shareText(0.5, 0)).toBe('50 %');
    expect(shareText(0.999, 0)).toBe('99 %');
    expect(shareText(null)).toBe('—');
  });

  it('counts bytes and things', () => {
    expect([999, 1234, 123_456_789].map(bytesText)).toEqual(['999 B', '1.2 KB', '123 MB']);
    expect([plural(1, 'month'), plural(1234, 'month')]).toEqual(['1 month', '1,234 months']);
  });
});

describe('times', () => {
  it('reads months, days and minutes as UTC', () => {
    expect(parseInstant('2024-02')).toBe(Date.UTC(2024, 1));
    expect(parseInstant(' 2024-02-29 ')).toBe(Date.UTC(2024, 1, 29));
    expect(parseInstant('2024-02-29 10:05')).toBe(Date.UTC(2024, 1, 29, 10, 5));
    expect(parseInstant('2024-02-29T10:05Z')).toBe(Date.UTC(2024, 1, 29, 10, 5));
  });

  it.each(['', '2024', '2024-13', '2023-02-29', '2024-01-05T25:00', 'yesterday', '2024-1-5'])(
    'does not read %j',
    (text) => {
      expect(parseInstant(text)).toBeNull();
    },
  );

  it('ends a range with the end of what is named', () => {
    expect(parseRangeEnd('2024-02')).toBe(Date.UTC(2024, 2));
    expect(parseRangeEnd('2024-12')).toBe(Date.UTC(2025, 0));
    expect(parseRangeEnd('2024-02-29')).toBe(Date.UTC(2024, 2, 1));
    expect(parseRangeEnd('2024-02-29T10:05')).toBe(Date.UTC(2024, 1, 29, 10, 5));
  });

  it.each([Date.UTC(2024, 1, 29), Date.UTC(2024, 1, 29, 10, 5), Date.UTC(2025, 0)])(
    'writes %d so that it is read back, as a start and as an end',
    (ms) => {
      expect(parseInstant(addressTime(ms))).toBe(ms);
      expect(parseRangeEnd(addressEnd(ms))).toBe(ms);
    },
  );

  it('says how long', () => {
    expect([7, 185, 7800, 273_600].map(durationText)).toEqual(['7 s', '3 min 5 s', '2 h 10 min', '3 d 4 h']);
  });

  it('lists months over the turn of a year', () => {
    expect(monthsBetween('2023-11', '2024-02')).toEqual(['2023-11', '2023-12', '2024-01', '2024-02']);
    expect(monthsBetween('2024-02', '2024-01')).toEqual([]);
  });
});
