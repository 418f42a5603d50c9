import type { MissingPeriod } from '../layer/index.js';
import {
  DAY_MS,
  type DateRange,
  type Period,
  dayPeriod,
  daysBetween,
  monthOf,
  parsePeriod,
} from '../time/index.js';

/**
 * Days that are in no bar because no source covers them, as periods with reasons, oldest first.
 *
 * `sources` are the periods of the objects that were used: a month covers all its days. `known` are gaps that
 * somebody can explain (the planner, the footers of the layer); what a source covers by now is dropped from
 * them. A day between the first and the last covered one that nobody explains is `not in the layer`.
 * Whole months of one reason are listed as a month.
 */
export function findHoles(
  sources: readonly Period[],
  known: readonly MissingPeriod[],
  range: Pick<DateRange, 'startMs' | 'endMs'> | null,
): MissingPeriod[] {
  const covered = new Set<number>();
  const within = (day: Period): boolean =>
    range === null || (day.startMs >= range.startMs && day.endMs <= range.endMs);
  for (const source of sources) {
    for (const day of daysBetween(source.startMs, source.endMs)) if (within(day)) covered.add(day.startMs);
  }

  const holes = new Map<number, MissingPeriod>();
  for (const missing of known) {
    const { startMs, endMs } = parsePeriod(missing.period);
    for (const day of daysBetween(startMs, endMs)) {
      if (within(day) && !covered.has(day.startMs) && !holes.has(day.startMs))
        holes.set(day.startMs, missing);
    }
  }
  const days = [...covered].sort((a, b) => a - b);
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? 0];
  for (let day = first; day < last; day += DAY_MS) {
    if (!covered.has(day) && !holes.has(day)) holes.set(day, { period: '', reason: 'not in the layer' });
  }
  return collapseDays([...holes].sort(([a], [b]) => a - b));
}

/** One entry a day becomes one a month where all its days have the same reason. Days ascend; `period` is filled in. */
export function collapseDays<Reason extends string>(
  holes: readonly (readonly [startMs: number, missing: Hole<Reason>])[],
): Hole<Reason>[] {
  const collapsed: Hole<Reason>[] = [];
  for (let i = 0; i < holes.length;) {
    const [startMs, missing] = holes[i]!;
    const month = monthOf(startMs);
    const days = (month.endMs - month.startMs) / DAY_MS;
    const run = holes.slice(i, i + days);
    const whole =
      run.length === days &&
      run.every(
        ([day, other], index) =>
          day === month.startMs + index * DAY_MS &&
          other.reason === missing.reason &&
          other.detail === missing.detail,
      );
    // Members in one order, whoever made the entry: the meta file is compared as text.
    const period = whole ? month.key : dayPeriod(startMs).key;
    const { reason, detail } = missing;
    collapsed.push(detail === undefined ? { period, reason } : { period, reason, detail });
    i += whole ? days : 1;
  }
  return collapsed;
}

/** A day or a month without data, and why. */
export interface Hole<Reason extends string> {
  readonly period: string;
  readonly reason: Reason;
  readonly detail?: string;
}

/** True when something that the exchange did trade is missing. */
export function isPartial(holes: readonly MissingPeriod[]): boolean {
  return holes.some(({ reason }) => reason !== 'before listing' && reason !== 'after delisting');
}
