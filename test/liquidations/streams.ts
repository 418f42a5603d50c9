import fc from 'fast-check';
import { type LiquidationEvents, eventsFromRows } from '../../src/factors/index.js';
import { FREQUENCIES, type Frequency } from '../../src/time/index.js';
import { seeded } from '../layer/sample.js';
import type { Event, Span, Traded } from './reference.js';

/** An hour into a day, so that the first bars of long frequencies begin before it. */
export const START_US = Date.UTC(2025, 9, 1, 1) * 1000;

export interface Stream {
  readonly frequency: Frequency;
  readonly events: Event[];
  /** Quantiles at which equal values and thresholds are told apart without rounding. */
  readonly quantiles: number[];
}

/**
 * Random events over a few dozen bars: crowded bars, bars without events, equal times; values that lie on a coarse
 * grid, so that they tie with each other and with thresholds, or spread over six orders of magnitude.
 */
export const anyStream: fc.Arbitrary<Stream> = fc
  .record({
    frequency: fc.constantFrom(...FREQUENCIES),
    count: fc.integer({ min: 0, max: 250 }),
    bars: fc.integer({ min: 1, max: 40 }),
    crowded: fc.boolean(),
    ties: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ frequency, count, bars, crowded, ties, seed }) => {
    const random = seeded(seed);
    const span = bars * frequency.lengthMs * 1000;
    const events = Array.from({ length: count }, (): Event => {
      const place = crowded ? (Math.floor(random() * 4) + random() ** 6) / 4 : random();
      // Ticks of a quarter of a minute make equal times.
      const ts = START_US + Math.floor((place * span) / (ties ? 15e6 : 1)) * (ties ? 15e6 : 1);
      const value = ties ? Math.floor(random() * 8) / 4 : Math.exp(random() * 14);
      const price = ties ? 0.5 + Math.floor(random() * 4) / 2 : 1000 + random() * 100;
      return { ts, side: random() < 0.5 ? 'long' : 'short', price, qty: value / price, value };
    });
    return { frequency, events, quantiles: ties ? [0, 0.25, 0.5, 0.75, 1] : [0.1, 0.333, 0.5, 0.9, 0.99] };
  });

/** Spans that begin and end anywhere near the events of a stream. */
export function anySpans(lengthUs: number): fc.Arbitrary<Span[]> {
  // In quarters of a bar, so that bars are cut and also met exactly.
  return fc.array(
    fc
      .tuple(fc.integer({ min: -12, max: 150 }), fc.integer({ min: 0, max: 90 }), fc.boolean())
      .map(([from, quarters, lowerBound]) => {
        const startUs = Math.floor(START_US / lengthUs) * lengthUs + (from * lengthUs) / 4;
        return { startUs, endUs: startUs + (quarters * lengthUs) / 4, lowerBound };
      }),
    { maxLength: 6 },
  );
}

export function toColumns(events: readonly Event[]): LiquidationEvents {
  return eventsFromRows(events);
}

/** What was traded in two of three bars from the day of START_US on. */
export function someTraded(frequency: Frequency, bars: number): Traded {
  const start = Math.floor(START_US / 1000 / frequency.lengthMs) * frequency.lengthMs;
  const numbers = Array.from({ length: bars }, (_, bar) => bar).filter((bar) => bar % 3 !== 1);
  return {
    minute: numbers.map((bar) => start + bar * frequency.lengthMs),
    price_close: numbers.map((bar) => 1000 + bar),
    quote_volume: numbers.map((bar) => (bar % 5 === 0 ? 0 : 1e6 + bar)),
  };
}
