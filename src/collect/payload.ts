import type { ArchiveEntry, HttpArchiveOptions, MonthPlan } from '../archive/index.js';
import type { TardisChannel, TardisExchange } from '../imports/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { type Market, normalizeSymbol, parseObjectKey } from '../market/index.js';
import type { Thresholds } from '../ticks/index.js';
import { type EpochMs, parsePeriod } from '../time/index.js';

/** How an archive behind http(s) is used; of no interest to a folder. */
export type NetworkOptions = Omit<HttpArchiveOptions, 'dataDir' | 'keepZip' | 'limits' | 'sharedLimits'>;

/** What all tasks of one collection have in common. Plain data: it is kept in the queue, for any process to do. */
export interface CollectionPayload {
  /** A folder or a URL. */
  readonly archive: string;
  readonly network: NetworkOptions;
  readonly dataDir: string;
  readonly market: Market;
  /** As `Stream.name`. */
  readonly stream: string;
  readonly symbol: string;
  readonly thresholds: Thresholds;
  readonly prefer: 'monthly' | 'daily' | null;
  readonly keepZip: boolean;
}

/**
 * One month of a symbol: what the archive has of it. What is to be done is decided when it is done, by a look at the
 * month file as it is then: another worker may have been killed just after it had written that.
 */
export interface MonthPayload extends CollectionPayload {
  readonly type: 'month';
  /** `2026-04` */
  readonly month: string;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly objects: readonly ListedObject[];
  readonly alternates: readonly ListedObject[];
  /** Other objects of the month that the archive lists. */
  readonly others: readonly ListedObject[];
  readonly missing: MonthPlan['missing'];
}

/** Making the table of a symbol's stream, once its months are settled. */
export interface BarsPayload {
  readonly type: 'bars';
  readonly dataDir: string;
  readonly market: Market;
  readonly stream: string;
  readonly symbol: string;
  /** As the user wrote them, inclusive; null: all there is. */
  readonly range: { readonly start: string; readonly end: string } | null;
  readonly missingPeriods: readonly MissingPeriod[];
  /** Keys of the tasks whose failures concern it. */
  readonly after: readonly string[];
}

/** What both tasks of a channel of Tardis have in common. The key is nobody's payload: whoever fetches has it, or not. */
interface TardisPayload {
  readonly dataDir: string;
  readonly market: Market;
  readonly stream: string;
  readonly symbol: string;
  readonly exchange: TardisExchange;
  readonly channel: TardisChannel;
}

/** Day files of one month to be fetched. */
export interface TardisFetchPayload extends TardisPayload {
  readonly type: 'tardis-fetch';
  /** Another server of the same tree; null: Tardis itself. */
  readonly url: string | null;
  readonly network: NetworkOptions;
  /** `2025-10-01` */
  readonly days: readonly string[];
}

/** Importing the fetched files of all months. */
export interface TardisImportPayload extends TardisPayload {
  readonly type: 'tardis-import';
  /** As the user wrote them, inclusive. */
  readonly range: { readonly start: string; readonly end: string };
  /** For trades, which become minute bars. */
  readonly thresholds: Thresholds;
  /** Keys of the tasks that fetch. */
  readonly after: readonly string[];
}

export type CollectPayload = MonthPayload | BarsPayload | TardisFetchPayload | TardisImportPayload;

/** `ArchiveEntry` without what its key says. */
export type ListedObject = Omit<ArchiveEntry, 'name'>;

export const monthKey = (group: string, month: string): string => `${group}/${month}`;

export const barsKey = (group: string): string => `${group}/bars`;

export function toListed({ key, bytes, hasChecksum, etag, lastModified }: ArchiveEntry): ListedObject {
  return { key, bytes, hasChecksum, etag, lastModified };
}

/** @param symbol as we spell it, which may be another Unicode normalisation than the archive's */
export function toEntry(listed: ListedObject, symbol: string): ArchiveEntry {
  return { name: { ...parseObjectKey(listed.key), symbol: normalizeSymbol(symbol) }, ...listed };
}

export function monthPlanOf(payload: MonthPayload): { plan: MonthPlan; entries: ArchiveEntry[] } {
  const entry = (listed: ListedObject): ArchiveEntry => toEntry(listed, payload.symbol);
  const plan: MonthPlan = {
    month: parsePeriod(payload.month),
    startMs: payload.startMs,
    endMs: payload.endMs,
    objects: payload.objects.map(entry),
    alternates: payload.alternates.map(entry),
    missing: payload.missing,
  };
  return { plan, entries: [...plan.objects, ...plan.alternates, ...payload.others.map(entry)] };
}
