import {
  MINUTE_COLUMNS,
  type MinuteBars,
  allocateMinuteBars,
  concatMinuteBars,
  sliceMinuteBars,
} from '../ticks/minute-bars.js';
import { type EpochMs, type Period, periodContains } from '../time/index.js';
import { COMPARISON_MINUTES_LISTED, type Comparison } from './facts.js';

/** Bars of one object, all of them within its period. */
export interface BarsOfPeriod {
  readonly period: Period;
  readonly bars: MinuteBars;
}

/** Bars with `startMs <= minute < endMs`, as views of the same memory. */
export function sliceToSpan(
  bars: MinuteBars,
  span: { readonly startMs: EpochMs; readonly endMs: EpochMs },
): MinuteBars {
  const { minute } = bars.columns;
  return sliceMinuteBars(bars, lowerBound(minute, span.startMs), lowerBound(minute, span.endMs));
}

/** Index of the first value ≥ `wanted` in an ascending column. */
function lowerBound(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Days of an existing month as parts to assemble it anew with further days, without milling them again.
 * Only days that a daily object of the month covers may be asked for.
 */
export function sliceDays(month: MinuteBars, days: readonly Period[]): BarsOfPeriod[] {
  return days.map((period) => ({ period, bars: sliceToSpan(month, period) }));
}

/**
 * One month from its days, in any order given.
 * @throws RangeError when two periods overlap or a bar lies outside its period: a mistake of the caller
 */
export function assembleDays(parts: readonly BarsOfPeriod[]): MinuteBars {
  const sorted = [...parts].sort((a, b) => a.period.startMs - b.period.startMs);
  sorted.forEach(({ period, bars }, index) => {
    const next = sorted[index + 1]?.period;
    if (next !== undefined && next.startMs < period.endMs) {
      throw new RangeError(`${period.key} and ${next.key} overlap`);
    }
    const { minute } = bars.columns;
    const [first, last] = [minute[0], minute[bars.length - 1]];
    if (first !== undefined && !(periodContains(period, first) && periodContains(period, last!))) {
      throw new RangeError(`bars from ${first} to ${last!} are not within ${period.key}`);
    }
  });
  return concatMinuteBars(sorted.map((part) => part.bars));
}

export interface MergedMonth {
  readonly bars: MinuteBars;
  readonly comparison: Comparison;
}

/**
 * One month from its monthly object and those daily objects that are at hand. Minutes of days without a daily
 * object are the monthly's. On the other days every minute that is not equal in all columns is taken from the
 * source with more fills, the monthly one when they have as many; a minute that a source lacks counts as none.
 * With `prefer`, that source's word is final on these days, for the minutes it lacks too.
 */
export function mergeMonthlyWithDaily(
  monthly: MinuteBars,
  daily: readonly BarsOfPeriod[],
  prefer: 'monthly' | 'daily' | null = null,
): MergedMonth {
  const days = assembleDays(daily);
  const left = monthly.columns.minute;
  const right = days.columns.minute;
  const rows = new RowList(monthly.length + days.length);
  const differing = { total: 0, onlyMonthly: 0, onlyDaily: 0, takenFromDaily: 0, compared: 0 };
  const columnMinutes = MINUTE_COLUMNS.map((column) => ({ column, minutes: 0 }));
  const firstMinutes: EpochMs[] = [];

  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const minute = Math.min(left[l] ?? Infinity, right[r] ?? Infinity);
    const inMonthly = left[l] === minute;
    const inDaily = right[r] === minute;
    if (!inDaily && !daily.some(({ period }) => periodContains(period, minute))) {
      rows.push(monthly, l++);
      continue;
    }
    differing.compared++;
    if (inMonthly && inDaily && countDifferences(monthly, l, days, r, columnMinutes) === 0) {
      rows.push(monthly, l++);
      r++;
      continue;
    }
    differing.total++;
    if (!inDaily) differing.onlyMonthly++;
    if (!inMonthly) differing.onlyDaily++;
    if (firstMinutes.length < COMPARISON_MINUTES_LISTED) firstMinutes.push(minute);

    const monthlyFills = inMonthly ? monthly.columns.fill_count[l]! : -1;
    const dailyFills = inDaily ? days.columns.fill_count[r]! : -1;
    const takeDaily = prefer === null ? dailyFills > monthlyFills : prefer === 'daily';
    if (takeDaily) differing.takenFromDaily++;
    if (takeDaily && inDaily) rows.push(days, r);
    else if (!takeDaily && inMonthly) rows.push(monthly, l);
    if (inMonthly) l++;
    if (inDaily) r++;
  }

  return {
    bars: rows.toBars(),
    comparison: {
      prefer,
      days: daily.length,
      minutesCompared: differing.compared,
      minutesDiffering: differing.total,
      minutesOnlyMonthly: differing.onlyMonthly,
      minutesOnlyDaily: differing.onlyDaily,
      minutesTakenFromDaily: differing.takenFromDaily,
      columns: columnMinutes.filter(({ minutes }) => minutes > 0),
      firstMinutes,
    },
  };
}

/** Sums are correctly rounded, hence equal ticks give equal bits: compared without tolerance. */
function countDifferences(
  a: MinuteBars,
  rowOfA: number,
  b: MinuteBars,
  rowOfB: number,
  columnMinutes: { column: (typeof MINUTE_COLUMNS)[number]; minutes: number }[],
): number {
  let differences = 0;
  for (const entry of columnMinutes) {
    if (a.columns[entry.column][rowOfA] === b.columns[entry.column][rowOfB]) continue;
    entry.minutes++;
    differences++;
  }
  return differences;
}

/** Rows picked from two tables, copied once at the end. */
class RowList {
  private readonly from: MinuteBars[] = [];
  private readonly row: Uint32Array;

  constructor(capacity: number) {
    this.row = new Uint32Array(capacity);
  }

  push(bars: MinuteBars, row: number): void {
    this.row[this.from.length] = row;
    this.from.push(bars);
  }

  toBars(): MinuteBars {
    const picked = allocateMinuteBars(this.from.length);
    for (const column of MINUTE_COLUMNS) {
      const target = picked.columns[column];
      this.from.forEach((bars, index) => (target[index] = bars.columns[column][this.row[index]!]!));
    }
    return picked;
  }
}
