import { type ImportSource, coveredSpans, clipSpans } from '../imports/index.js';
import type { MissingPeriod, ObjectSource } from '../layer/index.js';
import { type EpochMs, daysOfMonth, parsePeriod } from '../time/index.js';
import type { MonthCoverage } from './api.js';

/** What a month file is worth in a calendar. */
export interface MonthSummary extends Pick<MonthCoverage, 'share' | 'state'> {
  /** Times of the first and last tick; null where the footer does not say. */
  readonly span: { readonly startMs: EpochMs; readonly endMs: EpochMs } | null;
}

const NOT_TO_BE_HAD: readonly string[] = ['before listing', 'after delisting'];

/** Of a month made of objects of days and months: days with an object, out of those on which there was a symbol. */
export function summarizeDays(
  monthKey: string,
  sources: readonly Pick<ObjectSource, 'period'>[],
  missing: readonly MissingPeriod[],
  span: MonthSummary['span'],
): MonthSummary {
  const keysOf = (period: string): string[] => {
    const parsed = parsePeriod(period);
    return parsed.kind === 'day' ? [period] : daysOfMonth(parsed).map(({ key }) => key);
  };
  const covered = new Set(sources.flatMap(({ period }) => keysOf(period)));
  const never = new Set<string>();
  let failed = false;
  for (const { period, reason } of missing) {
    failed ||= reason === 'failed';
    for (const key of keysOf(period)) {
      covered.delete(key);
      if (NOT_TO_BE_HAD.includes(reason)) never.add(key);
    }
  }
  const days = daysOfMonth(parsePeriod(monthKey)).filter(({ key }) => !never.has(key));
  const there = days.filter(({ key }) => covered.has(key)).length;
  const share = days.length === 0 ? null : there / days.length;
  return { share, span, state: stateOf(share, failed) };
}

/** Of a month of imported files: the time that they tell all about. */
export function summarizeImport(
  monthKey: string,
  sources: readonly Pick<ImportSource, 'startUs' | 'endUs' | 'lowerBound'>[],
): MonthSummary {
  const { startMs, endMs } = parsePeriod(monthKey);
  const spans = clipSpans(coveredSpans(sources), { startUs: startMs * 1000, endUs: endMs * 1000 });
  if (spans.length === 0) return { share: null, state: 'partial', span: null };
  const coveredUs = spans.reduce((sum, span) => sum + span.endUs - span.startUs, 0);
  const share = coveredUs / 1000 / (endMs - startMs);
  return { share, state: stateOf(share, false), span: null };
}

function stateOf(share: number | null, failed: boolean): MonthCoverage['state'] {
  if (share === null) return 'expected-none';
  if (share >= 1) return 'whole';
  return share > 0 ? 'partial' : failed ? 'failed' : 'none';
}
