import { createHash, randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isAlive } from '../alive.js';
import { fromSystemError } from '../errors.js';

/**
 * Files appear whole or not at all: written under a temporary name in the target's own folder, flushed to the
 * disk, renamed over the target, and the folder flushed too, so that a power cut leaves the old file or the new.
 */

/** Only what a file name can hold on every system. */
const HOST =
  hostname()
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, 40) || 'host';
/** `.tapemill-{host}-{pid}-{random}.tmp`; the target's name is left out, it may already be as long as names can be. */
const TEMP_NAME = /^\.tapemill-(?<host>[A-Za-z0-9_]+)-(?<pid>\d+)-[0-9a-f]{16}\.tmp$/;

function tempPath(folder: string): string {
  return join(folder, `.tapemill-${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Runs the last step of writing, the renaming, which is synchronous: whoever must not publish any more (because its task
 * has passed to another) throws instead, and nothing is left behind.
 */
export type Publish = (rename: () => void) => void;

const AT_ONCE: Publish = (rename) => {
  rename();
};

/** A file that is being written beside its target. Either `commit` or `abort` ends it. */
export class AtomicFile {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  private constructor(
    readonly path: string,
    private readonly temp: string,
    private readonly handle: FileHandle,
  ) {}

  /** Opens a temporary file in the folder of `path`, which is made when missing. @throws `E_DISK_FULL`, `E_IO` */
  static async create(path: string): Promise<AtomicFile> {
    const folder = dirname(path);
    try {
      await mkdir(folder, { recursive: true });
      const temp = tempPath(folder);
      return new AtomicFile(path, temp, await open(temp, 'wx'));
    } catch (error) {
      throw fromSystemError(error, 'writing', path);
    }
  }

  /** Appends; the bytes may be reused once this resolves. @throws `E_DISK_FULL`, `E_IO` */
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

  /** Puts the file in its place, replacing what was there. Leaves nothing behind when it fails. */
  async commit(publish: Publish = AT_ONCE): Promise<WrittenFile> {
    const written = await this.seal();
    await AtomicFile.publishAll([this], publish);
    return written;
  }

  /** Flushes all bytes to the disk, still under the temporary name; then only `publishAll` or `abort` is left to do. */
  async seal(): Promise<WrittenFile> {
    try {
      await this.handle.sync();
      await this.handle.close();
    } catch (error) {
      await this.abort();
      throw fromSystemError(error, 'writing', this.path);
    }
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /**
   * Puts sealed files of one folder in their places, in this order and without a pause in between.
   * @param before done just before the first, with the same right
   */
  static async publishAll(
    files: readonly AtomicFile[],
    publish: Publish = AT_ONCE,
    before: () => void = () => undefined,
  ): Promise<void> {
    const [first] = files;
    if (!first) return;
    try {
      let isPublished = false as boolean; // set in a callback, which the compiler does not follow
      publish(() => {
        before();
        for (const { temp, path } of files) renameSync(temp, path);
        isPublished = true;
      });
      if (!isPublished) throw new Error(`${first.path} was not published, and no reason was given`);
      await syncFolder(dirname(first.path));
    } catch (error) {
      await Promise.all(files.map((file) => file.abort()));
      throw fromSystemError(error, 'writing', first.path);
    }
  }

  /** Removes the temporary file; what was at `path` stays as it was. Never fails, it is called when something has. */
  async abort(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temp, { force: true }).catch(() => undefined);
  }
}

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** All bytes, or a function that writes them one after the other. */
export type FileContent = Uint8Array | ((file: AtomicFile) => Promise<void>);

/**
 * Writes `path`, replacing what was there; missing folders are made.
 * @throws `E_DISK_FULL` or `E_IO`, or what `content` itself throws; the old file is then untouched and nothing
 *   is left behind
 */
export async function atomicWriteFile(
  path: string,
  content: FileContent,
  publish?: Publish,
): Promise<WrittenFile> {
  const file = await AtomicFile.create(path);
  try {
    if (typeof content === 'function') await content(file);
    else await file.write(content);
  } catch (error) {
    await file.abort();
    throw error;
  }
  return file.commit(publish);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder as a file, and needs no such flush.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes temporary files in `folder` whose process on this machine has ended, and returns their names.
 * Files of other machines (a shared file system) and of living processes stay.
 */
export async function sweepTempFiles(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return []; // no folder, nothing to sweep
  }
  const swept: string[] = [];
  for (const name of names) {
    const { host, pid } = TEMP_NAME.exec(name)?.groups ?? {};
    if (host !== HOST || pid === undefined) continue;
    const path = join(folder, name);
    if (await isAbandoned(path, Number(pid))) {
      await rm(path, { force: true });
      swept.push(name);
    }
  }
  return swept;
}

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isAlive(pid);
  // Our own number may have been that of an earlier process: in a container it is always the same few.
  const startedMs = Date.now() - process.uptime() * 1000;
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && file.mtimeMs < startedMs - 2000;
}
