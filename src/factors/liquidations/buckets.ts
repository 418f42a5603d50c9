import { ExactSum } from '../../bars/index.js';
import { HOUR_MS } from '../../time/index.js';
import type { LiquidationEvents } from './events.js';
import { type Grid, eventStarts } from './grid.js';
import { type HourlyQuantiles, inForce } from './thresholds.js';

/** Sizes in the order of their numbers. */
export const SIZES = ['small', 'med', 'large'] as const;
const [SMALL, MED, LARGE] = [0, 1, 2];

/** Sums and counts of one size of one side, one row per bar; null where the bar is not covered. */
export interface Bucket {
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

/** By side (0 long, 1 short) and size, `buckets[side * 3 + size]`. */
export type Buckets = readonly Bucket[];

/**
 * Sorts the events of every bar into sizes, each by the thresholds in force in its own hour.
 *
 * @param events sorted by time
 * @param hourly the quantiles of the smallest and of the largest threshold, in this order
 */
export function fillBuckets(
  events: LiquidationEvents,
  grid: Grid,
  hourly: HourlyQuantiles,
  lookBack: number,
): Buckets {
  const smallest = inForce(hourly.columns[0]!, lookBack);
  const largest = inForce(hourly.columns[1]!, lookBack);
  const buckets = Array.from({ length: 2 * SIZES.length }, () => ({
    sum: new Float64Array(grid.length).fill(NaN),
    count: new Float64Array(grid.length).fill(NaN),
  }));
  const sums = buckets.map(() => new ExactSum());
  const counts = buckets.map(() => 0);

  // A bar is a part of an hour or a number of hours: either way its pieces lie in one bar and in one hour.
  const pieceMs = Math.min(grid.frequency.lengthMs, HOUR_MS);
  const piecesInBar = grid.frequency.lengthMs / pieceMs;
  const starts = eventStarts(events.ts, grid.startUs, pieceMs * 1000, grid.length * piecesInBar);

  for (let bar = 0; bar < grid.length; bar++) {
    if (grid.covered[bar] === 0) continue;
    for (const sum of sums) sum.clear();
    counts.fill(0);
    for (let piece = bar * piecesInBar; piece < (bar + 1) * piecesInBar; piece++) {
      const hour = Math.floor((grid.startUs / 1000 + piece * pieceMs) / HOUR_MS) - hourly.firstHour;
      const small = smallest[hour] ?? NaN;
      const large = largest[hour] ?? NaN;
      for (let row = starts[piece]!; row < starts[piece + 1]!; row++) {
        const value = events.value[row]!;
        // Without a threshold, NaN, neither holds.
        const size = value > large ? LARGE : value <= small ? SMALL : MED;
        const index = events.side[row]! * SIZES.length + size;
        sums[index]!.add(value);
        counts[index]!++;
      }
    }
    for (let index = 0; index < buckets.length; index++) {
      buckets[index]!.sum[bar] = sums[index]!.value();
      buckets[index]!.count[bar] = counts[index]!;
    }
  }
  return buckets;
}
