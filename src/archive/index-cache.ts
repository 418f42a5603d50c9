import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexObject } from './s3-page.js';

/** All pages of one folder of an index. */
export interface IndexListing {
  readonly objects: readonly IndexObject[];
  /** Each with a slash at its end. */
  readonly folders: readonly string[];
}

interface CacheFile extends IndexListing {
  readonly format: 1;
  readonly index: string;
  readonly prefix: string;
  readonly fetchedAtMs: number;
}

/**
 * Listings on disk, one file a folder, so that planning the same symbols again asks for nothing. A cache: what
 * cannot be read counts as not there, and failing to write it is no failure.
 */
export class IndexCache {
  constructor(
    private readonly folder: string,
    private readonly maxAgeMs: number,
    private readonly now: () => number,
  ) {}

  async read(index: string, prefix: string): Promise<IndexListing | null> {
    if (this.maxAgeMs <= 0) return null;
    try {
      const file = JSON.parse(await readFile(this.#path(index, prefix), 'utf8')) as Partial<CacheFile>;
      const { format, objects, folders, fetchedAtMs } = file;
      const isMine = format === 1 && file.index === index && file.prefix === prefix;
      if (!isMine || !objects || !folders || fetchedAtMs === undefined) return null;
      const ageMs = this.now() - fetchedAtMs;
      // A clock that was set back must not keep a listing for ever.
      return ageMs >= 0 && ageMs < this.maxAgeMs ? { objects, folders } : null;
    } catch {
      return null;
    }
  }

  async write(index: string, prefix: string, listing: IndexListing): Promise<void> {
    const path = this.#path(index, prefix);
    const temp = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    const file: CacheFile = { format: 1, index, prefix, fetchedAtMs: this.now(), ...listing };
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temp, JSON.stringify(file));
      await rename(temp, path);
    } catch {
      await rm(temp, { force: true }).catch(() => undefined);
    }
  }

  #path(index: string, prefix: string): string {
    const name = createHash('sha256').update(`${index}\n${prefix}`).digest('hex').slice(0, 32);
    return join(this.folder, `${name}.json`);
  }
}
