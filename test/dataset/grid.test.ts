import { describe, expect, it } from 'vitest';
import {
  barsOfGrid,
  cutGrid,
  gridFromLayer,
  keptMinutes,
  MinuteColumns,
  minuteColumns,
} from '../../src/dataset/index.js';
import { rollUp } from '../../src/bars/index.js';
import { allocateMinuteBars } from '../../src/ticks/minute-bars.js';
import { DAY_MS, HOUR, HOUR_MS, MINUTE_MS, parseFrequency } from '../../src/time/index.js';
import { goldenIsThere as layerIsThere, goldenMinutes } from '../bars/golden.js';
import { minutesFrom, sampleBars } from '../layer/sample.js';
import { goldenGrid, goldenIsThere } from './golden.js';
import { byDay, firstDifference, gridOf, hour, randomGrid, T0 } from './sample.js';

/** Minute bars at some minutes after T0: first price 10 n, last 10 n + 1, volume n for the n-th. */
function layer(...minutes: readonly number[]) {
  const bars = allocateMinuteBars(minutes.length);
  minutes.forEach((minute, row) => {
    const price = 10 * (row + 1);
    bars.columns.minute[row] = T0 + minute * MINUTE_MS;
    bars.columns.price_first[row] = price;
    bars.columns.price_last[row] = price + 1;
    bars.columns.price_high[row] = price + 2;
    bars.columns.price_low[row] = price - 1;
    bars.columns.base_volume[row] = row + 1;
    bars.columns.quote_volume[row] = price * (row + 1);
  });
  return bars;
}
const span = (from: number, to: number) => ({ startMs: T0 + from * MINUTE_MS, endMs: T0 + to * MINUTE_MS });
const places = (minute: Float64Array): number[] => Array.from(minute, (t) => (t - T0) / MINUTE_MS);

describe('the grid of the minute layer', () => {
  it('carries the last close through minutes without trades, from the first trade to the end of the span', () => {
    const { grid, carry } = gridFromLayer(layer(2, 5), [span(0, 7)]);
    expect(places(grid.minute)).toEqual([2, 3, 4, 5, 6]);
    expect([...grid.open]).toEqual([10, 11, 11, 20, 21]);
    expect([...grid.high]).toEqual([12, 11, 11, 22, 21]);
    expect([...grid.low]).toEqual([9, 11, 11, 19, 21]);
    expect([...grid.close]).toEqual([11, 11, 11, 21, 21]);
    expect([...grid.volume]).toEqual([1, 0, 0, 2, 0]);
    expect([...grid.quoteVolume]).toEqual([10, 0, 0, 40, 0]);
    expect(carry).toEqual({ endMs: T0 + 7 * MINUTE_MS, close: 21 });
  });

  it('starts anew after a hole, and leaves out what is not covered', () => {
    const { grid } = gridFromLayer(layer(0, 4, 7), [span(0, 3), span(6, 9)]);
    expect(places(grid.minute)).toEqual([0, 1, 2, 7, 8]);
  });

  it('goes on where the month before ended, and nowhere else', () => {
    const first = gridFromLayer(layer(0), [span(0, 2)]);
    const next = gridFromLayer(layer(3), [span(2, 5)], first.carry);
    expect([...next.grid.close]).toEqual([11, 11, 11]);
    expect([...next.grid.open]).toEqual([11, 10, 11]);
    expect(places(gridFromLayer(layer(3), [span(1, 5)], first.carry).grid.minute)).toEqual([3, 4]);
    expect(gridFromLayer(layer(), [], first.carry).carry).toBe(first.carry);
    expect(gridFromLayer(layer(), [span(0, 5)]).carry?.close).toBeNaN();
  });

  it('gives groups the same prices and volumes as the roll-up', () => {
    const bars = sampleBars(minutesFrom(T0 + 7 * MINUTE_MS, 300).filter((_, i) => i % 7 !== 3));
    const rolled = rollUp(bars, HOUR).columns;
    const { columns, minute } = minuteColumns(gridFromLayer(bars, [span(0, 310)]).grid, HOUR);
    expect(minute.subarray(0, 6)).toEqual(rolled.minute);
    expect(columns.close.subarray(0, 5)).toEqual(rolled.price_close.subarray(0, 5));
    expect(columns.volume.subarray(0, 6)).toEqual(rolled.base_volume);
    expect(columns.quote_volume.subarray(0, 6)).toEqual(rolled.quote_volume);
  });

  it.skipIf(!goldenIsThere || !layerIsThere)(
    'equals the klines where they agree (needs ../shared)',
    async () => {
      const startMs = Date.parse('2026-04-13T00:00:00Z');
      const { grid } = gridFromLayer(goldenMinutes('RLCUSDT'), [{ startMs, endMs: startMs + 4 * DAY_MS }]);
      const klines = await goldenGrid('RLCUSDT');
      expect(grid.length).toBe(4 * 1440);
      for (const name of ['minute', 'high', 'low', 'close'] as const) {
        expect(grid[name], name).toEqual(klines[name].subarray(0, grid.length));
      }
      expect(Math.max(...grid.volume.map((v, i) => Math.abs(v - klines.volume[i]!)))).toBeLessThan(1e-6);
    },
  );
});

