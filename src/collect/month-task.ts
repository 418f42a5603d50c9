import type { ArchiveEntry } from '../archive/index.js';
import {
  type BarsOfPeriod,
  type Comparison,
  type LayerFacts,
  LAYER_SCHEMA_VERSION,
  type MissingPeriod,
  type SourceFacts,
  assembleDays,
  mergeMonthlyWithDaily,
  monthPath,
  readMonth,
  sliceDays,
  writeMonth,
} from '../layer/index.js';
import { contractSizeUsd, type Market } from '../market/index.js';
import type { MinuteBars, Thresholds } from '../ticks/index.js';
import { type Period, daysBetween, parsePeriod, periodContains } from '../time/index.js';
import { keepObject, millObject } from './mill-object.js';
import type { MonthWork } from './plan-months.js';
import type { BuildOptions, MonthResult, MonthServices } from './stream-kind.js';
import { tryObject } from './try-object.js';

/** All that is needed to bring one month of one symbol's layer up to date. */
export interface MonthJob extends BuildOptions {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly thresholds: Thresholds;
  readonly prefer: 'monthly' | 'daily' | null;
  readonly keepZip: boolean;
  readonly work: MonthWork;
  /** Why it is built, in words. */
  readonly reason: string;
}

interface Part extends BarsOfPeriod {
  readonly source: SourceFacts;
}

/**
 * Mills what is to be milled, puts it together with what is kept, and writes the month file whole. When no object
 * of it can be used, nothing is written and an existing file stays.
 * @throws an object's network error unless it is the last attempt; what ends the run; what `publish` throws
 */
export async function buildMonth(task: MonthJob, services: MonthServices): Promise<MonthResult> {
  const { archive, report, advance, signal } = services;
  const { symbol, market, work } = task;
  const month = work.plan.month.key;
  const path = monthPath(task.dataDir, market, symbol, month);
  const failed: MissingPeriod[] = [];
  let rows = 0;
  report({ type: 'month-started', symbol, month, reason: task.reason });

  const mill = (entry: ArchiveEntry): Promise<Part | null> =>
    tryObject(entry, { symbol, month, isLastAttempt: task.isLastAttempt, report, failed }, async () => {
      const started = performance.now();
      const { bars, source } = await millObject(archive, entry, {
        thresholds: task.thresholds,
        signal,
        inTurn: services.inTurn,
        onPhase: (phase) => {
          advance({ phase });
        },
        onZipBytes: (bytes) => {
          advance({ bytes });
        },
      });
      rows += source.account.accepted;
      advance({ phase: 'fetching', rows: source.account.rows });
      const { key: object, bytes, checksum, account } = source;
      const seconds = (performance.now() - started) / 1000;
      report({ type: 'object-milled', symbol, month, object, bytes, checksum, account, seconds });
      // An archive that brings objects to disk keeps them itself, when they are released.
      if (task.keepZip && !archive.release) await keepObject(archive, entry, task.dataDir);
      return { period: entry.name.period, bars, source };
    });

  const kept = await keptParts(path, work.keepDays);
  const milled: Part[] = [];
  for (const entry of work.objects) {
    const part = await mill(entry);
    if (part) milled.push(part);
  }
  const monthly = milled.find((part) => part.period.kind === 'month');
  // Days alone never take the place of a month that is stored.
  const isMonthLost = !monthly && work.objects.some(({ name }) => name.period.kind === 'month');
  if (isMonthLost && !work.fallBackToDays) return { written: false, failed, sources: [] };
  const days = [...kept, ...milled.filter((part) => part !== monthly)];
  // A monthly object that cannot be used stays reported, and is tried again next time.
  if (monthly !== undefined || work.fallBackToDays) {
    const lacking = await daysToFill(work.plan, monthly?.bars ?? null, days, services.days);
    for (const entry of lacking) {
      const part = await mill(entry);
      if (part) milled.push(part);
      if (part) days.push(part);
    }
  }
  if (milled.length === 0) return { written: false, failed, sources: [] };

  const notes: string[] = [];
  const stale = work.staleDays.filter((day) => !days.some((part) => part.period.key === day));
  for (const part of await keptParts(path, stale)) {
    days.push(part);
    notes.push(`${part.period.key} stays as it was: its new object cannot be used`);
  }
  let bars: MinuteBars;
  let comparison: Comparison | null = null;
  if (monthly && days.length > 0) {
    ({ bars, comparison } = mergeMonthlyWithDaily(monthly.bars, days, task.prefer));
    notes.push(describeComparison(comparison));
  } else {
    bars = monthly ? monthly.bars : assembleDays(days);
  }
  const facts: LayerFacts = {
    schemaVersion: LAYER_SCHEMA_VERSION,
    tapemillVersion: task.tapemillVersion,
    market,
    symbol,
    period: month,
    thresholds: task.thresholds,
    contractSizeUsd: market === 'cm' ? contractSizeUsd(symbol) : null,
    sources: [...(monthly ? [monthly] : []), ...days]
      .map((part) => part.source)
      .sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : a.key < b.key ? -1 : 1)),
    missingPeriods: [...work.missingPeriods, ...failed],
    comparison,
    createdAtUtc: null,
  };
  signal.throwIfAborted();
  advance({ phase: 'writing' });
  await writeMonth(path, bars, facts, services.publish);
  report({ type: 'month-written', symbol, month, path, minutes: bars.length, rows, notes });
  return { written: true, failed, sources: milled.map(({ source }) => source) };
}

async function keptParts(path: string, keepDays: readonly string[]): Promise<Part[]> {
  if (keepDays.length === 0) return [];
  const { bars, facts } = await readMonth(path);
  return sliceDays(
    bars,
    keepDays.map((day) => parsePeriod(day)),
  ).map((part) => {
    const source = facts.sources.find((candidate) => candidate.period === part.period.key);
    if (!source) throw new RangeError(`${path} has no source for ${part.period.key}`);
    return { ...part, source };
  });
}

/**
 * Daily objects of days on which a monthly object has no tick at all: whole days have been left out of some.
 * @param monthly null for one that cannot be used: all days
 */
async function daysToFill(
  plan: MonthWork['plan'],
  monthly: MinuteBars | null,
  have: readonly Part[],
  alternates: MonthServices['days'],
): Promise<readonly ArchiveEntry[]> {
  if (!plan.objects.some(({ name }) => name.period.kind === 'month')) return [];
  const minute = monthly?.columns.minute ?? new Float64Array(0);
  const isLacking = (day: Period): boolean =>
    !have.some((part) => part.period.key === day.key) && !minute.some((start) => periodContains(day, start));
  const lacking = new Set(
    daysBetween(plan.startMs, plan.endMs)
      .filter(isLacking)
      .map(({ key }) => key),
  );
  if (lacking.size === 0) return [];
  return (await alternates()).filter(({ name }) => lacking.has(name.period.key));
}

function describeComparison(comparison: Comparison): string {
  const { days, minutesDiffering, minutesCompared, minutesTakenFromDaily } = comparison;
  if (minutesDiffering === 0)
    return `monthly object equals ${days} daily ones in all ${minutesCompared} minutes`;
  return (
    `monthly object differs from ${days} daily ones in ${minutesDiffering} of ${minutesCompared} minutes; ` +
    `${minutesTakenFromDaily} taken from the daily ones`
  );
}
