import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiquidationFactorEngine, liquidationFactors, makeCoverage } from '../../src/factors/index.js';
import { parseFrequency } from '../../src/time/index.js';
import { seeded } from '../layer/sample.js';
import { differences } from './compare.js';
import {
  type EngineSettings,
  type Event,
  barsOf,
  referenceEngine,
  referenceFactors,
  spanOfEvents,
} from './reference.js';
import { START_US, anySpans, anyStream, someTraded, toColumns } from './streams.js';

const someWindows = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });

describe('factors against a slow computation', () => {
  it('agree in every column', () => {
    const anyCase = anyStream.chain((stream) =>
      fc.tuple(
        fc.constant(stream),
        anySpans(stream.frequency.lengthMs * 1000),
        fc.boolean(),
        someWindows,
        someWindows,
        fc.boolean(),
      ),
    );
    fc.assert(
      fc.property(anyCase, ([{ frequency, events }, some, alsoEvents, zWindows, rankWindows, trades]) => {
        const spans = alsoEvents ? [...some, ...spanOfEvents(events, frequency.minutes)] : some;
        const traded = trades ? someTraded(frequency, 60) : null;
        const bars = barsOf(events, spans, frequency.minutes);
        const want = referenceFactors(bars, frequency.minutes, traded, zWindows, rankWindows);
        const columns = traded && {
          minute: Float64Array.from(traded.minute),
          price_close: Float64Array.from(traded.price_close),
          quote_volume: Float64Array.from(traded.quote_volume),
        };
        const got = liquidationFactors(toColumns(events), makeCoverage(spans), columns, {
          freq: frequency,
          zWindows,
          rankWindows,
        });
        expect(differences(got, bars, want)).toEqual([]);
      }),
      { numRuns: 150, seed: 20251001 },
    );
  });
});

describe('the engine against a slow computation', () => {
  it('agrees in every column', () => {
    const anyCase = anyStream.chain((stream) =>
      fc.tuple(
        fc.constant(stream),
        fc.record({
          bucketQuantiles: fc.uniqueArray(fc.constantFrom(...stream.quantiles), {
            minLength: 1,
            maxLength: 3,
          }),
          bucketWindowHours: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 2 }),
          miningWindows: someWindows,
          miningQuantiles: fc.uniqueArray(fc.constantFrom(0, 0.05, 0.5, 0.9, 0.95, 0.995, 1), {
            minLength: 1,
            maxLength: 2,
          }),
        }),
        fc.option(anySpans(stream.frequency.lengthMs * 1000), { nil: null }),
      ),
    );
    fc.assert(
      fc.property(anyCase, ([{ frequency, events }, settings, some]) => {
        const spans = some ?? spanOfEvents(events, frequency.minutes);
        const bars = barsOf(events, spans, frequency.minutes);
        const got = new LiquidationFactorEngine({ freq: frequency }).process(toColumns(events), {
          ...settings,
          ...(some && { coverage: makeCoverage(some) }),
        });
        expect(differences(got, bars, referenceEngine(events, bars, settings))).toEqual([]);
      }),
      { numRuns: 150, seed: 20251001 },
    );
  });

  it('agrees over ten days at 15m with the default parameters, quiet hours and spikes included', () => {
    const frequency = parseFrequency('15m');
    const random = seeded(7);
    const events: Event[] = [];
    for (let hour = 0; hour < 240; hour++) {
      const busy = Math.floor(hour / 7) % 4 === 0 ? 0 : Math.ceil(random() ** 4 * 60);
      for (let i = 0; i < busy; i++) {
        const ts = START_US + Math.floor((hour + random()) * 3.6e9);
        const value = Math.exp(random() * 5 + (random() < 0.02 ? 12 : 0));
        events.push({ ts, side: random() < 0.6 ? 'long' : 'short', price: 4000, qty: value / 4000, value });
      }
    }
    const settings: EngineSettings = {
      bucketQuantiles: [0.5, 0.9],
      bucketWindowHours: [24],
      miningWindows: [24, 96, 672],
      miningQuantiles: [0.9, 0.95, 0.99],
    };
    const bars = barsOf(events, spanOfEvents(events, 15), 15);
    const got = new LiquidationFactorEngine({ freq: '15m' }).process(toColumns(events));
    expect(bars.length).toBeGreaterThan(900);
    expect(differences(got, bars, referenceEngine(events, bars, settings))).toEqual([]);
    const factors = liquidationFactors(toColumns(events), makeCoverage(spanOfEvents(events, 15)), null, {
      freq: frequency,
    });
    expect(differences(factors, bars, referenceFactors(bars, 15, null, [96], [672]))).toEqual([]);
  });
});