it('a grid that is cut has the minutes that have ended by then', () => {
  const grid = gridOf(T0, Array<number[]>(5).fill([1, 1, 1, 1, 1]));
  const left = (ms: number): number => cutGrid(grid, T0 + ms).length;
  expect([left(0), left(59_999), left(60_000), left(179_999), left(Infinity)]).toEqual([0, 0, 1, 2, 5]);
});

describe('the bars of a grid', () => {
  it('are aligned to UTC midnight, and there is none without a minute', () => {
    const bars = [
      ...barsOfGrid(gridOf(hour(0) + 50 * MINUTE_MS, [...Array<number[]>(15).fill([1, 1, 1, 1, 1])]), HOUR),
    ];
    expect(bars.map(({ startMs, length }) => [startMs, length])).toEqual([
      [hour(0), 10],
      [hour(1), 5],
    ]);
    expect([...bars[0]!.place]).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
    expect([...barsOfGrid(gridOf(T0, [[1, 1, 1, 1, 1]]), parseFrequency('4h'))][0]!.startMs).toBe(T0);
    const apart = gridOf(T0, [[1, 1, 1, 1, 1], ...Array<null>(150).fill(null), [1, 1, 1, 1, 1]]);
    expect([...barsOfGrid(apart, HOUR)].map(({ startMs }) => startMs)).toEqual([hour(0), hour(2)]);
  });

  it('have returns within themselves only', () => {
    const grid = gridOf(
      hour(0) + 58 * MINUTE_MS,
      [1, 2, 4, 2].map((close) => [1, 4, 1, close, 1]),
    );
    const [first, second] = [...barsOfGrid(grid, HOUR)];
    expect([...first!.returns]).toEqual([0, Math.log(2)]);
    expect([...second!.returns]).toEqual([0, -Math.log(2)]);
  });

  it('leave out minutes with high / low > 1.2, and measure returns across them', () => {
    const bars = Array.from({ length: 12 }, (_, i) => [1, i === 5 ? 1.21 : 1.2, 1, 2 ** i, i]);
    const kept = keptMinutes([...barsOfGrid(gridOf(T0, bars), HOUR)][0]!);
    expect([...kept.place]).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
    expect(kept.returns[5]).toBeCloseTo(2 * Math.LN2, 12);
  });

  it('keep all minutes when fewer than 10 would remain', () => {
    const wild = (count: number) => Array.from({ length: 12 }, (_, i) => [1, i < count ? 2 : 1, 1, 1, 1]);
    const keptOf = (count: number) => keptMinutes([...barsOfGrid(gridOf(T0, wild(count)), HOUR)][0]!).length;
    expect([keptOf(2), keptOf(3)]).toEqual([10, 12]);
  });
});

describe('minutes in chunks', () => {
  it('give the same columns as all at once', () => {
    const grid = randomGrid(3, 4 * 1440);
    for (const frequency of [HOUR, parseFrequency('15m'), parseFrequency('1d')]) {
      const columns = new MinuteColumns(frequency);
      for (const day of byDay(grid)) columns.add(day);
      const whole = minuteColumns(grid, frequency);
      const parts = columns.finish();
      expect(parts.minute).toEqual(whole.minute);
      expect(firstDifference(whole, parts, whole.length)).toBeNull();
    }
  });

  it('must follow one another, and not share a bar', () => {
    const columns = new MinuteColumns(HOUR);
    columns.add(gridOf(T0, [[1, 1, 1, 1, 1]]));
    expect(() => {
      columns.add(gridOf(T0 + MINUTE_MS, [[1, 1, 1, 1, 1]]));
    }).toThrow(RangeError);
    columns.add(gridOf(T0 + HOUR_MS, []));
    columns.add(gridOf(T0 + HOUR_MS, [[1, 1, 1, 1, 1]]));
    expect(columns.finish().length).toBe(2);
  });
});
