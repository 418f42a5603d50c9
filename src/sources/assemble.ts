import { type Period, periodContains } from '../time/index.js';
import { byContent, byEverything, byKey } from './compare.js';
import { type SourceTable, pickRows, sliceByTime } from './table.js';

/** Clean rows of one object. */
export interface TableOfPeriod {
  readonly period: Period;
  readonly table: SourceTable;
}

/** What the monthly object and the daily ones say about the days that both cover. */
export interface SourceComparison {
  /** Which the user asked for, or null. */
  readonly prefer: 'monthly' | 'daily' | null;
  readonly days: number;
  /** Rows of these days that either has. */
  readonly rowsCompared: number;
  /** Of these, rows that are not equal, those that one lacks included. */
  readonly rowsDiffering: number;
  readonly rowsOnlyMonthly: number;
  readonly rowsOnlyDaily: number;
  /** Differing rows for which the daily objects were believed, those that only they have included. */
  readonly rowsTakenFromDaily: number;
  /** Times of the first differing rows, at most `COMPARISON_ROWS_LISTED`. */
  readonly firstTimes: readonly number[];
}

export const COMPARISON_ROWS_LISTED = 20;

/** Rows that several daily objects hold: those that end one day and start the next. */
export interface Seam {
  readonly duplicate: number;
  readonly contradiction: number;
}

export interface AssembledMonth {
  readonly table: SourceTable;
  /** Null when there was nothing to compare. */
  readonly comparison: SourceComparison | null;
  readonly seam: Seam;
}

export interface AssembleOptions {
  readonly prefer?: 'monthly' | 'daily' | null;
  /** Rows of a month put together earlier from other daily objects. */
  readonly kept?: SourceTable;
}

/**
 * One month from its objects: the monthly one, daily ones, or both. The result does not depend on their order, nor on
 * whether some were put together earlier (`kept`).
 *
 * Of two rows of daily objects that contradict each other the greater one counts, column by column, null being least:
 * a rule without merit but that of being the same every time. On days that the monthly object and a daily one
 * both cover, a row that differs is taken from the monthly one; of klines, from the one with more trades; a row that
 * one lacks, from the other. With `prefer`, that source's word is final on these days, for rows it lacks too.
 * @throws RangeError when two periods overlap that should not: a mistake of the caller
 */
export function assembleSourceMonth(
  parts: readonly TableOfPeriod[],
  { prefer = null, kept }: AssembleOptions = {},
): AssembledMonth {
  const monthly = parts.filter(({ period }) => period.kind === 'month');
  const daily = parts
    .filter(({ period }) => period.kind === 'day')
    .sort((a, b) => a.period.startMs - b.period.startMs);
  const twice = daily.find(({ period }, index) => daily[index + 1]?.period.startMs === period.startMs);
  if (twice) throw new RangeError(`two objects of ${twice.period.key}`);
  if (monthly.length > 1) throw new RangeError(`two objects of ${monthly[0]!.period.key}`);

  const { table, seam } = uniteDays([...(kept ? [kept] : []), ...daily.map((part) => part.table)]);
  const whole = monthly[0]?.table;
  if (table === null || whole === undefined) {
    const only = table ?? whole;
    if (!only) throw new RangeError('no object to make a month of');
    return { table: only, comparison: null, seam };
  }
  const days = daily.map(({ period }) => period);
  return { ...mergeWithMonthly(whole, table, days, prefer), seam };
}

function uniteDays(tables: readonly SourceTable[]): { table: SourceTable | null; seam: Seam } {
  const [first] = tables;
  if (first === undefined || tables.length === 1) {
    return { table: first ?? null, seam: { duplicate: 0, contradiction: 0 } };
  }
  const all = concat(tables);
  const key = byKey(all);
  const content = byContent(all);
  const everything = byEverything(all);
  const order = Array.from({ length: all.length }, (_, row) => row);
  order.sort((a, b) => key(a, b) || content(a, b) || everything(a, b));
  const kept: number[] = [];
  let duplicate = 0;
  let contradiction = 0;
  order.forEach((row, index) => {
    const next = order[index + 1];
    if (next === undefined || key(row, next) !== 0) kept.push(row);
    else if (content(row, next) === 0) duplicate++;
    else contradiction++;
  });
  return { table: pickRows([all], kept), seam: { duplicate, contradiction } };
}

