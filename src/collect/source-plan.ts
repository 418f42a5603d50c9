import type { Archive, ArchiveEntry, MonthPlan } from '../archive/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { contractSizeUsd } from '../market/index.js';
import {
  type SourceMonthFacts,
  type SourceObjectFacts,
  type SourceSeries,
  examineSourceMonth,
  findSourceFacts,
  isMadeAlike,
  sourceMonthPath,
} from '../sources/index.js';
import { missedBefore, resized, statedHash } from './plan-months.js';
import { type Memory, NO_MEMORY } from './stream-kind.js';

export interface SourceMonthRequest {
  readonly dataDir: string;
  readonly series: SourceSeries;
  readonly prefer: 'monthly' | 'daily' | null;
}

/** What is to be done for one month of a source, or that there is nothing to do. */
export interface SourceWork {
  readonly plan: MonthPlan;
  /** Null: the month file answers the request as it is. */
  readonly reason: string | null;
  readonly objects: readonly ArchiveEntry[];
  /** Objects whose rows in the month file stay as they are. */
  readonly keep: readonly SourceObjectFacts[];
  /** Objects that are read anew, or cannot be: their rows in the month file stay when there is nothing better. */
  readonly fallBack: readonly SourceObjectFacts[];
  readonly contractSizeUsd: number | null;
  readonly missingPeriods: readonly MissingPeriod[];
  readonly notes: readonly string[];
}

/**
 * Compares a planned month with the month file on disk. Days that merely appeared are added to the rows at hand; when an
 * object was replaced or the monthly one appeared, all are read again, those too that the file has beyond the request.
 * @param entries all that the archive lists of the series
 */
export async function planSourceMonth(
  archive: Archive,
  entries: readonly ArchiveEntry[],
  plan: MonthPlan,
  { dataDir, series, prefer }: SourceMonthRequest,
  memory: Memory = NO_MEMORY,
): Promise<SourceWork> {
  const month = plan.month.key;
  const contract = series.market === 'cm' && series.dataType === 'klines';
  const contractSize = contract ? contractSizeUsd(series.symbol) : null;
  const path = sourceMonthPath(dataDir, series, month);
  const asked = { series, period: month, contractSizeUsd: contractSize };
  const read = (file: string): Promise<SourceMonthFacts | null> => memory.readFacts(file, findSourceFacts);
  const { facts } = await examineSourceMonth(path, { ...asked, sources: [] }, read);
  const known = new Set(facts?.sources.map(({ key }) => key));
  const sources = await Promise.all(
    plan.objects.map(async (entry) => ({
      key: entry.key,
      period: entry.name.period.key,
      // Nobody need be asked for the hash of what is not compared with anything.
      sha256: known.has(entry.key) ? await statedHash(archive, entry, memory) : null,
    })),
  );
  const state = await examineSourceMonth(path, { ...asked, sources }, read);
  const resizedNow = resized(facts, plan.objects);
  const reason = state.reason ?? resizedNow ?? otherwisePreferred(facts, prefer);
  const none = { plan, reason, objects: [], keep: [], fallBack: [], missingPeriods: [], notes: [] };
  if (reason === null) {
    for (const entry of plan.objects) {
      const source = facts?.sources.find(({ key }) => key === entry.key);
      if (source) memory.confirm(entry, source);
    }
    return { ...none, contractSizeUsd: contractSize };
  }
  const missingPeriods = [...plan.missing, ...missedBefore(facts, plan)];
  const old = facts?.sources ?? [];
  if (state.add !== null && resizedNow === null) {
    const added = new Set(state.add.map(({ key }) => key));
    const objects = plan.objects.filter(({ key }) => added.has(key));
    return { ...none, objects, keep: old, missingPeriods, contractSizeUsd: contractSize };
  }
  // What the file was made of is wanted still, whatever was asked for now.
  const canStay = facts !== null && isMadeAlike(facts, asked);
  const listed = new Map(entries.map((entry) => [entry.key, entry]));
  const wanted = new Map(plan.objects.map((entry) => [entry.name.period.key, entry]));
  const notes: string[] = [];
  for (const { period, key } of old) {
    const entry = listed.get(key);
    if (wanted.has(period)) continue;
    if (entry) wanted.set(period, entry);
    else if (!canStay) notes.push(`${period} is dropped: the archive does not list ${key} any more`);
  }
  const objects = [...wanted.values()].sort((a, b) => a.name.period.startMs - b.name.period.startMs);
  const fallBack = canStay ? old : [];
  return { ...none, objects, fallBack, missingPeriods, notes, contractSizeUsd: contractSize };
}

/** A choice between objects that differ is part of what a month is made of. */
function otherwisePreferred(
  facts: SourceMonthFacts | null,
  prefer: SourceMonthRequest['prefer'],
): string | null {
  const comparison = facts?.comparison ?? null;
  if (comparison === null || comparison.rowsDiffering === 0 || comparison.prefer === prefer) return null;
  const said = (choice: SourceMonthRequest['prefer']): string => choice ?? 'the usual one';
  return `preferred object was ${said(comparison.prefer)}, now ${said(prefer)}`;
}
