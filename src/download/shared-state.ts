import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromSystemError, isSystemError } from '../errors.js';

/** Old versions that stay for readers that are about to open them. */
const KEPT_VERSIONS = 8;
/** Ids of changes that a version names, to find out whether a change is among its ancestors. */
const NAMED_CHANGES = 32;
/** A newest version that cannot be read for this long was left by a crash. */
const BROKEN_MS = 1_000;
/** A file that somebody is about to publish exists for moments. */
const LEFTOVER_MS = 60_000;
const SWEEP_EVERY = 64;

interface Version<T> {
  /** Ids of the changes that led here, newest last. */
  readonly changes: readonly string[];
  readonly state: T;
}

/**
 * A small value that several processes change together, in a folder of its own:
 *
 *     {folder}/41.json, 42.json …   versions; the one with the highest number counts
 *     {folder}/{random}.tmp         one that is about to be published
 *
 * A change is made of the newest version and published under the next number by a hard link, which is there with
 * all its content or not at all, and of which only one can be made: who comes second begins anew with what the first
 * has made. Nobody ever holds a lock, so it does not matter where a process is killed, or for how long it is stopped.
 */
export class SharedState<T> {
  #broken: { readonly version: number; readonly sinceMs: number } | null = null;
  #published = 0;

  /** @param parse null for what is no such value, made by another release for instance; it is passed over */
  constructor(
    private readonly folder: string,
    private readonly initial: T,
    private readonly parse: (value: unknown) => T | null,
  ) {}

  /** @throws `E_IO` */
  async read(): Promise<T> {
    return (await this.#newest()).file.state;
  }

  /**
   * @param change pure; called again with another state when somebody else was faster. Where a process is stopped in
   *   the midst of it for very long, its effect may happen to be lost or to be there already
   * @throws `E_IO`, `E_DISK_FULL`
   */
  async update(change: (state: T) => T): Promise<T> {
    const id = randomBytes(8).toString('hex');
    try {
      for (let attempt = 0; ; attempt++) {
        const { version, file } = await this.#newest();
        const state = change(file.state);
        const next: Version<T> = { state, changes: [...file.changes, id].slice(-NAMED_CHANGES) };
        if ((await this.#publish(version + 1, next)) && (await this.#isKept(version + 1, id))) return state;
        await sleep(Math.random() * Math.min(50, 2 ** attempt));
      }
    } catch (error) {
      throw fromSystemError(error, 'sharing limits in', this.folder);
    }
  }

  async #newest(): Promise<{ version: number; file: Version<T> }> {
    for (;;) {
      const versions = await this.#versions();
      const version = versions[0] ?? 0;
      for (const candidate of versions) {
        const file = await this.#load(candidate);
        if (file) return { version, file };
        // Being written, where there are no hard links; or removed since the folder was read.
        if (candidate === version && !this.#isBroken(version)) break;
      }
      if (versions.length === 0 || this.#isBroken(version)) {
        return { version, file: { changes: [], state: this.initial } };
      }
      await sleep(5);
    }
  }

  #isBroken(version: number): boolean {
    const nowMs = performance.now();
    if (this.#broken?.version !== version) this.#broken = { version, sinceMs: nowMs };
    return nowMs - this.#broken.sinceMs > BROKEN_MS;
  }

  /** Numbers of the versions that are there, newest first. */
  async #versions(): Promise<number[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
      await mkdir(this.folder, { recursive: true });
      return [];
    }
    return names
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => parseInt(name, 10))
      .sort((a, b) => b - a);
  }

  async #load(version: number): Promise<Version<T> | null> {
    try {
      const file = JSON.parse(await readFile(this.#path(version), 'utf8')) as Partial<Version<unknown>>;
      const state = this.parse(file.state);
      return state === null || !Array.isArray(file.changes) ? null : { changes: file.changes, state };
    } catch (error) {
      if (error instanceof SyntaxError || isSystemError(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** @returns false when there is a version of this number */
  async #publish(version: number, content: Version<T>): Promise<boolean> {
    const text = JSON.stringify(content);
    const temp = join(this.folder, `${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeFile(temp, text);
      await link(temp, this.#path(version)).catch(async (error: unknown) => {
        if (!isWithoutLinks(error)) throw error;
        await writeFile(this.#path(version), text, { flag: 'wx' });
      });
      return true;
    } catch (error) {
      // Also when the folder was removed under us: it is made anew.
      if (isSystemError(error, 'EEXIST') || isSystemError(error, 'ENOENT')) return false;
      throw error;
    } finally {
      await rm(temp, { force: true });
    }
  }

  /**
   * Who was stopped for so long that others published and removed the number it was about to take has published
   * something that nobody will build upon.
   */
  async #isKept(mine: number, id: string): Promise<boolean> {
    const versions = await this.#versions();
    const newest = versions[0];
    if (newest === mine) {
      await this.#sweep(versions);
      return true;
    }
    const { file } = await this.#newest();
    if (file.changes.includes(id)) return true;
    await rm(this.#path(mine), { force: true });
    return false;
  }

  async #sweep(versions: readonly number[]): Promise<void> {
    for (const old of versions.slice(KEPT_VERSIONS)) await rm(this.#path(old), { force: true });
    if (this.#published++ % SWEEP_EVERY > 0) return;
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith('.tmp')) continue;
      const path = join(this.folder, name);
      const ageMs = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
      if (Math.abs(ageMs) > LEFTOVER_MS) await rm(path, { force: true });
    }
  }

  #path(version: number): string {
    return join(this.folder, `${version}.json`);
  }
}

/** As on exFAT. */
function isWithoutLinks(error: unknown): boolean {
  return ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].some((code) => isSystemError(error, code));
}
