import type { Archive, ArchiveEntry, MonthPlan } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import {
  type LayerFacts,
  type MissingPeriod,
  LAYER_SCHEMA_VERSION,
  type SourceFacts,
  examineMonth,
  findLayerFacts,
  monthPath,
  whyRebuild,
} from '../layer/index.js';
import { contractSizeUsd, type Market } from '../market/index.js';
import type { Thresholds } from '../ticks/index.js';
import { parsePeriod } from '../time/index.js';
import { type Memory, NO_MEMORY } from './stream-kind.js';

export interface LayerRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly thresholds: Thresholds;
  readonly prefer: 'monthly' | 'daily' | null;
}

/** What is to be done for one month, or that there is nothing to do. */
export interface MonthWork {
  readonly plan: MonthPlan;
  /** Of the month file as it is; null when there is no usable one. */
  readonly facts: LayerFacts | null;
  /** Null: the month file answers the request as it is. */
  readonly reason: string | null;
  readonly objects: readonly ArchiveEntry[];
  readonly keepDays: readonly string[];
  /** Days in the file that are to be milled again because their object was replaced. */
  readonly staleDays: readonly string[];
  /** Whether daily objects may stand in for a monthly one that cannot be used: not where the file still has it. */
  readonly fallBackToDays: boolean;
  /** For the footer: what the planner misses now, and what the file missed of days beyond the request. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly notes: readonly string[];
}

/**
 * Compares a planned month with the month file on disk: what of it can be reused, what must be milled, and why.
 * A rebuild never loses days: those that the file has beyond the request are kept as they are, or, when they were
 * made otherwise (other thresholds), milled again from the archive.
 * @param entries all that the archive lists of the symbol
 */
export async function planMonthWork(
  archive: Archive,
  entries: readonly ArchiveEntry[],
  plan: MonthPlan,
  request: LayerRequest,
  memory: Memory = NO_MEMORY,
): Promise<MonthWork> {
  const { dataDir, market, symbol, thresholds } = request;
  const month = plan.month.key;
  const contract = market === 'cm' ? contractSizeUsd(symbol) : null;
  const path = monthPath(dataDir, market, symbol, month);
  const made = await examineMonth(
    path,
    { market, symbol, period: month, thresholds, contractSizeUsd: contract, sources: [] },
    (file) => memory.readFacts(file, findLayerFacts),
  );
  const { facts } = made;
  // Nobody need be asked for the hash of what is not compared with anything.
  const known = new Set(facts?.sources.map((source) => source.key));
  const sources = await Promise.all(
    plan.objects.map(async (entry) => ({
      key: entry.key,
      period: entry.name.period.key,
      sha256: known.has(entry.key) ? await statedHash(archive, entry, memory) : null,
    })),
  );
  const reason =
    made.reason ??
    whyRebuild(facts, { market, symbol, period: month, thresholds, contractSizeUsd: contract, sources }) ??
    resized(facts, plan.objects) ??
    otherwisePreferred(facts, request.prefer);
  const fallBackToDays = !(facts?.sources ?? []).some((source) => source.period === month);
  const none = { facts, staleDays: [], keepDays: [], notes: [], fallBackToDays };
  if (reason === null) {
    for (const entry of plan.objects) {
      const source = facts?.sources.find(({ key }) => key === entry.key);
      if (source) memory.confirm(entry, source);
    }
    return { plan, reason, objects: [], missingPeriods: [], ...none };
  }
  const missingPeriods = [...plan.missing, ...missedBefore(facts, plan)];
  const old = facts?.sources ?? [];
  const oldIsUsable =
    facts !== null && isMadeAlike(facts, request, contract) && !old.some((source) => source.period === month);

  if (!oldIsUsable) {
    // Nothing of the old bars can stay, but what they were made of is wanted still.
    const listed = new Map(entries.map((entry) => [entry.key, entry]));
    const wanted = new Map(plan.objects.map((entry) => [entry.name.period.key, entry]));
    const notes: string[] = [];
    for (const source of old) {
      if (wanted.has(source.period)) continue;
      const entry = listed.get(source.key);
      if (entry) wanted.set(source.period, entry);
      else notes.push(`${source.period} is dropped: the archive does not list ${source.key} any more`);
    }
    return { plan, reason, objects: inOrder([...wanted.values()]), missingPeriods, ...none, notes };
  }
  const isStale = (source: SourceFacts): boolean =>
    sources.some(({ key, sha256 }, i) => {
      if (key !== source.key) return false;
      return sha256 === null ? plan.objects[i]!.bytes !== source.bytes : sha256 !== source.sha256;
    });
  const keepDays = old.filter((source) => !isStale(source)).map((source) => source.period);
  const objects = plan.objects.filter((entry) => !keepDays.includes(entry.name.period.key));
  const staleDays = old.filter(isStale).map((source) => source.period);
  return { ...none, plan, reason, objects, keepDays, staleDays, missingPeriods };
}

/** Days outside the request of which the file knows why they are missing; nobody looks for them now. */
export function missedBefore(
  facts: Pick<LayerFacts, 'missingPeriods'> | null,
  plan: MonthPlan,
): MissingPeriod[] {
  return (facts?.missingPeriods ?? []).filter(({ period }) => {
    const { startMs, endMs } = parsePeriod(period);
    return endMs <= plan.startMs || startMs >= plan.endMs;
  });
}

function inOrder(entries: ArchiveEntry[]): ArchiveEntry[] {
  return entries.sort((a, b) => a.name.period.startMs - b.name.period.startMs);
}

/** The hash of an object as its .CHECKSUM states it; null when nobody knows it before the object is read. */
export async function statedHash(
  archive: Archive,
  entry: ArchiveEntry,
  memory: Memory,
): Promise<string | null> {
  const remembered = memory.statedHash(entry);
  if (remembered !== undefined) return remembered;
  try {
    return await archive.checksum(entry.key);
  } catch (error) {
    // Milling the object will report it; a month that is there does not suffer from it.
    if (TapemillError.is(error) && error.code === 'E_CHECKSUM_FORMAT') return null;
    throw error;
  }
}

/** An object without a .CHECKSUM is known by its size alone. */
export function resized(
  facts: { readonly sources: readonly { readonly key: string; readonly bytes: number }[] } | null,
  objects: readonly ArchiveEntry[],
): string | null {
  for (const { key, bytes } of objects) {
    const known = facts?.sources.find((source) => source.key === key);
    if (known && known.bytes !== bytes)
      return `${key} was replaced upstream: ${known.bytes} bytes, now ${bytes}`;
  }
  return null;
}

/** A choice between objects that differ is part of what a month is made of. */
function otherwisePreferred(facts: LayerFacts | null, prefer: LayerRequest['prefer']): string | null {
  const comparison = facts?.comparison ?? null;
  if (comparison === null || comparison.minutesDiffering === 0 || comparison.prefer === prefer) return null;
  const said = (choice: LayerRequest['prefer']): string => choice ?? 'the one with more fills';
  return `preferred object was ${said(comparison.prefer)}, now ${said(prefer)}`;
}

function isMadeAlike(facts: LayerFacts, request: LayerRequest, contract: number | null): boolean {
  return (
    facts.schemaVersion === LAYER_SCHEMA_VERSION &&
    facts.market === request.market &&
    facts.symbol === request.symbol &&
    facts.contractSizeUsd === contract &&
    facts.thresholds.whaleUsd === request.thresholds.whaleUsd &&
    facts.thresholds.retailUsd === request.thresholds.retailUsd
  );
}
