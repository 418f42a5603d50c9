import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText, tickLabels } from '../../src/plot/numbers.js';
import { niceTicks, timeTicks } from '../../src/plot/ticks.js';

const HOUR = 3_600_000;

describe('ticks of numbers', () => {
  it('are round, ascend, stay inside, and are about as many as wanted', () => {
    const numbers = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const spans = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(numbers, spans, fc.integer({ min: 2, max: 12 }), (low, span, count) => {
        const high = low + span;
        fc.pre(span / Math.max(1, Math.abs(low)) > 1e-9);
        const { values, step } = niceTicks(low, high, count);
        const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
        expect([1, 2, 5].some((round) => Math.abs(mantissa - round) < 1e-6)).toBe(true);
        expect(values.length).toBeGreaterThanOrEqual(Math.floor((count * 2) / 3) - 1);
        expect(values.length).toBeLessThanOrEqual(Math.ceil((count * 5) / 3) + 1);
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(low - step * 1e-6);
          expect(value).toBeLessThanOrEqual(high + step * 1e-6);
        }
        expect(new Set(tickLabels(values, step, 'plain')).size).toBe(values.length);
      }),
    );
  });

  it('are labelled with one unit and the decimals of the step', () => {
    expect(tickLabels([-500_000, 0, 1_500_000], 500_000, 'si')).toEqual(['−0.5M', '0', '1.5M']);
    expect(tickLabels([42_000, 42_500], 500, 'plain')).toEqual(['42,000', '42,500']);
    expect(tickLabels([0.395, 0.4], 0.005, 'plain')).toEqual(['0.395', '0.400']);
    expect(tickLabels([0, 0.0001], 0.0001, 'percent')).toEqual(['0.00%', '0.01%']);
    expect(tickLabels([0, 2e-8], 1e-8, 'si')).toEqual(['0', '2.0e-8']);
  });

  it('reads numbers out with enough digits', () => {
    expect(numberText(-4_408_123)).toBe('−4.408M');
    expect(numberText(0.25)).toBe('0.25');
    expect(numberText(-0.0000123)).toBe('−1.23e-5');
    expect(numberText(0)).toBe('0');
  });
});

describe('ticks of time', () => {
  it('are on the UTC clock or calendar, inside, ascending and not too many', () => {
    const starts = fc.integer({ min: Date.UTC(2018, 0, 1), max: Date.UTC(2030, 0, 1) });
    const spans = fc.double({ min: Math.log(10 * 60_000), max: Math.log(12 * 365 * 24 * HOUR), noNaN: true });
    fc.assert(
      fc.property(starts, spans, fc.integer({ min: 3, max: 16 }), (start, logSpan, count) => {
        const end = start + Math.exp(logSpan);
        const ticks = timeTicks(start, end, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        ticks.forEach(({ at, label }, i) => {
          expect(at % 60_000).toBe(0);
          expect(at).toBeGreaterThanOrEqual(start);
          expect(at).toBeLessThanOrEqual(end);
          if (i > 0) expect(at).toBeGreaterThan(ticks[i - 1]!.at);
          expect(label).toMatch(/^(\d\d:\d\d|\d{1,2} [A-Z][a-z]{2}( \d{4})?|[A-Z][a-z]{2}( \d{4})?)$/);
        });
      }),
    );
  });

  it('name the day where it begins, and the year where it begins', () => {
    const labels = (from: number, to: number, count: number): string[] =>
      timeTicks(from, to, count).map(({ label }) => label);
    expect(labels(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2, 12), 4)).toEqual([
      '1 Jan',
      '12:00',
      '2 Jan',
      '12:00',
    ]);
    expect(labels(Date.UTC(2023, 11, 30), Date.UTC(2024, 0, 2), 4)).toEqual([
      '30 Dec',
      '31 Dec',
      '1 Jan 2024',
      '2 Jan',
    ]);
    expect(labels(Date.UTC(2023, 9, 1), Date.UTC(2024, 2, 1), 6)).toEqual([
      'Oct 2023',
      'Nov',
      'Dec',
      'Jan 2024',
      'Feb',
      'Mar',
    ]);
  });
});
