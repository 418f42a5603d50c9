import { TapemillError } from '../../errors.js';
import type { EpochMicros, Frequency } from '../../time/index.js';
import { type LiquidationEvents, isTime } from './events.js';

/** A stretch of time, `[startUs, endUs)`, that a source says something about. */
export interface CoveredSpan {
  readonly startUs: EpochMicros;
  readonly endUs: EpochMicros;
  /** True where the source shows at most one event per symbol and second, so that sums are lower bounds. */
  readonly lowerBound?: boolean;
}

/**
 * What is known, as columns of equal length: spans sorted by time that do not overlap. Neighbours either leave a gap
 * or differ in `lowerBound`. Between spans nothing is known: no event there does not mean that there was none.
 */
export interface Coverage {
  readonly length: number;
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  /** 1 where only sources that show one event a second cover the span. */
  readonly lowerBound: Uint8Array;
}

/**
 * Coverage of spans in any order; they may touch, overlap and repeat. Where a span that is complete overlaps one that is
 * a lower bound, the overlap is complete.
 *
 * @throws `E_USAGE` for a span that ends before it starts or is not in µs
 */
export function makeCoverage(spans: Iterable<CoveredSpan>): Coverage {
  const edges: { at: number; complete: number; partial: number }[] = [];
  for (const { startUs, endUs, lowerBound = false } of spans) {
    if (!isTime(startUs) || !isTime(endUs) || startUs > endUs) {
      const expected = 'start ≤ end, in whole µs since 1970 between 2010 and 2100';
      const found = `${startUs} … ${endUs}`;
      throw new TapemillError('E_USAGE', `coverage: expected ${expected}, found ${found}`, {
        expected,
        found,
      });
    }
    const [complete, partial] = lowerBound ? [0, 1] : [1, 0];
    edges.push({ at: startUs, complete, partial }, { at: endUs, complete: -complete, partial: -partial });
  }
  edges.sort((a, b) => a.at - b.at);

  const found: Required<CoveredSpan>[] = [];
  let complete = 0;
  let partial = 0;
  edges.forEach((edge, index) => {
    complete += edge.complete;
    partial += edge.partial;
    const endUs = edges[index + 1]?.at ?? edge.at;
    if (complete + partial === 0 || endUs === edge.at) return;
    const lowerBound = complete === 0;
    const last = found.at(-1);
    if (last?.endUs === edge.at && last.lowerBound === lowerBound) found.splice(-1, 1, { ...last, endUs });
    else found.push({ startUs: edge.at, endUs, lowerBound });
  });
  return {
    length: found.length,
    startUs: Float64Array.from(found, (span) => span.startUs),
    endUs: Float64Array.from(found, (span) => span.endUs),
    lowerBound: Uint8Array.from(found, (span) => Number(span.lowerBound)),
  };
}

/**
 * From the start of the first event's bar to the end of the last one's: what to assume of events that come without a
 * coverage. The events must be sorted by time.
 */
export function coverageOfEvents(events: LiquidationEvents, frequency: Frequency): Coverage {
  if (events.length === 0) return makeCoverage([]);
  const lengthUs = frequency.lengthMs * 1000;
  const startUs = Math.floor(events.ts[0]! / lengthUs) * lengthUs;
  const endUs = (Math.floor(events.ts[events.length - 1]! / lengthUs) + 1) * lengthUs;
  return makeCoverage([{ startUs, endUs }]);
}

/** The part of a coverage that lies in `[startUs, endUs)`. */
export function sliceCoverage(coverage: Coverage, startUs: EpochMicros, endUs: EpochMicros): Coverage {
  const spans: CoveredSpan[] = [];
  for (let row = 0; row < coverage.length; row++) {
    const from = Math.max(startUs, coverage.startUs[row]!);
    const to = Math.min(endUs, coverage.endUs[row]!);
    if (from < to) spans.push({ startUs: from, endUs: to, lowerBound: coverage.lowerBound[row] === 1 });
  }
  return makeCoverage(spans);
}
