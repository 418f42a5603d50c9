import type { ArchiveEntry } from '../archive/index.js';
import type { Market } from '../market/index.js';
import { parseObjectKey, streamOf } from '../market/index.js';
import type { Database, SqlRow } from '../sqlite/index.js';

/** What is remembered of an object of the archive. */
export interface ObjectRecord {
  readonly key: string;
  readonly market: Market;
  /** `aggTrades`, `klines:1m` */
  readonly stream: string;
  readonly symbol: string;
  /** `2026-04` or `2026-04-13` */
  readonly period: string;
  /** Where it was listed; null when it is known from the layer alone. */
  readonly archive: string | null;
  readonly bytes: number;
  readonly etag: string | null;
  /** ISO 8601 */
  readonly lastModified: string | null;
  /** Of the ZIP that was milled; null before that. */
  readonly sha256: string | null;
  /** What its .CHECKSUM said when it was milled; null when there was none. */
  readonly statedSha256: string | null;
  readonly account: unknown;
  /** 1 for the first content that was milled, one more with each other content. */
  readonly revision: number;
  readonly seenAtMs: number;
  readonly milledAtMs: number | null;
}

/** What milling found out about an object. */
export interface MilledFacts {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly checksum: 'verified' | 'missing';
  readonly account: unknown;
}

/** Every object ever seen, and what each revision of it was. */
export class ObjectTable {
  constructor(
    private readonly db: Database,
    private readonly now: () => number,
  ) {}

  find(key: string): ObjectRecord | undefined {
    const row = this.db.get('SELECT * FROM objects WHERE key = ?', key);
    return row && recordOf(row);
  }

  /** Of one symbol, by period. */
  ofSymbol(market: Market, stream: string, symbol: string): ObjectRecord[] {
    return this.db
      .all(
        'SELECT * FROM objects WHERE market = ? AND stream = ? AND symbol = ? ORDER BY period, key',
        market,
        stream,
        symbol,
      )
      .map(recordOf);
  }

  /** Earlier contents of an object, the first one first; the present one is not among them. */
  revisionsOf(key: string): Pick<ObjectRecord, 'revision' | 'bytes' | 'etag' | 'lastModified' | 'sha256'>[] {
    return this.db.all('SELECT * FROM revisions WHERE key = ? ORDER BY revision', key).map((row) => ({
      revision: row['revision'] as number,
      bytes: row['bytes'] as number,
      etag: row['etag'] as string | null,
      lastModified: row['last_modified'] as string | null,
      sha256: row['sha256'] as string | null,
    }));
  }

  /**
   * The hash that an object's .CHECKSUM stated when it was milled, if the listing shows the very same object still;
   * undefined when only the archive can tell. Null: it had no .CHECKSUM.
   */
  statedHash(archive: string, entry: ArchiveEntry): string | null | undefined {
    const known = this.find(entry.key);
    return known?.sha256 != null && isSame(known, archive, entry) ? known.statedSha256 : undefined;
  }

  /** Remembers objects that a listing shows. What was milled stays with the listing it was milled by. */
  see(archive: string, entries: readonly ArchiveEntry[]): void {
    const now = this.now();
    for (const { key, name, bytes, etag, lastModified } of entries) {
      this.db.run(
        `INSERT INTO objects (key, market, stream, symbol, period, archive, bytes, etag, last_modified, revision,
           seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
         ON CONFLICT (key) DO UPDATE SET archive = excluded.archive, bytes = excluded.bytes, etag = excluded.etag,
           last_modified = excluded.last_modified, seen_at = excluded.seen_at
         WHERE sha256 IS NULL AND (archive IS NOT excluded.archive OR bytes <> excluded.bytes
           OR etag IS NOT excluded.etag OR last_modified IS NOT excluded.last_modified)`,
        key,
        name.market,
        streamOf(name),
        name.symbol,
        name.period.key,
        archive,
        bytes,
        etag,
        lastModified,
        now,
      );
    }
  }

  /**
   * Remembers what an object turned out to be. Another content than before is another revision, and the earlier one
   * is kept beside it.
   * @param entry as it was listed before it was opened; null when it is known from the layer alone
   */
  record(facts: MilledFacts, archive: string | null, entry: ArchiveEntry | null): void {
    const { key } = facts;
    const now = this.now();
    const old = this.find(key);
    const isRevised = old?.sha256 != null && old.sha256 !== facts.sha256;
    if (isRevised) {
      this.db.run(
        `INSERT OR REPLACE INTO revisions
         SELECT key, revision, archive, bytes, etag, last_modified, sha256, stated_sha256, account, milled_at
         FROM objects WHERE key = ?`,
        key,
      );
    }
    const name = entry?.name ?? parseObjectKey(key);
    // A listing from before the object was replaced says nothing about what was milled.
    const isListed = entry !== null && entry.bytes === facts.bytes;
    this.db.run(
      `INSERT INTO objects (key, market, stream, symbol, period, archive, bytes, etag, last_modified, sha256,
         stated_sha256, account, revision, seen_at, milled_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET archive = excluded.archive, bytes = excluded.bytes, etag = excluded.etag,
         last_modified = excluded.last_modified, sha256 = excluded.sha256, stated_sha256 = excluded.stated_sha256,
         account = excluded.account, revision = excluded.revision, seen_at = excluded.seen_at,
         milled_at = excluded.milled_at`,
      key,
      name.market,
      streamOf(name),
      name.symbol,
      name.period.key,
      archive,
      facts.bytes,
      isListed ? entry.etag : null,
      isListed ? entry.lastModified : null,
      facts.sha256,
      facts.checksum === 'verified' ? facts.sha256 : null,
      JSON.stringify(facts.account),
      (old?.revision ?? 1) + (isRevised ? 1 : 0),
      now,
      entry === null ? null : now,
    );
  }

  /** Takes over how a listing shows objects whose content was found to be the known one. */
  confirm(archive: string, entry: ArchiveEntry): void {
    this.db.run(
      'UPDATE objects SET archive = ?, bytes = ?, etag = ?, last_modified = ?, seen_at = ? WHERE key = ?',
      archive,
      entry.bytes,
      entry.etag,
      entry.lastModified,
      this.now(),
      entry.key,
    );
  }
}

/** By size, and by whatever else is known of both. Where nothing else is known, nobody can say. */
export function isSame(known: ObjectRecord, archive: string, entry: ArchiveEntry): boolean {
  if (known.archive !== archive || known.bytes !== entry.bytes) return false;
  if (known.etag === null && known.lastModified === null) return false;
  return known.etag === entry.etag && known.lastModified === entry.lastModified;
}

function recordOf(row: SqlRow): ObjectRecord {
  return {
    key: row['key'] as string,
    market: row['market'] as Market,
    stream: row['stream'] as string,
    symbol: row['symbol'] as string,
    period: row['period'] as string,
    archive: row['archive'] as string | null,
    bytes: row['bytes'] as number,
    etag: row['etag'] as string | null,
    lastModified: row['last_modified'] as string | null,
    sha256: row['sha256'] as string | null,
    statedSha256: row['stated_sha256'] as string | null,
    account: row['account'] === null ? null : JSON.parse(row['account'] as string),
    revision: row['revision'] as number,
    seenAtMs: row['seen_at'] as number,
    milledAtMs: row['milled_at'] as number | null,
  };
}
