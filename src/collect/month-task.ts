import { type Archive, type ArchiveEntry, type HttpArchiveOptions, openArchive } from '../archive/index.js';
import { TapemillError } from '../errors.js';
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
import { parsePeriod, periodContains } from '../time/index.js';
import type { CollectEvent } from './events.js';
import { keepObject, millObject } from './mill-object.js';

/** All that is needed to bring one month of one symbol's layer up to date; plain data, it crosses threads. */
export interface MonthTask {
  readonly type: 'month';
  readonly archive: string;
  readonly archiveOptions: HttpArchiveOptions;
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  /** `2026-04` */
  readonly month: string;
  readonly thresholds: Thresholds;
  /** Objects to mill: the monthly one, days, or both. */
  readonly objects: readonly ArchiveEntry[];
  /** Days whose bars are taken over from the month file as it is. */
  readonly keepDays: readonly string[];
  /** Daily objects to mill for days on which the monthly one turns out to have nothing. */
  readonly alternates: readonly ArchiveEntry[];
  /** Days of the month file whose object was replaced: they stay as they are when the new one cannot be used. */
  readonly staleDays: readonly string[];
  /** Whether the alternates may stand in for the whole monthly object when that cannot be used. */
  readonly fallBackToDays: boolean;
  /** Days that have no source, as the planner knows them. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly prefer: 'monthly' | 'daily' | null;
  readonly keepZip: boolean;
  /** Why it is built, in words. */
  readonly reason: string;
  readonly tapemillVersion: string;
}

export interface MonthResult {
  readonly written: boolean;
  /** Objects that could not be used, as missing periods. */
  readonly failed: readonly MissingPeriod[];
}

/** An object that is at fault itself fails alone; anything else (disk, memory, an abort) ends the task. */
const OBJECT_FAULTS = new Set([
  'E_CHECKSUM',
  'E_CHECKSUM_FORMAT',
  'E_ZIP',
  'E_ZIP_MEMBER',
  'E_ZIP_CRC',
  'E_ZIP_SIZE',
  'E_CSV_LAYOUT',
  'E_CSV_MALFORMED',
  'E_CSV_TIME',
  'E_IDS',
  'E_ARCHIVE_UNREADABLE',
  'E_NOT_FOUND',
  'E_NETWORK',
  'E_HTTP',
]);

/** Also when the object alone cannot be read; the object is named only then, not when the disk we write to fails. */
function isObjectFault(error: unknown): error is TapemillError {
  if (!TapemillError.is(error)) return false;
  return OBJECT_FAULTS.has(error.code) || (error.code === 'E_IO' && error.context.object !== undefined);
}

interface Part extends BarsOfPeriod {
  readonly source: SourceFacts;
}

/**
 * Mills what is to be milled, puts it together with what is kept, and writes the month file whole. When no object
 * of it can be used, nothing is written and an existing file stays.
 */
export async function buildMonth(
  task: MonthTask,
  report: (event: CollectEvent) => void,
  signal: AbortSignal,
): Promise<MonthResult> {
  const archive = openArchive(task.archive, task.archiveOptions, { signal });
  try {
    return await buildFrom(archive, task, report, signal);
  } finally {
    await archive.close?.();
  }
}

async function buildFrom(
  archive: Archive,
  task: MonthTask,
  report: (event: CollectEvent) => void,
  signal: AbortSignal,
): Promise<MonthResult> {
  const { symbol, market, month } = task;
  const path = monthPath(task.dataDir, market, symbol, month);
  const failed: MissingPeriod[] = [];
  let rows = 0;
  report({ type: 'month-started', symbol, month, reason: task.reason });

  const mill = async (entry: ArchiveEntry): Promise<Part | null> => {
    const started = performance.now();
    try {
      const { bars, source } = await millObject(archive, entry, {
        thresholds: task.thresholds,
        signal,
        onZipBytes: (bytes) => {
          report({ type: 'bytes', symbol, month, bytes });
        },
      });
      rows += source.account.accepted;
      const { key: object, bytes, checksum, account } = source;
      const seconds = (performance.now() - started) / 1000;
      report({ type: 'object-milled', symbol, month, object, bytes, checksum, account, seconds });
      // An archive that brings objects to disk keeps them itself, when they are released.
      if (task.keepZip && !archive.release) await keepObject(archive, entry, task.dataDir);
      return { period: entry.name.period, bars, source };
    } catch (error) {
      if (!isObjectFault(error)) throw error;
      const { code, message } = error;
      const period = entry.name.period.key;
      failed.push({ period, reason: 'failed', detail: `${code}: ${message}` });
      report({ type: 'object-failed', symbol, month, object: entry.key, period, code, message });
      return null;
    }
  };

  const kept = await keptParts(path, task.keepDays);
  const milled: Part[] = [];
  for (const entry of task.objects) {
    const part = await mill(entry);
    if (part) milled.push(part);
  }
  const monthly = milled.find((part) => part.period.kind === 'month');
  const days = [...kept, ...milled.filter((part) => part !== monthly)];
  // A monthly object that cannot be used stays reported, and is tried again next time.
  if (monthly !== undefined || task.fallBackToDays) {
    for (const entry of daysToFill(monthly?.bars ?? null, task.alternates, days)) {
      const part = await mill(entry);
      if (part) milled.push(part);
      if (part) days.push(part);
    }
  }
  if (milled.length === 0) return { written: false, failed };

  const notes: string[] = [];
  const stale = task.staleDays.filter((day) => !days.some((part) => part.period.key === day));
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
    missingPeriods: [...task.missingPeriods, ...failed],
    comparison,
    createdAtUtc: null,
  };
  signal.throwIfAborted();
  await writeMonth(path, bars, facts);
  report({ type: 'month-written', symbol, month, path, minutes: bars.length, rows, notes });
  return { written: true, failed };
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
 * Null for a monthly object that cannot be used: all days.
 */
function daysToFill(
  monthly: MinuteBars | null,
  alternates: readonly ArchiveEntry[],
  have: readonly Part[],
): ArchiveEntry[] {
  const minute = monthly?.columns.minute ?? new Float64Array(0);
  return alternates.filter(
    ({ name }) =>
      !have.some((part) => part.period.key === name.period.key) &&
      !minute.some((start) => periodContains(name.period, start)),
  );
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
