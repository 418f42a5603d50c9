import { join } from 'node:path';
import {
  DEFAULT_HTTP,
  HttpClient,
  type HttpSettings,
  type LimitGate,
  SharedLimits,
  ThreadLimits,
  type World,
  type WorldOptions,
  createLimits,
  realWorld,
} from '../download/index.js';
import { TapemillError } from '../errors.js';
import { type DataType, type Market, assertSymbol, normalizeSymbol } from '../market/index.js';
import { type Archive, type ArchiveEntry, type ListQuery, compareEntries } from './archive.js';
import { HttpFetcher } from './http-fetch.js';
import { HttpLister } from './http-list.js';
import { httpLocation, objectUrl } from './http-location.js';
import { HttpStore } from './http-store.js';
import { type CacheUse, IndexCache } from './index-cache.js';
import { type ArchiveObject, openObject } from './object.js';
import { Prefetcher } from './prefetch.js';
import { probe } from './probe.js';
import { S3Index } from './s3-index.js';

/** Plain data: it can be kept and handed on. Sizes in bytes, times in milliseconds. */
export interface HttpArchiveOptions extends Partial<HttpSettings> {
  /** Downloads, listings, kept ZIPs and quarantined ones are below it, see `HttpStore`. */
  readonly dataDir: string;
  /** URL of an S3 listing; by default that of the public archive, or the archive's own root. */
  readonly index?: string;
  /** Move ZIPs that were used to `{data}/archive` instead of deleting them. */
  readonly keepZip?: boolean;
  /** How long a listing may be used without asking again; 0: never. The default is an hour. */
  readonly cacheMaxAgeMs?: number;
  /** `read` and `off` leave the folder as it is, for commands that only look. The default is `read-write`. */
  readonly indexCache?: CacheUse;
  /** What downloads leave free on the disk; the default is 512 MiB. */
  readonly diskReserveBytes?: number;
  /** How far `prefetch` goes; the defaults are 16 objects and 4 GiB. */
  readonly prefetchObjects?: number;
  readonly prefetchBytes?: number;
  /** Made by `createLimits`, to share connections and bytes a second with other threads. */
  readonly limits?: SharedArrayBuffer;
  /**
   * A folder, to share connections and bytes a second with other processes and their threads, for each host of an
   * archive apart; then `limits` is of no interest.
   */
  readonly sharedLimits?: string;
}

/**
 * An archive behind http or https: the public one or a mirror of it. Objects are brought to disk before they are
 * opened. Several threads and processes may work on the same `dataDir`.
 */
export class HttpArchive implements Archive {
  readonly location: string;
  readonly #client: HttpClient;
  readonly #store: HttpStore;
  readonly #lister: HttpLister;
  readonly #fetcher: HttpFetcher;
  readonly #prefetcher: Prefetcher;
  readonly #closing = new AbortController();
  readonly #keepZip: boolean;

