import { TapemillError } from '../errors.js';
import { SOURCE_SCHEMA_VERSION, type SourceMonthFacts } from './facts.js';
import type { SourceSeries } from './kind.js';
import { findSourceFacts } from './month-file.js';

/** What a month is asked to be made of. */
export interface SourceMonthRequest {
  readonly series: SourceSeries;
  /** `2026-04` */
  readonly period: string;
  readonly contractSizeUsd: number | null;
  /** `sha256` as .CHECKSUM has it now, null where it is not known: the object then counts as unchanged. */
  readonly sources: readonly {
    readonly key: string;
    readonly period: string;
    readonly sha256: string | null;
  }[];
}

/**
 * Why a month must be built anew, in words for the user, or null when the existing one answers the request. More than
 * was asked for is no reason: days beyond the request are kept, and a monthly object stands for all its days.
 */
export function whyRebuildSource(facts: SourceMonthFacts | null, request: SourceMonthRequest): string | null {
  if (facts === null) return `${request.period} is not there yet`;
  const otherMaking = whyMadeOtherwise(facts, request);
  if (otherMaking !== null) return otherMaking;
  const { appeared, replaced } = changedSources(facts, request);
  const [first] = replaced;
  if (first) {
    const { key, before, now } = first;
    return `${key} was replaced upstream: sha256 ${before.slice(0, 12)}… now ${now.slice(0, 12)}…`;
  }
  return appeared[0] === undefined ? null : `${appeared[0].period} appeared`;
}

/** Whether the rows of a month mean what they would mean now, so that some of them could stay. */
export function isMadeAlike(facts: SourceMonthFacts, request: Omit<SourceMonthRequest, 'sources'>): boolean {
  return whyMadeOtherwise(facts, request) === null;
}

function whyMadeOtherwise(
  facts: SourceMonthFacts,
  request: Omit<SourceMonthRequest, 'sources'>,
): string | null {
  if (facts.schemaVersion !== SOURCE_SCHEMA_VERSION) {
    return `schema version was ${facts.schemaVersion}, now ${SOURCE_SCHEMA_VERSION}`;
  }
  const { market, dataType, symbol, interval } = request.series;
  const wanted = { market, dataType, interval: interval?.label ?? null, symbol, period: request.period };
  for (const name of ['market', 'dataType', 'interval', 'symbol', 'period'] as const) {
    if (facts[name] !== wanted[name])
      return `${name} was ${facts[name] ?? 'none'}, now ${wanted[name] ?? 'none'}`;
  }
  if (facts.contractSizeUsd !== request.contractSizeUsd) {
    return `contract size was ${facts.contractSizeUsd ?? 'none'}, now ${request.contractSizeUsd ?? 'none'}`;
  }
  return null;
}

export interface ChangedSources {
  /** Objects that the month is not made of yet. */
  readonly appeared: readonly SourceMonthRequest['sources'][number][];
  readonly replaced: readonly { readonly key: string; readonly before: string; readonly now: string }[];
}

function changedSources(facts: SourceMonthFacts, request: SourceMonthRequest): ChangedSources {
  const hasMonthly = facts.sources.some((source) => source.period === facts.period);
  const known = new Map(facts.sources.map((source) => [source.key, source]));
  const appeared = request.sources.filter(
    ({ key, period }) => !known.has(key) && !(hasMonthly && period !== facts.period),
  );
  const replaced = request.sources.flatMap(({ key, sha256: now }) => {
    const before = known.get(key)?.sha256;
    return before === undefined || now === null || before === now ? [] : [{ key, before, now }];
  });
  return { appeared, replaced };
}

export interface SourceMonthState {
  /** Null when there is no usable file. */
  readonly facts: SourceMonthFacts | null;
  /** Why it must be built anew; null when the file answers the request. */
  readonly reason: string | null;
  /**
   * The objects that are all it lacks, when its rows can be kept (`AssembleOptions.kept`) and only these be read: it
   * is made of daily objects, none of them replaced, and no monthly one appeared. Null: read all.
   */
  readonly add: ChangedSources['appeared'] | null;
}

/** The same for a file, of which only the footer is read; a damaged one is a reason too. @throws `E_IO` */
export async function examineSourceMonth(
  path: string,
  request: SourceMonthRequest,
  readFacts: (path: string) => Promise<SourceMonthFacts | null> = findSourceFacts,
): Promise<SourceMonthState> {
  let facts: SourceMonthFacts | null;
  try {
    facts = await readFacts(path);
  } catch (error) {
    if (!TapemillError.is(error) || error.code !== 'E_LAYER') throw error;
    return { facts: null, reason: error.message, add: null };
  }
  const reason = whyRebuildSource(facts, request);
  if (facts === null || reason === null || !isMadeAlike(facts, request)) return { facts, reason, add: null };
  const { appeared, replaced } = changedSources(facts, request);
  const isMonthly = ({ period }: { readonly period: string }): boolean => period === request.period;
  const mustReadAll = replaced.length > 0 || appeared.some(isMonthly) || facts.sources.some(isMonthly);
  return { facts, reason, add: mustReadAll ? null : appeared };
}
