import {
  DAY_MS,
  type DateRange,
  type EpochMs,
  type Period,
  dayPeriod,
  daysBetween,
  monthsBetween,
} from '../time/index.js';
import { type ArchiveEntry, compareEntries } from './archive.js';

/**
 * Why a requested period has no object.
 * - `not listed`: a hole; the symbol has objects before and after it.
 * - `before listing`: earlier than its first object. `after delisting`: later than its last one, so
 *   delisted or not yet published. Neither is a hole.
 * - `failed`: there is an object but it could not be used; never planned, added by who mills.
 */
export type MissingReason = 'not listed' | 'before listing' | 'after delisting' | 'failed';

export interface MissingPeriod {
  /** `YYYY-MM` when the whole month is missing for this reason, else one `YYYY-MM-DD`. */
  readonly period: string;
  readonly reason: MissingReason;
  readonly detail?: string;
}

/** What to mill for one month. */
export interface MonthPlan {
  readonly month: Period;
  /** The requested part of the month, `[startMs, endMs)`, in whole days. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** One monthly object or daily ones, in order of time; no two cover the same day. Never empty. */
  readonly objects: readonly ArchiveEntry[];
  /** Daily objects of the requested part that exist beside the monthly one of `objects`. */
  readonly alternates: readonly ArchiveEntry[];
  /** What of the requested part `objects` do not cover. */
  readonly missing: readonly MissingPeriod[];
  /** Said to the user when the choice is not the usual one. */
  readonly note?: string;
}

export interface SymbolPlan {
  readonly range: DateRange;
  /** Requested months with at least one object, in order of time. */
  readonly months: readonly MonthPlan[];
  /** All that is missing between the symbol's first and last object. */
  readonly holes: readonly MissingPeriod[];
  readonly beforeListing: readonly MissingPeriod[];
  readonly afterDelisting: readonly MissingPeriod[];
  /** What the archive has of the symbol, whatever was requested; `null` when it has nothing. */
  readonly listed: ListedRange | null;
}

/** Covers `[startMs, endMs)`, the first and last day for people being `firstDay` and `lastDay`. */
export interface ListedRange {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly objects: number;
}

/**
 * Chooses the objects of one symbol and data type that cover `range`.
 *
 * A month that is requested as a whole comes from its monthly object. The edges, and months without a
 * monthly object, come from daily ones; an edge month whose daily objects do not cover the requested part
 * comes from its monthly object after all. Every requested day is either covered once or missing once.
 *
 * Of what is published by the month alone, a month that is requested in part comes from its monthly object, and days
 * after the last one are no holes: their month is not over, or not published yet.
 *
 * @param entries all that the archive lists of the symbol, in any order
 * @param cadences of the objects that may be used; others are not looked at
 */
export function planSymbol(
  entries: readonly ArchiveEntry[],
  range: DateRange,
  cadences: readonly Period['kind'][] = ['month', 'day'],
): SymbolPlan {
  const sorted = entries.filter(({ name }) => cadences.includes(name.period.kind)).sort(compareEntries);
  const listed = listedRange(sorted);
  // The first of two spellings of one period wins, see `compareEntries`.
  const byPeriod = new Map<string, ArchiveEntry>();
  for (const entry of sorted) {
    const { key } = entry.name.period;
    if (!byPeriod.has(key)) byPeriod.set(key, entry);
  }

  const months: MonthPlan[] = [];
  const missing: MissingPeriod[] = [];
  for (const month of monthsBetween(range.startMs, range.endMs)) {
    const plan = planMonth(month, range, byPeriod, listed, cadences.includes('day'));
    missing.push(...plan.missing);
    if (plan.objects.length > 0) months.push(plan);
  }
  const because = (reason: MissingReason): MissingPeriod[] =>
    missing.filter((period) => period.reason === reason);
  return {
    range,
    months,
    holes: because('not listed'),
    beforeListing: because('before listing'),
    afterDelisting: because('after delisting'),
    listed,
  };
}

function listedRange(entries: readonly ArchiveEntry[]): ListedRange | null {
  const [first] = entries;
  if (!first) return null;
  const { startMs } = first.name.period;
  const endMs = entries.reduce((end, entry) => Math.max(end, entry.name.period.endMs), startMs);
  const [firstDay, lastDay] = [dayPeriod(startMs).key, dayPeriod(endMs - DAY_MS).key];
  return { startMs, endMs, firstDay, lastDay, objects: entries.length };
}

function planMonth(
  month: Period,
  range: DateRange,
  byPeriod: ReadonlyMap<string, ArchiveEntry>,
  listed: ListedRange | null,
  hasDays: boolean,
): MonthPlan {
  const startMs = Math.max(month.startMs, range.startMs);
  const endMs = Math.min(month.endMs, range.endMs);
  const isWhole = startMs === month.startMs && endMs === month.endMs;
  const days = daysBetween(startMs, endMs);
  const monthly = byPeriod.get(month.key);
  const daily = days.map((day) => byPeriod.get(day.key)).filter((entry) => entry !== undefined);
  const plan = { month, startMs, endMs };

  if (monthly && (isWhole || daily.length < days.length)) {
    const lacking = days.length - daily.length;
    const note = `${month.key}: ${lacking} of the ${days.length} requested days have no daily object; using the monthly one`;
    return {
      ...plan,
      objects: [monthly],
      alternates: daily,
      missing: [],
      ...(isWhole || !hasDays ? {} : { note }),
    };
  }
  const absent = days
    .filter((day) => !byPeriod.has(day.key))
    .map((day) => ({ period: day.key, reason: reasonFor(day, listed) }));
  const reason = absent[0]?.reason;
  const isWhollyAbsent =
    isWhole && absent.length === days.length && absent.every((day) => day.reason === reason);
  return {
    ...plan,
    objects: daily,
    alternates: [],
    missing: isWhollyAbsent && reason ? [{ period: month.key, reason }] : absent,
  };
}

/** A symbol without any object has not been listed yet, as far as the archive knows. */
function reasonFor(day: Period, listed: ListedRange | null): MissingReason {
  if (!listed || day.startMs < listed.startMs) return 'before listing';
  return day.startMs >= listed.endMs ? 'after delisting' : 'not listed';
}