  /**
   * @param location URL of the folder that holds `data/`, with `user:password@` where the server wants it
   * @param world clock, dice, disk and an abort signal, for tests and for stopping
   * @throws `E_USAGE`
   */
  constructor(location: string, options: HttpArchiveOptions, world: WorldOptions = {}) {
    const { base, index, credentials } = httpLocation(location, options.index);
    const { cacheMaxAgeMs = 3_600_000, diskReserveBytes = 512 * 2 ** 20 } = options;
    const { prefetchObjects = 16, prefetchBytes = 4 * 2 ** 30 } = options;
    const { signal } = this.#closing;
    const ours = realWorld({
      ...world,
      signal: world.signal ? AbortSignal.any([world.signal, signal]) : signal,
    });
    this.location = base;
    this.#keepZip = options.keepZip ?? false;
    const settings = readSettings(options);
    this.#client = new HttpClient(
      settings,
      ours,
      credentials,
      limitGate(base, settings, options, ours.sleep),
    );
    this.#store = new HttpStore(options.dataDir);
    const cache = new IndexCache(this.#store.indexFolder, {
      maxAgeMs: cacheMaxAgeMs,
      use: options.indexCache ?? 'read-write',
      now: ours.now,
    });
    this.#lister = new HttpLister(new S3Index(index, this.#client, cache), {
      location: base,
      now: ours.now,
      probe: (query) => probe(this.#client, (key) => objectUrl(base, key), query),
      onNoIndex: (url, reason) => {
        ours.onEvent({ type: 'no-index', index: url, reason });
      },
    });
    this.#fetcher = new HttpFetcher(base, this.#client, this.#store, diskReserveBytes);
    this.#prefetcher = new Prefetcher((entry) => this.#fetchAhead(entry), {
      objects: prefetchObjects,
      bytes: prefetchBytes,
    });
  }

  async list(query: ListQuery): Promise<ArchiveEntry[]> {
    assertSymbol(normalizeSymbol(query.symbol));
    return (await this.#lister.list(query)).sort(compareEntries);
  }

  symbols(
    market: Market,
    dataType: DataType,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<string[]> {
    return this.#lister.symbols(market, dataType, fresh);
  }

  checksum(key: string): Promise<string | null> {
    return this.#fetcher.checksum(key);
  }

  async open(entry: ArchiveEntry): Promise<ArchiveObject> {
    const { key } = entry;
    const ignored = new Set<string>();
    for (let round = 1; ; round++) {
      const stated = await this.checksum(key);
      const here = await this.#localCopy(key, ignored);
      const { path, isFresh } =
        here === null ? await this.#fetcher.fetch(entry) : { path: here, isFresh: false };
      // Fetching may have found that the object was replaced.
      const expectedSha256 = isFresh ? await this.checksum(key) : stated;
      try {
        return await openObject(path, { key, expectedSha256, hashed: this.#fetcher.hashed(path) });
      } catch (error) {
        if (round > 2 || !isReplaceable(error, expectedSha256, isFresh)) throw error;
        // What lies on our disk is damaged, or of another revision than the .CHECKSUM we have seen.
        this.#fetcher.forget(key);
        if ((await this.checksum(key)) !== expectedSha256) continue;
        ignored.add(path);
        if (path === this.#store.downloadPath(key)) await this.#store.drop(key);
      }
    }
  }

  prefetch(entries: readonly ArchiveEntry[]): void {
    this.#prefetcher.add(entries);
  }

  async release(entries: readonly ArchiveEntry[], used: boolean): Promise<void> {
    for (const { key } of entries) {
      this.#prefetcher.release(key);
      await this.#fetcher.stop(key);
      this.#fetcher.forgetHash(this.#store.downloadPath(key));
    }
    if (!used) return;
    for (const key of await this.#store.leftOver(entries.map((entry) => entry.key))) {
      if (this.#keepZip) await this.#store.keep(key, () => this.checksum(key));
      else await this.#store.drop(key);
    }
  }

  async close(): Promise<void> {
    this.#prefetcher.stop();
    this.#closing.abort(new Error(`${this.location} was closed`));
    await this.#fetcher.settle();
    await this.#client.close();
  }

  async #fetchAhead(entry: ArchiveEntry): Promise<void> {
    if ((await this.#localCopy(entry.key, new Set())) === null) await this.#fetcher.fetch(entry);
  }

  /** A copy on our disk, not verified; null when there is none but those of `ignored`. */
  async #localCopy(key: string, ignored: ReadonlySet<string>): Promise<string | null> {
    for (const path of [this.#store.downloadPath(key), this.#store.keptPath(key)]) {
      if (!ignored.has(path) && (await this.#store.has(path))) return path;
    }
    return null;
  }
}

/**
 * Whether another copy of the object could do better. What came in just now was compared on the way: if it differs
 * by now, it is the disk's fault. Without a .CHECKSUM only the ZIP itself tells damage.
 */
function isReplaceable(error: unknown, expectedSha256: string | null, isFresh: boolean): boolean {
  if (!TapemillError.is(error)) return false;
  return (
    error.code === 'E_CHECKSUM' || (expectedSha256 === null && !isFresh && error.code.startsWith('E_ZIP'))
  );
}

function limitGate(
  base: string,
  settings: HttpSettings,
  { sharedLimits, limits = createLimits(settings) }: HttpArchiveOptions,
  sleep: World['sleep'],
): LimitGate {
  if (sharedLimits === undefined) return new ThreadLimits(limits, sleep);
  // A port and an IPv6 address have colons, which are no part of a file name everywhere.
  const folder = join(sharedLimits, new URL(base).host.replace(/[^A-Za-z0-9.-]/g, '_'));
  return new SharedLimits(folder, settings, sleep);
}

/** @throws `E_USAGE` */
function readSettings(options: HttpArchiveOptions): HttpSettings {
  const settings = { ...DEFAULT_HTTP };
  for (const name of Object.keys(DEFAULT_HTTP) as (keyof HttpSettings)[]) {
    const value = options[name];
    if (value === undefined) continue;
    const least = name === 'connections' || name === 'attempts' || name === 'bytesPerSecond' ? 1 : 0;
    if (value !== null && !(Number.isFinite(value) && value >= least)) {
      throw new TapemillError('E_USAGE', `expected ${name} to be at least ${least}, found ${value}`);
    }
    Object.assign(settings, { [name]: value });
  }
  return settings;
}
