import type { DataType, Market, ObjectName } from '../market/index.js';
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
}

/** A tree of published objects, wherever it is. */
export interface Archive {
  /** For messages: a folder or a URL. */
  readonly location: string;
  /**
   * Monthly and daily objects of a symbol, sorted by the start of their period, a month before a day.
   * Empty when the archive has no such symbol.
   * @throws `E_ARCHIVE_UNREADABLE`
   */
  list(query: ListQuery): Promise<ArchiveEntry[]>;
  /** Symbols that have a folder for this data type, sorted. @throws `E_ARCHIVE_UNREADABLE` */
  symbols(market: Market, dataType: DataType): Promise<string[]>;
  /**
   * The SHA-256 that the `.CHECKSUM` of an object states, lower-case hex; `null` when there is none.
   * @throws `E_CHECKSUM_FORMAT`, `E_IO`
   */
  checksum(key: string): Promise<string | null>;
  /** Verifies and opens an object; its errors are those of `checksum` and `openObject`. */
  open(entry: ArchiveEntry): Promise<ArchiveObject>;
}

/** The order of `Archive.list`. An object whose name is spelled the usual way comes before its odd twin. */
export function compareEntries(a: ArchiveEntry, b: ArchiveEntry): number {
  const [p, q] = [a.name.period, b.name.period];
  return p.startMs - q.startMs || q.endMs - p.endMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
