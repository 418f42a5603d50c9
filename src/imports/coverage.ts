import type { EpochMicros } from '../time/index.js';
import type { ImportSource } from './facts.js';

/** `[startUs, endUs)` that the imported files tell all about. */
export interface CoveredSpan {
  readonly startUs: EpochMicros;
  readonly endUs: EpochMicros;
  /** What the files of this span show is a part of what happened. */
  readonly lowerBound: boolean;
}

/**
 * Spans of the files put together, in order, none touching one of its kind. Where files overlap, one that shows all
 * outdoes one that shows a part.
 */
export function coveredSpans(
  sources: readonly Pick<ImportSource, 'startUs' | 'endUs' | 'lowerBound'>[],
): CoveredSpan[] {
  const edges = new Set<number>();
  const spans = sources.flatMap(({ startUs, endUs, lowerBound }) =>
    startUs === null || endUs === null || startUs >= endUs ? [] : [{ startUs, endUs, lowerBound }],
  );
  for (const { startUs, endUs } of spans) edges.add(startUs).add(endUs);
  const sorted = [...edges].sort((a, b) => a - b);
  const result: CoveredSpan[] = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [startUs, endUs] = [sorted[i]!, sorted[i + 1]!];
    const here = spans.filter((span) => span.startUs <= startUs && span.endUs >= endUs);
    if (here.length === 0) continue;
    const lowerBound = here.every((span) => span.lowerBound);
    const before = result.at(-1);
    if (before?.endUs === startUs && before.lowerBound === lowerBound) {
      result[result.length - 1] = { ...before, endUs };
    } else {
      result.push({ startUs, endUs, lowerBound });
    }
  }
  return result;
}

/** The parts of the spans within `[startUs, endUs)`. */
export function clipSpans(
  spans: readonly CoveredSpan[],
  { startUs, endUs }: Omit<CoveredSpan, 'lowerBound'>,
): CoveredSpan[] {
  return spans
    .map((span) => ({
      ...span,
      startUs: Math.max(span.startUs, startUs),
      endUs: Math.min(span.endUs, endUs),
    }))
    .filter((span) => span.startUs < span.endUs);
}

/** What of `[startUs, endUs)` no span covers. */
export function uncovered(
  spans: readonly CoveredSpan[],
  { startUs, endUs }: Omit<CoveredSpan, 'lowerBound'>,
): { readonly startUs: EpochMicros; readonly endUs: EpochMicros }[] {
  const holes: { startUs: number; endUs: number }[] = [];
  let at = startUs;
  for (const span of spans) {
    if (span.startUs > at) holes.push({ startUs: at, endUs: Math.min(span.startUs, endUs) });
    at = Math.max(at, span.endUs);
    if (at >= endUs) return holes;
  }
  if (at < endUs) holes.push({ startUs: at, endUs });
  return holes;
}
