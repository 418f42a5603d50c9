import type { DataType, Market, ObjectName } from '../market/index.js';
import { type DateRange, formatIso } from '../time/index.js';
import type { ArchiveObject } from './object.js';

/** One object that an archive lists. */
export interface ArchiveEntry {
  readonly name: ObjectName;
  /** Key below the archive's root, spelled as the archive does: an unpadded month stays so. */
  readonly key: string;
  /** Size of the ZIP. */
  readonly bytes: number;
  readonly hasChecksum: boolean;
  /**
   * As the archive states it, with its quotes; null where it states none. Another one, or another `lastModified`,
   * says that the object was published anew; the same ones do not prove that it was not.
   */
  readonly etag: string | null;
  /** `2024-02-05T06:07:08.000Z`, UTC; null where the archive does not say. */
  readonly lastModified: string | null;
}

export interface ListQuery {
  readonly market: Market;
  readonly dataType: DataType;
  readonly symbol: string;
  /** Only for the kline types: `1m`, `1h` … */
  readonly interval?: string;
  /**
   * What the list is wanted for. Daily objects of months that the range does not touch may be left out; but where
   * there are some before or after it, at least one of each is listed, so that a hole at an end of the range does
   * not look like the symbol's listing or delisting. Without an index, that much is not promised.
   */
  readonly range?: DateRange;
  /**
   * Which daily objects of the range: `all`, or for planning at the least cost those of `gaps`, months that the
   * range touches in part or that have no monthly object. The default is `all`.
   */
  readonly days?: 'all' | 'gaps';
  /** As it is now, not as a cached listing remembers it. */
  readonly fresh?: boolean;
}

/** A tree of published objects, wherever it is. */
export interface Archive {
  /** For messages: a folder or a URL. */
  readonly location: string;
  /**
   * Monthly and daily objects of a symbol, sorted by the start of their period, a month before a day.
   * Empty when the archive has no such symbol.
   * @throws `E_ARCHIVE_UNREADABLE`; over HTTP also `E_NETWORK`, `E_GEOBLOCKED`
   */
  list(query: ListQuery): Promise<ArchiveEntry[]>;
  /** Symbols that have a folder for this data type, sorted. @throws `E_ARCHIVE_UNREADABLE`; over HTTP also `E_INDEX`, `E_GEOBLOCKED` */
  symbols(market: Market, dataType: DataType, options?: { readonly fresh?: boolean }): Promise<string[]>;
  /**
   * The SHA-256 that the `.CHECKSUM` of an object states, lower-case hex; `null` when there is none.
   * @throws `E_CHECKSUM_FORMAT`, `E_IO`; over HTTP as `HttpClient.request`
   */
  checksum(key: string): Promise<string | null>;
  /**
   * Verifies and opens an object; its errors are those of `checksum` and `openObject`, over HTTP also
   * `E_NOT_FOUND` and `E_DISK_FULL`.
   */
  open(entry: ArchiveEntry): Promise<ArchiveObject>;
  /** A hint: these will be opened soon, in this order, by this or another thread. Absent where all is at hand. */
  prefetch?(entries: readonly ArchiveEntry[]): void;
  /**
   * These are done with, opened or not. `used`: what was made of them is on the disk, so that copies which the
   * archive brought in may go; else they stay for the next run. Absent where there are no copies.
   */
  release?(entries: readonly ArchiveEntry[], used: boolean): Promise<void>;
  /** Ends whatever is under way. Absent where there is nothing to end. */
  close?(): Promise<void>;
}

/** The order of `Archive.list`. An object whose name is spelled the usual way comes before its odd twin. */
export function compareEntries(a: ArchiveEntry, b: ArchiveEntry): number {
  const [p, q] = [a.name.period, b.name.period];
  return p.startMs - q.startMs || q.endMs - p.endMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** An ETag with its quotes, which some servers leave out in listings but not in headers. */
export function quotedEtag(etag: string | null): string | null {
  if (etag === null || etag === '') return null;
  return /^(?:W\/)?"/.test(etag) ? etag : `"${etag}"`;
}

/** A date of a listing (ISO 8601) or of a header (HTTP's own form), the same way; null when it is none. */
export function isoDate(text: string | null): string | null {
  // What listings have already, and there are many of them.
  if (text === null || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return text;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : formatIso(atMs);
}
