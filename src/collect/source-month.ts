import type { ArchiveEntry } from '../archive/index.js';
import { compareEntries } from '../archive/index.js';
import type { MissingPeriod } from '../layer/index.js';
import {
  type AssembledMonth,
  SOURCE_SCHEMA_VERSION,
  type SourceObjectFacts,
  type SourceSeries,
  type SourceTable,
  assembleSourceMonth,
  keepSourcePeriods,
  readSourceMonth,
  sortSources,
  sourceMonthPath,
  writeSourceMonth,
} from '../sources/index.js';
import { parsePeriod, periodContains } from '../time/index.js';
import { keepObject } from './mill-object.js';
import { type ReadSource, asRowAccount, readSource } from './source-object.js';
import type { SourceWork } from './source-plan.js';
import type { BuildOptions, MonthResult, MonthServices } from './stream-kind.js';
import { tryObject } from './try-object.js';

/** All that is needed to bring one month of one source up to date. */
export interface SourceMonthJob extends BuildOptions {
  readonly dataDir: string;
  readonly series: SourceSeries;
  readonly prefer: 'monthly' | 'daily' | null;
  readonly keepZip: boolean;
  readonly work: SourceWork;
  /** Why it is built, in words. */
  readonly reason: string;
}

/**
 * Reads what is to be read, puts it together with what stays, and writes the month file whole. When no object can be
 * used, nothing is written and an existing file stays.
 * @throws an object's network error unless it is the last attempt; what ends the run; what `publish` throws
 */
export async function buildSourceMonth(job: SourceMonthJob, services: MonthServices): Promise<MonthResult> {
  const { archive, report, advance, signal } = services;
  const { series, work, isLastAttempt } = job;
  const { symbol } = series;
  const month = work.plan.month.key;
  const path = sourceMonthPath(job.dataDir, series, month);
  const failed: MissingPeriod[] = [];
  report({ type: 'month-started', symbol, month, reason: job.reason });

  const parts: ReadSource[] = [];
  const read = async (entry: ArchiveEntry): Promise<ReadSource | null> => {
    const started = performance.now();
    const part = await tryObject(entry, { symbol, month, isLastAttempt, report, failed }, async () => {
      const found = await readSource(archive, entry, series, services);
      const { key: object, bytes, checksum, account } = found.source;
      const seconds = (performance.now() - started) / 1000;
      report({
        ...{ type: 'object-milled', symbol, month, object, bytes, checksum, seconds },
        account: asRowAccount(account),
        sourceAccount: account,
      });
      // An archive that brings objects to disk keeps them itself, when they are released.
      if (job.keepZip && !archive.release) await keepObject(archive, entry, job.dataDir);
      return found;
    });
    if (part) parts.push(part);
    return part;
  };

  const [first, ...others] = [...work.objects].sort(compareEntries);
  const isMonthly = first?.name.period.kind === 'month';
  const monthly = isMonthly ? await read(first) : null;
  let { keep } = work;
  let days = isMonthly ? others : work.objects;
  if (isMonthly && monthly === null) {
    // It stays reported, and is tried again next time. Days stand in for it, but never for one that is stored.
    if (work.fallBack.some(({ period }) => period === month)) return { written: false, failed, sources: [] };
    keep = work.fallBack;
    days = keep.length > 0 ? work.plan.alternates : union(days, work.plan.alternates);
  }
  const kept = new Set(keep.map(({ key }) => key));
  for (const day of days) if (!kept.has(day.key)) await read(day);
  if (monthly) for (const day of daysToFill(monthly.table, work.plan.alternates, days)) await read(day);
  if (parts.length === 0) return { written: false, failed, sources: [] };

  const notes: string[] = [];
  const fresh = new Set(parts.map(({ period }) => period.key));
  const stay = (keep.length > 0 ? keep : work.fallBack).filter(({ period }) => !fresh.has(period));
  if (keep.length === 0) {
    for (const { period } of stay) notes.push(`${period} stays as it was: its object cannot be used now`);
  }
  const assembled = assembleSourceMonth(parts, {
    prefer: job.prefer,
    ...(stay.length > 0 && { kept: await keptRows(path, stay, keep.length > 0 ? [] : parts) }),
  });
  const { table, comparison } = assembled;
  notes.push(...describe(assembled));
  signal.throwIfAborted();
  advance({ phase: 'writing' });
  const facts = {
    schemaVersion: SOURCE_SCHEMA_VERSION,
    tapemillVersion: job.tapemillVersion,
    market: series.market,
    dataType: series.dataType,
    interval: series.interval?.label ?? null,
    symbol,
    period: month,
    contractSizeUsd: work.contractSizeUsd,
    sources: sortSources([...parts.map(({ source }) => source), ...stay]),
    missingPeriods: inOrder([...work.missingPeriods, ...failed]),
    comparison,
  };
  await writeSourceMonth(path, table, facts, services.publish);
  const rows = parts.reduce((sum, { source }) => sum + source.account.accepted, 0);
  report({ type: 'month-written', symbol, month, path, minutes: table.length, rows, notes });
  return { written: true, failed, sources: parts.map(({ source }) => source) };
}

/** @param fresh what was read of the other objects; none: all rows stay */
async function keptRows(
  path: string,
  stay: readonly SourceObjectFacts[],
  fresh: readonly ReadSource[],
): Promise<SourceTable> {
  const { table } = await readSourceMonth(path);
  if (fresh.length === 0) return table;
  return keepSourcePeriods(
    table,
    stay.map(({ period }) => parsePeriod(period)),
    fresh.map((part) => part.table),
  );
}

/** Daily objects of days of which a monthly one has no row at all: whole days have been left out of some. */
function daysToFill(
  { columns }: SourceTable,
  alternates: readonly ArchiveEntry[],
  have: readonly ArchiveEntry[],
): ArchiveEntry[] {
  const times = columns['time']!;
  const known = new Set(have.map(({ key }) => key));
  return alternates.filter(
    ({ key, name }) => !known.has(key) && !times.some((time) => periodContains(name.period, time)),
  );
}

function union(left: readonly ArchiveEntry[], right: readonly ArchiveEntry[]): ArchiveEntry[] {
  const all = new Map([...left, ...right].map((entry) => [entry.name.period.key, entry]));
  return [...all.values()].sort(compareEntries);
}

function inOrder(missing: readonly MissingPeriod[]): MissingPeriod[] {
  return [...missing].sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
}

function describe({ comparison, seam }: AssembledMonth): string[] {
  const notes: string[] = [];
  if (comparison !== null) {
    const { days, rowsDiffering, rowsCompared, rowsTakenFromDaily } = comparison;
    notes.push(
      rowsDiffering === 0
        ? `monthly object equals ${days} daily ones in all ${rowsCompared} rows`
        : `monthly object differs from ${days} daily ones in ${rowsDiffering} of ${rowsCompared} rows; ` +
            `${rowsTakenFromDaily} taken from the daily ones`,
    );
  }
  if (seam.contradiction > 0)
    notes.push(`${seam.contradiction} rows contradict those of the next day's object`);
  return notes;
}
