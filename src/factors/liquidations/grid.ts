import type { Frequency } from '../../time/index.js';
import type { Coverage } from './coverage.js';
import { type LiquidationEvents, firstAtOrAfter } from './events.js';

/**
 * The complete grid of bars: every bar from the first to the last that the coverage or an event touches, with events or
 * without.
 */
export interface Grid {
  readonly frequency: Frequency;
  readonly length: number;
  /** Number of the first bar, counted from 1970; windows are laid out by it, so they do not depend on the start. */
  readonly firstBar: number;
  readonly startUs: number;
  /** Start of each bar, ms since the epoch. */
  readonly minute: Float64Array;
  /** Row of the first event of each bar, and the number of events as the last entry. */
  readonly starts: Uint32Array;
  /** 1 where the coverage holds the whole bar. */
  readonly covered: Uint8Array;
  /** 1 where a part of the bar is known by a lower bound only. */
  readonly lowerBound: Uint8Array;
}

/** The events must be sorted by time. */
export function makeGrid(events: LiquidationEvents, coverage: Coverage, frequency: Frequency): Grid {
  const lengthUs = frequency.lengthMs * 1000;
  const fromUs = Math.min(events.ts[0] ?? Infinity, coverage.startUs[0] ?? Infinity);
  // The last µs that matters: the end of a span is outside it.
  const toUs = Math.max(events.ts[events.length - 1] ?? -Infinity, (coverage.endUs.at(-1) ?? -Infinity) - 1);
  const firstBar = fromUs <= toUs ? Math.floor(fromUs / lengthUs) : 0;
  const length = fromUs <= toUs ? Math.floor(toUs / lengthUs) - firstBar + 1 : 0;
  const startUs = firstBar * lengthUs;
  return {
    frequency,
    length,
    firstBar,
    startUs,
    minute: Float64Array.from({ length }, (_, bar) => (firstBar + bar) * frequency.lengthMs),
    starts: eventStarts(events.ts, startUs, lengthUs, length),
    ...lookUpCoverage(coverage, startUs, lengthUs, length),
  };
}

/** Row of the first event of each of `count` stretches of time, and where the last of them ends as the last entry. */
export function eventStarts(ts: Float64Array, startUs: number, stepUs: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count + 1 }, (_, step) => firstAtOrAfter(ts, startUs + step * stepUs));
}

function lookUpCoverage(
  coverage: Coverage,
  startUs: number,
  lengthUs: number,
  length: number,
): Pick<Grid, 'covered' | 'lowerBound'> {
  const covered = new Uint8Array(length);
  const lowerBound = new Uint8Array(length);
  let span = 0;
  for (let bar = 0; bar < length; bar++) {
    const barEnd = startUs + (bar + 1) * lengthUs;
    let known = startUs + bar * lengthUs;
    while (span < coverage.length && coverage.endUs[span]! <= known) span++;
    for (let next = span; next < coverage.length && known < barEnd; next++) {
      if (coverage.startUs[next]! > known) break;
      known = coverage.endUs[next]!;
      lowerBound[bar]! |= coverage.lowerBound[next]!;
    }
    covered[bar] = Number(known >= barEnd);
  }
  return { covered, lowerBound };
}
