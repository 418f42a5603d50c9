import type { Archive, ArchiveEntry } from '../archive/index.js';
import {
  type SourceAccount,
  type SourceObjectFacts,
  type SourcePart,
  type SourceSeries,
  readSourceObject,
  sourceObjectFacts,
} from '../sources/index.js';
import type { RowAccount } from '../ticks/index.js';
import type { MonthServices } from './stream-kind.js';

/** Clean rows of an object, and what the footer says of it. */
export interface ReadSource extends Pick<SourcePart, 'period' | 'table'> {
  readonly source: SourceObjectFacts;
}

/**
 * One object of the archive to clean rows.
 * @throws what opening and reading an object, and its rows, can be guilty of
 */
export async function readSource(
  archive: Archive,
  entry: ArchiveEntry,
  { market, dataType, symbol, interval }: SourceSeries,
  { advance, inTurn, signal }: Pick<MonthServices, 'advance' | 'inTurn' | 'signal'>,
): Promise<ReadSource> {
  const { period } = entry.name;
  advance({ phase: 'fetching' });
  const object = await archive.open(entry);
  try {
    advance({ phase: 'waiting' });
    const part = await inTurn(() => {
      advance({ phase: 'milling' });
      const series = { market, dataType, symbol, interval: interval?.label ?? null };
      return readSourceObject(object, { ...series, period }, { signal });
    });
    advance({ phase: 'fetching', bytes: object.facts.bytes, rows: part.account.rows });
    return { period, table: part.table, source: sourceObjectFacts(part) };
  } finally {
    await object.close();
  }
}

/**
 * The account in the words of ticks, which whoever watches a collection understands: what contradicts another row is
 * dropped as a duplicate is, and a source has no ids that could be missing.
 */
export function asRowAccount(account: SourceAccount): RowAccount {
  const { rows, accepted, duplicate, contradiction, outside, malformed, outOfOrder } = account;
  const { firstTime, lastTime, header, timeUnit, firstMalformed } = account;
  const micros = (timeMs: number | null): number | null => (timeMs === null ? null : timeMs * 1000);
  const span = (of: SourceAccount['outsideBefore']): RowAccount['outsideBefore'] =>
    of && { rows: of.rows, firstTs: of.firstTime * 1000, lastTs: of.lastTime * 1000 };
  return {
    ...{ rows, accepted, outside, malformed, outOfOrder, header, timeUnit },
    duplicate: duplicate + contradiction,
    firstTs: micros(firstTime),
    lastTs: micros(lastTime),
    outsideBefore: span(account.outsideBefore),
    outsideAfter: span(account.outsideAfter),
    firstMalformed: firstMalformed && { line: firstMalformed.line, text: firstMalformed.text },
    ...NO_IDS,
  };
}

const NO_IDS = {
  ...{ sentinel: 0, zeroQuantity: 0, conflictingIds: 0, firstAggId: null, lastAggId: null },
  ...{ missingAggIds: 0, missingAggIdRanges: 0, missingAggIdList: [], tradeIdGaps: 0 },
} as const;
