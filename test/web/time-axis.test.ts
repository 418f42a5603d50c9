import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeTicks } from '../../web/charts/time-ticks.js';

const texts = (from: string, to: string, atMost: number): string[] =>
  timeTicks(Date.parse(from), Date.parse(to), atMost).map(({ text }) => text);

describe('marks of the time axis', () => {
  it('names hours, and the day where one begins', () => {
    expect(texts('2024-01-04T18:00Z', '2024-01-05T06:00Z', 6)).toEqual([
      '18:00',
      '21:00',
      '5 Jan',
      '03:00',
      '06:00',
    ]);
  });

  it('names days, and the year at its turn', () => {
    expect(texts('2023-12-30T00:00Z', '2024-01-02T00:00Z', 5)).toEqual([
      '30 Dec',
      '31 Dec',
      '1 Jan 2024',
      '2 Jan',
    ]);
  });

  it('names months, and years by their number', () => {
    expect(texts('2023-08-15T00:00Z', '2024-04-15T00:00Z', 10)).toEqual([
      'Sep',
      'Oct',
      'Nov',
      'Dec',
      '2024',
      'Feb',
      'Mar',
      'Apr',
    ]);
    expect(texts('2018-02-01T00:00Z', '2024-02-01T00:00Z', 8)).toEqual([
      '2019',
      '2020',
      '2021',
      '2022',
      '2023',
      '2024',
    ]);
  });

  it('lets weeks begin on Mondays', () => {
    const [first] = timeTicks(Date.UTC(2024, 0, 1), Date.UTC(2024, 1, 20), 9);
    expect(new Date(first!.ms).getUTCDay()).toBe(1);
  });

  it('never has more than there is room for, all inside and in order', () => {
    const start = fc.integer({ min: Date.UTC(2017, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: 600_000, max: 4e11 }),
        fc.integer({ min: 2, max: 20 }),
        (from, span, atMost) => {
          const ticks = timeTicks(from, from + span, atMost);
          expect(ticks.length).toBeLessThanOrEqual(atMost + 1);
          ticks.forEach(({ ms }, i) => {
            expect(ms).toBeGreaterThanOrEqual(from);
            expect(ms).toBeLessThanOrEqual(from + span);
            if (i > 0) expect(ms).toBeGreaterThan(ticks[i - 1]!.ms);
          });
        },
      ),
    );
  });

  it('has none of an empty span', () => {
    expect(timeTicks(5, 5, 8)).toEqual([]);
  });
});
