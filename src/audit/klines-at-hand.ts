import { type Archive, type ArchiveEntry, OBJECT_FAULTS } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { MissingPeriod } from '../layer/index.js';
import { contractSizeUsd } from '../market/index.js';
import {
  SOURCE_SCHEMA_VERSION,
  type SourceMonthFacts,
  type SourcePart,
  type SourceSeries,
  assembleSourceMonth,
  findSourceFacts,
  readSourceMonth,
  readSourceObject,
  sortSources,
  sourceMonthPath,
  sourceObjectFacts,
  writeSourceMonth,
} from '../sources/index.js';
import { type Period, daysOfMonth, parsePeriod, periodContains } from '../time/index.js';
import { VERSION } from '../version.js';

/** Where month files of a series are, and where they come from when they are not there. */
export interface SeriesAtHand {
  readonly dataDir: string;
  readonly series: SourceSeries;
  /** Null: only what is there already. */
  readonly archive: Archive | null;
  /** What the archive has of the series; asked for when something is to be read. */
  readonly listing: () => Promise<readonly ArchiveEntry[]>;
  readonly signal?: AbortSignal | undefined;
}

export interface MonthAtHand {
  /** Null when there is no month file. */
  readonly path: string | null;
  readonly facts: SourceMonthFacts | null;
  /** Objects that were read now. */
  readonly read: number;
  /** Wanted days that no object covers; with the reason where an object could not be used. */
  readonly missing: readonly MissingPeriod[];
}

/** A series and where to find it; the archive is listed at most once. */
export function seriesAtHand(
  dataDir: string,
  series: SourceSeries,
  archive: Archive | null,
  signal?: AbortSignal,
): SeriesAtHand {
  const { market, dataType, symbol, interval } = series;
  let listed: Promise<readonly ArchiveEntry[]> | null = null;
  const listing = (): Promise<readonly ArchiveEntry[]> =>
    (listed ??=
      archive?.list({ market, dataType, symbol, ...(interval && { interval: interval.label }) }) ??
      Promise.resolve([]));
  return { dataDir, series, archive, listing, signal };
}

/**
 * Makes sure that the month file of a series covers `days` of its month, as far as the archive can help: the objects
 * that lack are read and put together with what is there. The file is kept, and the next run reads nothing.
 * @throws what ends everything: `E_IO`, `E_DISK_FULL`, `E_FORBIDDEN`, `E_GEOBLOCKED`, the signal's reason
 */
export async function monthAtHand(
  { dataDir, series, archive, listing, signal }: SeriesAtHand,
  month: Period,
  days: readonly Period[],
): Promise<MonthAtHand> {
  const path = sourceMonthPath(dataDir, series, month.key);
  const before = await usableFacts(path);
  const lacking = daysLacking(before, days);
  if (lacking.length === 0 || archive === null) {
    return { path: before && path, facts: before, read: 0, missing: lacking.map(unlisted) };
  }
  const { market, dataType, symbol, interval } = series;
  const entries = await listing();
  const failed: MissingPeriod[] = [];
  const parts: SourcePart[] = [];
  const readAll = async (chosen: readonly ArchiveEntry[]): Promise<void> => {
    archive.prefetch?.(chosen);
    // An object at fault fails alone; the audit then lacks its days.
    for (const entry of chosen) {
      const part = await readPart(archive, entry, series, signal).catch((error: unknown) => {
        if (!TapemillError.is(error) || !OBJECT_FAULTS.includes(error.code)) throw error;
        failed.push({
          period: entry.name.period.key,
          reason: 'failed',
          detail: `${error.code}: ${error.message}`,
        });
        return null;
      });
      if (part) parts.push(part);
    }
  };
  await readAll(choose(entries, month, lacking));
  // A monthly object that cannot be used is replaced by its days, as far as there are any.
  if (parts.length === 0 && failed.some(({ period }) => period === month.key)) {
    await readAll(dailyOf(entries, lacking));
  }
  let facts = before;
  if (parts.length > 0) {
    const kept = before === null ? null : (await readSourceMonth(path)).table;
    const { table, comparison } = assembleSourceMonth(parts, kept === null ? {} : { kept });
    const read = parts.map(sourceObjectFacts);
    const others = (before?.sources ?? []).filter(({ key }) => !read.some((source) => source.key === key));
    facts = {
      schemaVersion: SOURCE_SCHEMA_VERSION,
      tapemillVersion: VERSION,
      ...{ market, dataType, symbol, interval: interval?.label ?? null, period: month.key },
      contractSizeUsd: market === 'cm' && dataType === 'klines' ? contractSizeUsd(symbol) : null,
      sources: sortSources([...others, ...read]),
      missingPeriods: failed,
      comparison: comparison ?? before?.comparison ?? null,
    };
    signal?.throwIfAborted();
    await writeSourceMonth(path, table, facts);
  }
  const still = daysLacking(facts, days).filter((day) => !failed.some(({ period }) => period === day.key));
  return { path: facts && path, facts, read: parts.length, missing: [...failed, ...still.map(unlisted)] };
}

/** A file that cannot be read is made anew, like one that is not there. */
async function usableFacts(path: string): Promise<SourceMonthFacts | null> {
  try {
    const facts = await findSourceFacts(path);
    return facts?.schemaVersion === SOURCE_SCHEMA_VERSION ? facts : null;
  } catch (error) {
    if (TapemillError.is(error) && error.code === 'E_LAYER') return null;
    throw error;
  }
}

function daysLacking(facts: SourceMonthFacts | null, days: readonly Period[]): Period[] {
  const covered = (facts?.sources ?? []).map(({ period }) => parsePeriod(period));
  return days.filter((day) => !covered.some((period) => periodContains(period, day.startMs)));
}

/** The monthly object for a month that lacks as a whole, or whose daily objects do not do; else the daily ones. */
function choose(entries: readonly ArchiveEntry[], month: Period, lacking: readonly Period[]): ArchiveEntry[] {
  const daily = dailyOf(entries, lacking);
  const monthly = entries.find(({ name }) => name.period.key === month.key);
  const isWhole = lacking.length === daysOfMonth(month).length;
  return monthly && (isWhole || daily.length < lacking.length) ? [monthly] : daily;
}

function dailyOf(entries: readonly ArchiveEntry[], days: readonly Period[]): ArchiveEntry[] {
  return days
    .map(({ key }) => entries.find(({ name }) => name.period.key === key))
    .filter((entry) => entry !== undefined);
}

async function readPart(
  archive: Archive,
  entry: ArchiveEntry,
  series: SourceSeries,
  signal: AbortSignal | undefined,
): Promise<SourcePart> {
  const { market, dataType, symbol, interval } = series;
  const object = await archive.open(entry);
  try {
    const request = {
      market,
      dataType,
      symbol,
      interval: interval?.label ?? null,
      period: entry.name.period,
    };
    return await readSourceObject(object, request, signal ? { signal } : {});
  } finally {
    await object.close();
    await archive.release?.([entry], true);
  }
}

function unlisted(day: Period): MissingPeriod {
  return { period: day.key, reason: 'not listed' };
}
