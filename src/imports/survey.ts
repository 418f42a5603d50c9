import type { DateRange, EpochMicros } from '../time/index.js';
import { type CoveredSpan, coveredSpans, uncovered } from './coverage.js';
import type { ImportSource } from './facts.js';
import { type KindName, kindOf } from './kinds.js';
import { readImportedDays } from './read.js';

/** What lies on disk of one day. */
export interface DaySurvey {
  readonly dayUs: EpochMicros;
  readonly rows: number;
  /** Quote value of liquidated longs and shorts; null for other kinds. */
  readonly value: { readonly long: number; readonly short: number } | null;
}

export interface Gap {
  readonly startUs: EpochMicros;
  readonly endUs: EpochMicros;
  /** `no file`: nothing covers it. `no rows`: a file covers it and is silent for longer than it usually is. */
  readonly why: 'no file' | 'no rows';
}

export interface Survey {
  readonly days: readonly DaySurvey[];
  readonly coverage: readonly CoveredSpan[];
  readonly gaps: readonly Gap[];
  /** Median distance of neighbouring rows of different times, in µs; null with less than two. Samples only. */
  readonly usualStepUs: number | null;
}

/** A ticker that is still for longer than this has lost something. */
const TICKER_SILENCE_US = 300e6;
/** Samples may be late by this many of their usual steps, and by a minute in any case. */
const STEPS = 2.5;
const LEAST_SILENCE_US = 60e6;

/**
 * Looks at what was imported of one symbol: rows of each day, what is covered, and where something is missing.
 * @param range within which gaps are looked for; null: from the first to the last instant that a file covers
 */
export async function surveyImported(
  kind: KindName,
  dataDir: string,
  symbol: string,
  range: DateRange | null,
): Promise<Survey> {
  const sources: ImportSource[] = [];
  const days: DaySurvey[] = [];
  const steps = new Map<number, number>();
  const silences: { startUs: number; endUs: number }[] = [];
  let previous: number | null = null;
  let first: number | null = null;
  const isSampled = kindOf(kind).identity === 'time';
  for await (const day of readImportedDays(kind, dataDir, symbol, range, (found) => sources.push(...found))) {
    const { columns, length } = day.rows;
    days.push({ dayUs: day.dayUs, rows: length, value: kind === 'liquidations' ? valueOf(columns) : null });
    if (kind === 'liquidations') continue;
    for (const ts of columns[0]!) {
      first ??= ts;
      if (previous !== null && ts > previous) {
        const step = ts - previous;
        const second = Math.max(1, Math.round(step / 1e6));
        steps.set(second, (steps.get(second) ?? 0) + 1);
        if (step > LEAST_SILENCE_US) silences.push({ startUs: previous, endUs: ts });
      }
      previous = ts;
    }
  }
  const coverage = coveredSpans(sources);
  const whole =
    range !== null
      ? { startUs: range.startMs * 1000, endUs: range.endMs * 1000 }
      : { startUs: coverage[0]?.startUs ?? 0, endUs: coverage.at(-1)?.endUs ?? 0 };
  const holes = uncovered(coverage, whole).map((hole): Gap => ({ ...hole, why: 'no file' }));
  const usualStepUs = isSampled ? medianOf(steps) : null;
  const limit = isSampled ? Math.max(STEPS * (usualStepUs ?? 0), LEAST_SILENCE_US) : TICKER_SILENCE_US;
  if (first !== null && previous !== null) {
    // A file that begins late or ends early is silent too.
    silences.unshift({ startUs: whole.startUs, endUs: first });
    silences.push({ startUs: previous, endUs: whole.endUs });
  }
  const quiet = silences
    .filter(({ startUs, endUs }) => endUs - startUs > limit)
    .flatMap((silence) => withoutHoles(silence, holes))
    .filter(({ startUs, endUs }) => endUs - startUs > limit)
    .map((silence): Gap => ({ ...silence, why: 'no rows' }));
  const gaps = [...holes, ...(kind === 'liquidations' ? [] : quiet)].sort((a, b) => a.startUs - b.startUs);
  return { days, coverage, gaps, usualStepUs };
}

function valueOf(columns: readonly Float64Array[]): { long: number; short: number } {
  const [side, value] = [columns[2]!, columns[5]!];
  const sums = { long: 0, short: 0 };
  for (let i = 0; i < side.length; i++) sums[side[i] === 0 ? 'long' : 'short'] += value[i]!;
  return sums;
}

/** Of steps counted by the second. */
function medianOf(steps: ReadonlyMap<number, number>): number | null {
  const total = [...steps.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [second, count] of [...steps].sort((a, b) => a[0] - b[0])) {
    seen += count;
    if (2 * seen >= total) return second * 1e6;
  }
  return null;
}

/** What of a silence a file covers. */
function withoutHoles(
  silence: { readonly startUs: number; readonly endUs: number },
  holes: readonly Gap[],
): { startUs: number; endUs: number }[] {
  return uncovered(
    holes.map((hole) => ({ ...hole, lowerBound: false })),
    silence,
  );
}
