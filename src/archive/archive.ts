import type { DataType, Market, ObjectName } from '../market/index.js';
import type { DateRange } from '../time/index.js';
import type { ArchiveObject } from './object.js';

/** One object that an archive lists. */
export interface ArchiveEntry {
  readonly name: ObjectName;
  /** Key below the archive's root, spelled as the archive does: an unpadded month stays so. */
  readonly key: string;
  /** Size of the ZIP. */
  readonly bytes: number;
  readonly hasChecksum: boolean;
}

export interface ListQuery {
  readonly market: Market;
  readonly dataType: DataType;
  readonly symbol: string;
  /** Only for the kline types: `1m`, `1h` … */
  readonly interval?: string;
  /**
   * What the list is wanted for. An archive that must ask for every object may leave out daily ones of months
   * that the range does not touch; others take no notice.
   */
  readonly range?: DateRange;
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
  symbols(market: Market, dataType: DataType): Promise<string[]>;
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
