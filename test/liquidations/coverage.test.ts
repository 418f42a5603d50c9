import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Coverage,
  coverageOfEvents,
  eventsFromRows,
  liquidationFactors,
  makeCoverage,
  sliceCoverage,
} from '../../src/factors/index.js';
import { HOUR } from '../../src/time/index.js';

const T0 = Date.UTC(2025, 9, 1) * 1000;
const HOUR_US = 3.6e9;
const NONE = eventsFromRows([]);

function spansOf({ length, startUs, endUs, lowerBound }: Coverage): [number, number, number][] {
  return Array.from({ length }, (_, row) => [startUs[row]! - T0, endUs[row]! - T0, lowerBound[row]!]);
}

const anySpan = fc
  .tuple(fc.nat(30), fc.nat(12), fc.boolean())
  .map(([from, length, lowerBound]) => ({ startUs: T0 + from, endUs: T0 + from + length, lowerBound }));

describe('coverage', () => {
  it('says of every instant what the spans say, in as few spans as that takes', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 10 }), (spans) => {
        const coverage = spansOf(makeCoverage(spans));
        for (let t = 0; t < 50; t++) {
          const over = spans.filter((span) => span.startUs <= T0 + t && T0 + t < span.endUs);
          const found = coverage.filter(([start, end]) => start <= t && t < end);
          const lowerBound = Number(over.every((span) => span.lowerBound));
          expect(found.map((span) => span[2])).toEqual(over.length === 0 ? [] : [lowerBound]);
        }
        coverage.forEach(([start, end, lowerBound], row) => {
          expect(start).toBeLessThan(end);
          const next = coverage[row + 1];
          if (next) expect(next[0] > end || (next[0] === end && next[2] !== lowerBound)).toBe(true);
        });
      }),
    );
  });

  it('can be cut', () => {
    const coverage = makeCoverage([
      { startUs: T0, endUs: T0 + 10 },
      { startUs: T0 + 20, endUs: T0 + 30, lowerBound: true },
    ]);
    expect(spansOf(sliceCoverage(coverage, T0 + 5, T0 + 25))).toEqual([
      [5, 10, 0],
      [20, 25, 1],
    ]);
    expect(spansOf(sliceCoverage(coverage, T0 + 10, T0 + 20))).toEqual([]);
  });

  it('of events that come without one is that of their bars', () => {
    const events = eventsFromRows([
      { ts: T0 + 1.5 * HOUR_US, side: 'long', price: 1, qty: 1 },
      { ts: T0 + 3 * HOUR_US, side: 'long', price: 1, qty: 1 },
    ]);
    expect(spansOf(coverageOfEvents(events, HOUR))).toEqual([[HOUR_US, 4 * HOUR_US, 0]]);
    expect(coverageOfEvents(NONE, HOUR).length).toBe(0);
  });

  it.each([
    [{ startUs: T0 + 1, endUs: T0 }],
    [{ startUs: T0 / 1000, endUs: T0 }],
    [{ startUs: T0, endUs: T0 + 0.5 }],
    [{ startUs: NaN, endUs: T0 }],
  ])('is refused with %j', (span) => {
    expect(() => makeCoverage([span])).toThrow(/^coverage: expected .+, found /);
  });
});

describe('a bar', () => {
  const event = (hours: number) => ({ ts: T0 + hours * HOUR_US, side: 'long', price: 10, qty: 1 }) as const;
  const span = (from: number, to: number, lowerBound = false) => ({
    startUs: T0 + from * HOUR_US,
    endUs: T0 + to * HOUR_US,
    lowerBound,
  });

  it('without events is 0 where covered, null where not; a part does not make a whole', () => {
    const coverage = makeCoverage([span(0, 1), span(2, 2.5), span(2.5, 3, true), span(4, 4.75)]);
    const events = eventsFromRows([event(2.2), event(3.5), event(4.5)]);
    const table = liquidationFactors(events, coverage, null, { freq: '1h', zWindows: 1, rankWindows: [2] });
    const column = (name: string): number[] => [...table.columns[`liquidation_${name}`]!];
    expect(column('covered')).toEqual([1, 0, 1, 0, 0]);
    expect(column('lower_bound')).toEqual([0, NaN, 1, NaN, NaN]);
    expect(column('all_vol_sum')).toEqual([0, NaN, 10, NaN, NaN]);
    expect(column('short_cnt')).toEqual([0, NaN, 0, NaN, NaN]);
    expect(column('long_amt_max')).toEqual([NaN, NaN, 10, NaN, NaN]);
    expect(column('long_amt_mean')).toEqual([NaN, NaN, 10, NaN, NaN]);
    expect(column('short_price_last')).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect(column('long_cnt_rank_2')).toEqual([1, NaN, 1, NaN, NaN]);
    for (const name of table.names.slice(1)) {
      for (const bar of [1, 3, 4]) expect([name, table.columns[name]![bar]]).toEqual([name, NaN]);
    }
  });

  it('that touches the end of a span is not covered by it', () => {
    const table = liquidationFactors(NONE, makeCoverage([span(0, 2)]), null, { freq: '1h' });
    expect(table.length).toBe(2);
    expect([...table.columns['liquidation_covered']!]).toEqual([1, 1]);
  });

  it('does not exist where nothing is known', () => {
    const table = liquidationFactors(NONE, makeCoverage([]), null, { freq: '1d' });
    expect(table.length).toBe(0);
    expect(table.names.length).toBeGreaterThan(50);
  });
});
