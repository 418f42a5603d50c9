import type { ObjectFacts } from '../archive/index.js';
import type { MissingPeriod, ObjectSource } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { Period } from '../time/index.js';
import type { SourceAccount } from './account.js';
import type { SourceComparison } from './assemble.js';
import type { SourceType } from './kind.js';

/**
 * Version of the month files of all sources: columns, their meaning, cleaning, and the facts in the footer. A file of
 * another version is rebuilt, never guessed at. Count it up with any change to what a column holds.
 */
export const SOURCE_SCHEMA_VERSION = 1;

/** One archive object that went into a month. */
export interface SourceObjectFacts extends ObjectSource {
  readonly account: SourceAccount;
}

/** Where a month file comes from: what its footer says beside the rows. */
export interface SourceMonthFacts {
  readonly schemaVersion: number;
  readonly tapemillVersion: string;
  readonly market: Market;
  readonly dataType: SourceType;
  /** `1h` …; null but for the kline types. */
  readonly interval: string | null;
  readonly symbol: string;
  /** Month, `2026-04`. */
  readonly period: string;
  /** US dollars a contract stands for; null but for klines of `cm`. */
  readonly contractSizeUsd: number | null;
  /** Sorted by period, then key. */
  readonly sources: readonly SourceObjectFacts[];
  /** Days of the month that were asked for and have no source. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly comparison: SourceComparison | null;
}

/** The facts of one part, for the footer. */
export function sourceObjectFacts(part: {
  readonly period: Period;
  readonly facts: ObjectFacts;
  readonly account: SourceAccount;
}): SourceObjectFacts {
  const { key, bytes, sha256, checksum, member, memberBytes, crc32 } = part.facts;
  const { account } = part;
  return {
    key,
    period: part.period.key,
    bytes,
    sha256,
    checksum,
    memberName: member,
    memberBytes,
    crc32,
    account,
  };
}

/** In the order of the footer, so that the order in which objects were read leaves no trace. */
export function sortSources(sources: readonly SourceObjectFacts[]): SourceObjectFacts[] {
  const text = (source: SourceObjectFacts): string => `${source.period} ${source.key}`;
  return [...sources].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
