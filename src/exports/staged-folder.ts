import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../alive.js';
import { fromSystemError, isSystemError } from '../errors.js';
import { refuseForeign } from './earlier-export.js';

/** A file of an export, as its manifest lists it. */
export interface StagedFacts {
  /** With `/` between folders, whatever the system. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const HOST = hostname().replace(/[^A-Za-z0-9]+/g, '_') || 'host';

/**
 * A folder that appears whole or not at all: filled under a temporary name beside its place, then renamed. What was there
 * is an earlier export or nothing; until the renaming it stays as it is.
 */
export class StagedFolder {
  private readonly facts: StagedFacts[] = [];
  private readonly unfinished = new Set<StagedFile>();

  private constructor(
    readonly path: string,
    private readonly temp: string,
  ) {}

  /**
   * Removes what killed processes left beside it, and puts back what one was about to replace.
   * @throws `E_USAGE` when something is there that no export wrote; `E_IO`, `E_DISK_FULL`
   */
  static async create(wanted: string): Promise<StagedFolder> {
    const path = await realpath(wanted).catch(() => wanted);
    try {
      await mkdir(dirname(path), { recursive: true });
      await recoverStaged(path);
      await refuseForeign(path);
      const temp = besides(path, 'new');
      await mkdir(temp);
      return new StagedFolder(path, temp);
    } catch (error) {
      throw fromSystemError(error, 'writing', path);
    }
  }

  /** Those written so far, by name. */
  get files(): readonly StagedFacts[] {
    return [...this.facts].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A file to append to; `close` it before publishing. */
  async createFile(name: string): Promise<StagedFile> {
    const file = await StagedFile.create(await this.place(name), name, (facts) => {
      this.facts.push(facts);
      this.unfinished.delete(file);
    });
    this.unfinished.add(file);
    return file;
  }

  /** A whole file at once. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const file = await this.createFile(name);
    await file.write(bytes);
    await file.close();
  }

  /** Puts the folder in its place. @throws `E_IO` */
  async publish(): Promise<void> {
    const old = besides(this.path, 'old');
    try {
      const isReplacing = await rename(this.path, old).then(
        () => true,
        (error: unknown) => {
          if (isSystemError(error, 'ENOENT')) return false;
          throw error;
        },
      );
      await rename(this.temp, this.path);
      if (isReplacing) await rm(old, { recursive: true, force: true });
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
  }

  /** Removes everything written. Never fails: it is called when something has. */
  async abort(): Promise<void> {
    for (const file of this.unfinished) await file.abandon();
    await rm(this.temp, { recursive: true, force: true }).catch(() => undefined);
  }

  private async place(name: string): Promise<string> {
    const path = join(this.temp, ...name.split('/'));
    await mkdir(dirname(path), { recursive: true });
    return path;
  }
}

export class StagedFile {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly name: string,
    private readonly handle: FileHandle,
    private readonly done: (facts: StagedFacts) => void,
  ) {}

  static async create(path: string, name: string, done: (facts: StagedFacts) => void): Promise<StagedFile> {
    return new StagedFile(path, name, await open(path, 'wx'), done);
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += (await this.handle.write(bytes, at, bytes.length - at)).bytesWritten;
      }
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }

  /** Flushes it to the disk. @throws `E_IO`, `E_DISK_FULL` */
  async close(): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
    this.done({ name: this.name, bytes: this.bytes, sha256: this.hash.digest('hex') });
  }

  /** Leaves it as it is; the folder goes with it. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
  }
}

function besides(path: string, what: 'new' | 'old'): string {
  const id = randomBytes(6).toString('hex');
  return join(dirname(path), `.${basename(path)}.tapemill-${HOST}-${process.pid}-${id}.${what}`);
}

const STAGED = /^\.(?<name>.+)\.tapemill-(?<host>[A-Za-z0-9_]+)-(?<pid>\d+)-[0-9a-f]{12}\.(?<what>new|old)$/;

/** What a killed process left beside the place of an export. */
export interface StagedLeftover {
  readonly path: string;
  /** The place that it was for. */
  readonly wanted: string;
  readonly what: 'new' | 'old';
}

/** What processes of this machine that have ended left in a folder of exports; nothing when there is no such folder. */
export async function findStaged(folder: string): Promise<StagedLeftover[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.sort().flatMap((entry) => {
    const { name, host, pid, what } = STAGED.exec(entry)?.groups ?? {};
    if (name === undefined || host !== HOST || isAlive(Number(pid))) return [];
    return [{ path: join(folder, entry), wanted: join(folder, name), what: what as StagedLeftover['what'] }];
  });
}

/** Removes what ended processes left beside an export, and puts back what one was about to replace. */
export async function recoverStaged(wanted: string): Promise<void> {
  for (const left of await findStaged(dirname(wanted))) {
    if (left.wanted !== wanted) continue;
    const isThere = await stat(wanted).catch(() => undefined);
    if (left.what === 'old' && !isThere) await rename(left.path, wanted);
    else await rm(left.path, { recursive: true, force: true });
  }
}
