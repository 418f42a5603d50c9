import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LiquidationFactorEngine,
  eventsFromRows,
  liquidationFactors,
  makeCoverage,
  sliceCoverage,
  sliceEvents,
  sortEvents,
} from '../../src/factors/index.js';
import { seeded } from '../layer/sample.js';
import { firstDifference } from './compare.js';
import { type Event, spanOfEvents } from './reference.js';
import { anyStream, someTraded, toColumns } from './streams.js';

const PARAMETERS = {
  bucketQuantiles: [0.3, 0.5, 0.9],
  bucketWindowHours: [1, 5],
  miningWindows: [1, 2, 7, 12],
  miningQuantiles: [0.5, 0.99],
};

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

describe('no row knows the future', () => {
  it('cutting the events at the end of any bar leaves the engine’s rows up to it as they are, to the bit', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), ({ frequency, events }, place) => {
        const all = sortEvents(toColumns(events));
        const engine = new LiquidationFactorEngine({ freq: frequency });
        const whole = engine.process(all, PARAMETERS);
        if (whole.length === 0) return;
        const bar = place % whole.length;
        const end = (whole.minute[bar]! + frequency.lengthMs) * 1000;
        const cut = engine.process(sliceEvents(all, 0, end), PARAMETERS);
        expect(cut.length).toBeLessThanOrEqual(bar + 1);
        expect(firstDifference(whole, cut, cut.length)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('nor do the factors, whether the coverage is cut too or not', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), ({ frequency, events }, place) => {
        const all = sortEvents(toColumns(events));
        const coverage = makeCoverage(spanOfEvents(events, frequency.minutes));
        const { minute, price_close, quote_volume } = someTraded(frequency, 60);
        const traded = {
          minute: Float64Array.from(minute),
          price_close: Float64Array.from(price_close),
          quote_volume: Float64Array.from(quote_volume),
        };
        const options = { freq: frequency, zWindows: [2, 7], rankWindows: [1, 8] };
        const whole = liquidationFactors(all, coverage, traded, options);
        if (whole.length === 0) return;
        const rows = (place % whole.length) + 1;
        const end = (whole.minute[rows - 1]! + frequency.lengthMs) * 1000;
        const before = sliceEvents(all, 0, end);
        const quiet = liquidationFactors(before, coverage, traded, options);
        const cut = liquidationFactors(before, sliceCoverage(coverage, 0, end), traded, options);
        expect(quiet.length).toBe(whole.length);
        expect(cut.length).toBe(rows);
        expect(firstDifference(whole, quiet, rows)).toBeNull();
        expect(firstDifference(whole, cut, rows)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('nor does a row know more of the past than its windows reach', () => {
    fc.assert(
      fc.property(anyStream, ({ frequency, events }) => {
        const all = sortEvents(toColumns(events));
        const engine = new LiquidationFactorEngine({ freq: frequency });
        const whole = engine.process(all, PARAMETERS);
        const dropped = Math.floor(whole.length / 3);
        const from = whole.minute[dropped];
        if (from === undefined || dropped === 0) return;
        const late = engine.process(sliceEvents(all, from * 1000, Infinity), PARAMETERS);
        if (late.length === 0) return;
        // Five hours of thresholds, in bars, and the longest window behind them.
        const reach = Math.ceil((5 * 3_600_000) / frequency.lengthMs) + 1 + 12;
        const start = late.minute.findIndex((t) => t >= late.minute[0]! + reach * frequency.lengthMs);
        if (start === -1) return;
        const tail = {
          ...late,
          length: late.length - start,
          minute: late.minute.subarray(start),
          columns: Object.fromEntries(late.names.map((name) => [name, late.columns[name]!.subarray(start)])),
        };
        expect(firstDifference(whole, tail, tail.length, whole.length - tail.length)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});

describe('the order of events', () => {
  it('does not matter to any column where their times differ', () => {
    const anyDistinct = anyStream.map((stream) => ({
      ...stream,
      events: [...new Map(stream.events.map((event) => [event.ts, event])).values()],
    }));
    fc.assert(
      fc.property(anyDistinct, fc.nat(), ({ frequency, events }, seed) => {
        const coverage = makeCoverage(spanOfEvents(events, frequency.minutes));
        const engine = new LiquidationFactorEngine({ freq: frequency });
        const [one, other] = [toColumns(events), toColumns(shuffled(events, seed))];
        expect(engine.process(other, PARAMETERS)).toEqual(engine.process(one, PARAMETERS));
        const options = { freq: frequency };
        expect(liquidationFactors(other, coverage, null, options)).toEqual(
          liquidationFactors(one, coverage, null, options),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('matters only to the first and last price where they are the same', () => {
    const random = seeded(3);
    const ts = Date.UTC(2025, 9, 1) * 1000;
    const events = Array.from({ length: 200 }, (): Event => ({
      ts,
      side: random() < 0.5 ? 'long' : 'short',
      price: 1 + random(),
      qty: 1,
      value: random(),
    }));
    const coverage = makeCoverage(spanOfEvents(events, 60));
    const [one, other] = [events, shuffled(events, 9)].map((rows) =>
      liquidationFactors(eventsFromRows(rows), coverage, null, { freq: '1h' }),
    );
    const differing = one!.names.filter(
      (name) => !Object.is(one!.columns[name]![0], other!.columns[name]![0]),
    );
    expect(differing.filter((name) => !/_price_(first|last)$/.test(name))).toEqual([]);
    expect(differing.length).toBeGreaterThan(0);
    expect(one!.columns['liquidation_all_price_first']![0]).toBe(events[0]!.price);
    expect(one!.columns['liquidation_all_price_last']![0]).toBe(events.at(-1)!.price);
  });
});
