import { dirname } from 'node:path';
import {
  type Downloaded,
  type HttpClient,
  download,
  promotePart,
  removePart,
  withLock,
} from '../download/index.js';
import { TapemillError } from '../errors.js';
import { checksumKey } from '../market/index.js';
import type { ArchiveEntry } from './archive.js';
import { parseChecksum } from './checksum.js';
import type { HashedFile } from './file.js';
import { objectUrl } from './http-location.js';
import type { HttpStore } from './http-store.js';

/** A .CHECKSUM has some 120 bytes; what is much longer is something else. */
const MAX_CHECKSUM_BYTES = 64 << 10;

/** A whole object on our disk. */
export interface Fetched {
  readonly path: string;
  /** Whether it was compared with its .CHECKSUM just now; else it lay there. */
  readonly isFresh: boolean;
}

/** Brings objects of one archive to disk, each once at a time, whoever asks. */
export class HttpFetcher {
  readonly #checksums = new Map<string, Promise<string | null>>();
  readonly #hashed = new Map<string, HashedFile>();
  readonly #fetching = new Map<string, { readonly done: Promise<Fetched>; readonly stop: AbortController }>();

  /** @param base URL of the archive */
  constructor(
    private readonly base: string,
    private readonly client: HttpClient,
    private readonly store: HttpStore,
    private readonly diskReserveBytes: number,
  ) {}

  /**
   * As `Archive.checksum`; asked for once, and again after `forget`. A file that is no .CHECKSUM is asked for
   * twice before it counts.
   */
  checksum(key: string): Promise<string | null> {
    let known = this.#checksums.get(key);
    if (!known) {
      known = this.#askChecksum(key).catch((error: unknown) => {
        if (!TapemillError.is(error) || error.code !== 'E_CHECKSUM_FORMAT') throw error;
        return this.#askChecksum(key);
      });
      this.#checksums.set(key, known);
      known.catch(() => this.#checksums.delete(key));
    }
    return known;
  }

  forget(key: string): void {
    this.#checksums.delete(key);
  }

  /** What was computed of a file when this fetcher brought it in; whether it is still that file, its reader tells. */
  hashed(path: string): HashedFile | null {
    return this.#hashed.get(path) ?? null;
  }

  forgetHash(path: string): void {
    this.#hashed.delete(path);
  }

  /**
   * The whole object, resuming what an earlier run began.
   * @throws `E_NOT_FOUND`, `E_CHECKSUM` (it is in quarantine then), `E_CHECKSUM_FORMAT`, `E_DISK_FULL`, `E_IO`; as
   *   `HttpClient.request`
   */
  fetch(entry: ArchiveEntry): Promise<Fetched> {
    const { key } = entry;
    const fetching = this.#fetching.get(key);
    if (fetching) return fetching.done;
    const stop = new AbortController();
    const { sleep, signal: world } = this.client.world;
    const signal = world ? AbortSignal.any([stop.signal, world]) : stop.signal;
    const path = this.store.downloadPath(key);
    const work = async (): Promise<Fetched> => {
      // Another thread or process may have brought it in while this one waited.
      if (await this.store.has(path)) return { path, isFresh: false };
      await this.#bringIn(entry, path, signal);
      return { path, isFresh: true };
    };
    const done = withLock(`${path}.lock`, sleep, work, signal).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, { done, stop });
    return done;
  }

  /** Ends the fetching of an object that nobody needs any more; what arrived stays. */
  async stop(key: string): Promise<void> {
    const fetching = this.#fetching.get(key);
    fetching?.stop.abort(new Error(`${key} is not needed any more`));
    await fetching?.done.catch(() => undefined);
  }

  /** Waits for what is under way; the client's signal has ended it. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#fetching.values()].map(({ done }) => done));
  }

  async #bringIn(entry: ArchiveEntry, target: string, signal: AbortSignal): Promise<void> {
    const { key: object, bytes: expectedBytes } = entry;
    const { diskReserveBytes } = this;
    const url = objectUrl(this.base, object);
    let expectedSha256 = await this.checksum(object);
    for (let round = 1; ; round++) {
      const request = { url, target, object, expectedSha256, expectedBytes, diskReserveBytes, signal };
      const got = await download(this.client, request);
      if (!got) {
        const message = `GET ${url}: the server answered 404: there is no such object`;
        throw new TapemillError('E_NOT_FOUND', message, { object, url, status: 404 });
      }
      if (expectedSha256 !== null && got.sha256 !== expectedSha256) {
        const found = got.sha256;
        this.client.world.onEvent({ type: 'mismatch', object, expected: expectedSha256, found });
        // Replaced between the two requests, perhaps: the small one again, and if it does not help, the large one.
        this.forget(object);
        expectedSha256 = await this.checksum(object);
      }
      if (expectedSha256 === null || got.sha256 === expectedSha256) {
        // Before it is there under its name: whoever finds it then must find its hash, too.
        this.#hashed.set(target, got);
        await promotePart(target);
        return;
      }
      if (round === 2) await this.#quarantine(object, url, got, expectedSha256);
      await removePart(target);
    }
  }

  /** @throws `E_CHECKSUM` always */
  async #quarantine(key: string, url: string, got: Downloaded, expectedSha256: string): Promise<never> {
    const { now, onEvent } = this.client.world;
    const atUtc = new Date(now()).toISOString();
    const path = await this.store.quarantine(key, { url, ...got, expectedSha256, atUtc });
    onEvent({ type: 'quarantined', object: key, path });
    throw new TapemillError(
      'E_CHECKSUM',
      `GET ${url}: the SHA-256 is ${got.sha256}, the .CHECKSUM says ${expectedSha256}, also when fetched again; ` +
        `the object is in ${dirname(path)}`,
      { object: key, url, path, expected: expectedSha256, found: got.sha256 },
    );
  }

  #askChecksum(key: string): Promise<string | null> {
    const url = objectUrl(this.base, checksumKey(key));
    return this.client.request(
      () => ({ method: 'GET', url, accept: [200, 404] }),
      async (response) =>
        response.status === 404 ? null : parseChecksum(await response.text(MAX_CHECKSUM_BYTES), key),
      { weight: 'small', object: key },
    );
  }
}
