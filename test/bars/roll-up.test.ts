import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAR_COLUMNS, type Bars, allocateBars, concatBars, rollUp } from '../../src/bars/index.js';
import { allocateMinuteBars, concatMinuteBars } from '../../src/ticks/minute-bars.js';
import { DAY_MS, FREQUENCIES, HOUR, MINUTE_MS, parseFrequency } from '../../src/time/index.js';
import { minutesFrom, sampleBars } from '../layer/sample.js';

const START = Date.UTC(2026, 3, 13);
const FIVE = parseFrequency('5m');

function row(bars: Bars, index: number): Record<string, number> {
  return Object.fromEntries(BAR_COLUMNS.map((name) => [name, bars.columns[name][index]!]));
}

describe('rolling up minutes', () => {
  it('does by hand what it says', () => {
    // 00:01 and 00:04 in one 5m bar, nothing in the next, 00:10 in the third.
    const minutes = allocateMinuteBars(3);
    const c = minutes.columns;
    c.minute.set([1, 4, 10].map((minute) => START + minute * MINUTE_MS));
    c.trade_count.set([2, 3, 1]);
    c.quote_volume.set([10, 20.5, 5]);
    c.taker_buy_quote.set([7, 0.5, 5]);
    c.taker_sell_quote.set([3, 20, 0]);
    c.price_first.set([100, 101, 99]);
    c.price_last.set([102, 98, 99]);
    c.price_high.set([103, 101, 99]);
    c.price_low.set([99.5, 97, 99]);
    c.fill_count.set([4, 5, 1]);
    c.taker_buy_fill_count.set([1, 1, 1]);
    // A file with interleaved streams: ids do not follow time.
    c.first_agg_id.set([50, 7, 60]);
    c.last_agg_id.set([51, 9, 60]);
    c.first_fill_id.set([500, 70, 600]);
    c.last_fill_id.set([503, 74, 600]);

    const bars = rollUp(minutes, FIVE);
    expect(bars.length).toBe(2);
    expect(row(bars, 0)).toMatchObject({
      minute: START,
      minute_count: 2,
      trade_count: 5,
      quote_volume: 30.5,
      taker_buy_quote: 7.5,
      taker_sell_quote: 23,
      price_open: 100,
      price_close: 98,
      price_high: 103,
      price_low: 97,
      fill_count: 9,
      taker_buy_fill_count: 2,
      first_agg_id: 7,
      last_agg_id: 51,
      first_fill_id: 70,
      last_fill_id: 503,
      weighted_cvd_quote: 2 * (7 - 3) + 5 * (0.5 - 20), // 2nd and 5th minute
    });
    expect(row(bars, 1)).toMatchObject({
      minute: START + 10 * MINUTE_MS,
      minute_count: 1,
      weighted_cvd_quote: 5,
    });
  });

  it('has no bars without minutes', () => {
    expect(rollUp(allocateMinuteBars(0), HOUR)).toEqual(allocateBars(HOUR, 0));
  });

  it('aligns every frequency to midnight', () => {
    const minutes = sampleBars(minutesFrom(START - 90 * MINUTE_MS, 2 * 1440));
    for (const frequency of FREQUENCIES) {
      const bars = rollUp(minutes, frequency);
      expect(bars.columns.minute.every((t) => (t % DAY_MS) % frequency.lengthMs === 0)).toBe(true);
      expect(bars.columns.minute_count.reduce((sum, count) => sum + count, 0)).toBe(2 * 1440);
      expect(Math.max(...bars.columns.minute_count)).toBe(frequency.minutes);
    }
  });

  const anyMinutes = fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 0, max: 2 * 1440 - 1 }), { maxLength: 200, size: 'max' }),
      fc.nat(),
    )
    .map(([places, seed]) => {
      const minutes = places.sort((a, b) => a - b).map((place) => START + place * MINUTE_MS);
      return sampleBars(minutes, seed);
    });
  const anyFrequency = fc.constantFrom(...FREQUENCIES);

  it('of days joined is the join of the days rolled up', () => {
    fc.assert(
      fc.property(anyMinutes, anyMinutes, anyFrequency, (first, second, frequency) => {
        second.columns.minute.forEach((t, i, column) => (column[i] = t + 2 * DAY_MS));
        const joined = rollUp(concatMinuteBars([first, second]), frequency);
        expect(concatBars(frequency, [rollUp(first, frequency), rollUp(second, frequency)])).toEqual(joined);
      }),
    );
  });

  it('leaves nothing out, adds nothing, and is finite', () => {
    fc.assert(
      fc.property(anyMinutes, anyFrequency, (minutes, frequency) => {
        const bars = rollUp(minutes, frequency);
        for (const name of BAR_COLUMNS) expect(bars.columns[name].every(Number.isFinite)).toBe(true);
        const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);
        expect(total(bars.columns.trade_count)).toBe(total(minutes.columns.trade_count));
        expect(total(bars.columns.quote_volume)).toBeCloseTo(total(minutes.columns.quote_volume), 6);
        bars.columns.minute.forEach((start, i) => {
          expect(bars.columns.price_low[i]).toBeLessThanOrEqual(bars.columns.price_high[i]!);
          expect(start).toBeGreaterThan(bars.columns.minute[i - 1] ?? -1);
        });
      }),
    );
  });

  it('of an hour is within rounding of twelve 5m bars, and exact where it does not round', () => {
    const minutes = sampleBars(minutesFrom(START, 1440));
    const [hours, fives] = [rollUp(minutes, HOUR), rollUp(minutes, FIVE)];
    hours.columns.minute.forEach((_, hour) => {
      const parts = (name: keyof Bars['columns']): number[] => [
        ...fives.columns[name].subarray(hour * 12, hour * 12 + 12),
      ];
      const sum = (name: keyof Bars['columns']): number =>
        parts(name).reduce((total, value) => total + value, 0);
      expect(hours.columns.trade_count[hour]).toBe(sum('trade_count'));
      expect(hours.columns.price_open[hour]).toBe(parts('price_open')[0]);
      expect(hours.columns.price_close[hour]).toBe(parts('price_close')[11]);
      expect(hours.columns.price_high[hour]).toBe(Math.max(...parts('price_high')));
      expect(hours.columns.price_low[hour]).toBe(Math.min(...parts('price_low')));
      const quote = hours.columns.quote_volume[hour]!;
      expect(Math.abs(quote - sum('quote_volume'))).toBeLessThanOrEqual(quote * 12 * 2 ** -52);
    });
  });

  it('are refused by concatBars when they do not follow one another', () => {
    const bars = rollUp(sampleBars(minutesFrom(START, 60)), HOUR);
    expect(() => concatBars(HOUR, [bars, bars])).toThrow(RangeError);
    expect(() => concatBars(FIVE, [bars])).toThrow(RangeError);
  });
});