/**
 * Rows of an existing month that objects of these periods gave, to stay beside `fresh` ones of its other objects. What
 * fresh objects tell about is theirs. Metrics may describe the last minutes of the day before their own: these rows
 * are known as their day begins, and stay unless a fresh object has them.
 */
export function keepSourcePeriods(
  month: SourceTable,
  periods: readonly Period[],
  fresh: readonly SourceTable[],
): SourceTable {
  const isByTime = month.schema.sameWhen === 'time';
  const told = new Set(isByTime ? fresh.flatMap((table) => [...table.columns['time']!]) : []);
  const [time, known] = [month.columns['time']!, month.columns['available_at']!];
  const kept: number[] = [];
  for (let row = 0; row < month.length; row++) {
    const [at, knownAt] = [time[row]!, known[row]!];
    const isTheirs = periods.some(
      (period) => periodContains(period, at) || (isByTime && knownAt === period.startMs),
    );
    if (isTheirs && !told.has(at)) kept.push(row);
  }
  return pickRows([month], kept);
}

function concat(tables: readonly SourceTable[]): SourceTable {
  const rows = tables.reduce((sum, table) => sum + table.length, 0);
  return pickRows(
    tables,
    Array.from({ length: rows }, (_, row) => row),
  );
}

function mergeWithMonthly(
  monthly: SourceTable,
  daily: SourceTable,
  days: readonly Period[],
  prefer: 'monthly' | 'daily' | null,
): Omit<AssembledMonth, 'seam'> {
  const key = byKey(monthly, daily);
  const content = byContent(monthly, daily);
  const weight = monthly.schema.moreIsRight;
  const weightOf = (table: SourceTable, row: number): number =>
    weight === null ? 0 : table.columns[weight]![row]!;
  const count = {
    rowsCompared: 0,
    rowsDiffering: 0,
    rowsOnlyMonthly: 0,
    rowsOnlyDaily: 0,
    rowsTakenFromDaily: 0,
  };
  const firstTimes: number[] = [];
  const picked: number[] = [];

  let l = 0;
  let r = 0;
  while (l < monthly.length || r < daily.length) {
    const order = l === monthly.length ? 1 : r === daily.length ? -1 : key(l, r);
    const inMonthly = order <= 0;
    const inDaily = order >= 0;
    const time = inMonthly ? monthly.columns['time']![l]! : daily.columns['time']![r]!;
    const [left, right] = [l, monthly.length + r];
    const same = inMonthly && inDaily && content(l, r) === 0;
    const heavier = inMonthly && inDaily && weightOf(daily, r) > weightOf(monthly, l);
    if (inMonthly) l++;
    if (inDaily) r++;
    if (!inDaily && !days.some((day) => periodContains(day, time))) {
      picked.push(left);
      continue;
    }
    count.rowsCompared++;
    if (same) {
      picked.push(left);
      continue;
    }
    count.rowsDiffering++;
    if (!inDaily) count.rowsOnlyMonthly++;
    if (!inMonthly) count.rowsOnlyDaily++;
    if (firstTimes.length < COMPARISON_ROWS_LISTED) firstTimes.push(time);
    const takeDaily = prefer === null ? !inMonthly || heavier : prefer === 'daily';
    if (takeDaily) count.rowsTakenFromDaily++;
    if (takeDaily && inDaily) picked.push(right);
    else if (!takeDaily && inMonthly) picked.push(left);
  }
  return {
    table: pickRows([monthly, daily], picked),
    comparison: { prefer, days: days.length, ...count, firstTimes },
  };
}

/**
 * Rows of an existing month that its daily objects of these days gave, to put it together anew with others as
 * `kept`. Exact where a row belongs to the day of its `time`, which is everywhere but in metrics: of these, days can
 * be added to a month, but to replace one all must be read again.
 */
export function sliceSourceDays(month: SourceTable, days: readonly Period[]): SourceTable {
  const parts = [...days].sort((a, b) => a.startMs - b.startMs).map((day) => sliceByTime(month, day));
  return parts.length === 0 ? sliceByTime(month, { startMs: 0, endMs: 0 }) : concat(parts);
}
