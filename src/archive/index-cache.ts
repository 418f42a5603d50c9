import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIso } from '../time/index.js';
import type { IndexObject } from './s3-page.js';

/** All pages of what an index has directly below a prefix. */
export interface IndexListing {
  readonly objects: readonly IndexObject[];
  /** Each with a slash at its end. */
  readonly folders: readonly string[];
}

/** `read`: what others have written is used, and nothing is written. `off`: neither. */
export type CacheUse = 'read-write' | 'read' | 'off';

export interface IndexCacheOptions {
  /** 0: a listing is never used again. */
  readonly maxAgeMs: number;
  readonly use: CacheUse;
  readonly now: () => number;
}

const FORMAT = 2;

/** Short, because there are thousands of them in a file: name below the prefix, bytes, ETag, time in ms. */
type Row = readonly [name: string, bytes: number, etag: string | null, modifiedMs: number | null];

interface CacheFile {
  readonly format: typeof FORMAT;
  readonly index: string;
  readonly prefix: string;
  readonly scope: string;
  readonly fetchedAtMs: number;
  readonly objects: readonly Row[];
  readonly folders: readonly string[];
}

/**
 * Listings on disk, one file for each prefix and part, so that planning the same symbols again asks for nothing. A cache: what
 * cannot be read counts as not there, and failing to write it is no failure.
 */
export class IndexCache {
  constructor(
    private readonly folder: string,
    private readonly options: IndexCacheOptions,
  ) {}

  /** @param scope of what has the prefix, which part; empty: all of it */
  async read(index: string, prefix: string, scope: string): Promise<IndexListing | null> {
    const { maxAgeMs, use, now } = this.options;
    if (maxAgeMs <= 0 || use === 'off') return null;
    try {
      const file = JSON.parse(await readFile(this.#path(index, prefix, scope), 'utf8')) as Partial<CacheFile>;
      const { objects, folders, fetchedAtMs } = file;
      const isMine =
        file.format === FORMAT && file.index === index && file.prefix === prefix && file.scope === scope;
      if (!isMine || !objects || !folders || fetchedAtMs === undefined) return null;
      const ageMs = now() - fetchedAtMs;
      // A clock that was set back must not keep a listing for ever.
      if (ageMs < 0 || ageMs >= maxAgeMs) return null;
      return { objects: objects.map((row) => fromRow(prefix, row)), folders };
    } catch {
      return null;
    }
  }

  async write(index: string, prefix: string, scope: string, listing: IndexListing): Promise<void> {
    if (this.options.use !== 'read-write') return;
    const path = this.#path(index, prefix, scope);
    const temp = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    const file: CacheFile = {
      format: FORMAT,
      index,
      prefix,
      scope,
      fetchedAtMs: this.options.now(),
      objects: listing.objects.map((object) => toRow(prefix, object)),
      folders: listing.folders,
    };
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temp, JSON.stringify(file));
      await rename(temp, path);
    } catch {
      await rm(temp, { force: true }).catch(() => undefined);
    }
  }

  #path(index: string, prefix: string, scope: string): string {
    const name = createHash('sha256').update(`${index}\n${prefix}\n${scope}`).digest('hex').slice(0, 32);
    return join(this.folder, `${name}.json`);
  }
}

function toRow(prefix: string, { key, bytes, etag, lastModified }: IndexObject): Row {
  return [key.slice(prefix.length), bytes, etag, lastModified === null ? null : Date.parse(lastModified)];
}

function fromRow(prefix: string, [name, bytes, etag, modifiedMs]: Row): IndexObject {
  return {
    key: prefix + name,
    bytes,
    etag,
    lastModified: modifiedMs === null ? null : formatIso(modifiedMs),
  };
}
