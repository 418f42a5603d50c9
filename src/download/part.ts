import { type Hash, createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fromSystemError } from '../errors.js';
import { type FileIdentity, fileIdentity } from './file-identity.js';

/** What a partial file is a part of; decides whether a server may continue it. */
export interface PartOrigin {
  readonly url: string;
  /** A strong ETag; only with one can the rest be asked for. */
  readonly etag: string | null;
  /** Of the whole; null when the server did not say. */
  readonly bytes: number | null;
}

/** Pieces from the network are small; hashed and written by this much, they cost a tenth of the turns. */
const BUFFER_BYTES = 1 << 20;

/**
 * A file that is being received, `{path}.part`, and what it is a part of, `{path}.part.json`. Whatever ends the
 * process leaves a pair from which the next one goes on: the file is emptied before it gets another origin, so
 * the bytes never belong to an older object than the origin says.
 */
export class PartFile {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #written: number;
  #hash: Hash;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    written: number,
    hash: Hash,
    private origin: PartOrigin | null,
  ) {
    this.#written = written;
    this.#hash = hash;
  }

  /** Opens what is there, or an empty one, and hashes it. @param target where the whole file will be */
  static async open(target: string): Promise<PartFile> {
    const path = `${target}.part`;
    let handle: FileHandle | undefined;
    try {
      await mkdir(dirname(path), { recursive: true });
      handle = await open(path, 'a+');
      const hash = createHash('sha256');
      const block = Buffer.allocUnsafe(BUFFER_BYTES);
      let written = 0;
      for (;;) {
        const { bytesRead } = await handle.read(block, 0, block.length, written);
        if (bytesRead === 0) break;
        hash.update(block.subarray(0, bytesRead));
        written += bytesRead;
      }
      return new PartFile(path, handle, written, hash, await readOrigin(path));
    } catch (error) {
      await handle?.close();
      throw fromSystemError(error, 'writing', path);
    }
  }

  /** Received so far, written or about to be. */
  get bytes(): number {
    return this.#written + this.#buffered;
  }

  /** Of what was received so far, lower-case hex. */
  sha256(): string {
    return this.#hash.copy().update(this.#buffer.subarray(0, this.#buffered)).digest('hex');
  }

  /** The origin if the rest can be asked for at this URL, else null. */
  resumable(url: string): (PartOrigin & { readonly etag: string }) | null {
    const { origin } = this;
    if (this.bytes === 0 || origin?.url !== url || origin.etag === null) return null;
    return { ...origin, etag: origin.etag };
  }

  /** Empties the file. @param origin what it becomes a part of; null: not known yet */
  async restart(origin: PartOrigin | null): Promise<void> {
    try {
      await this.handle.truncate(0);
      this.#buffered = 0;
      this.#written = 0;
      this.#hash = createHash('sha256');
      this.origin = origin;
      if (origin) await writeOrigin(this.path, origin);
      else await rm(originPath(this.path), { force: true });
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
  }

  /** The bytes may be reused once this resolves. @throws `E_DISK_FULL`, `E_IO` */
  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + BUFFER_BYTES - this.#buffered);
      this.#buffer.set(piece, this.#buffered);
      this.#buffered += piece.length;
      at += piece.length;
      if (this.#buffered === BUFFER_BYTES) await this.flush();
    }
  }

  /** Hands what was received to the operating system. */
  async flush(): Promise<void> {
    try {
      while (this.#buffered > 0) {
        // Appending: whatever was written before, this comes behind it.
        const { bytesWritten } = await this.handle.write(this.#buffer, 0, this.#buffered);
        this.#hash.update(this.#buffer.subarray(0, bytesWritten));
        this.#buffer.copyWithin(0, bytesWritten, this.#buffered);
        this.#written += bytesWritten;
        this.#buffered -= bytesWritten;
      }
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
  }

  /** Onto the disk. The file stays a part until `promotePart`. */
  async sync(): Promise<void> {
    await this.flush();
    try {
      await this.handle.sync();
    } catch (error) {
      throw fromSystemError(error, 'writing', this.path);
    }
  }

  /** Once nothing will be written any more. */
  async identity(): Promise<FileIdentity> {
    return fileIdentity(await this.handle.stat({ bigint: true }));
  }

  /** Keeps what was received for the next time. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.handle.close();
    }
  }
}

/** Turns a complete part into the file itself. */
export async function promotePart(target: string): Promise<void> {
  try {
    await rename(`${target}.part`, target);
    await rm(originPath(`${target}.part`), { force: true });
    if (process.platform === 'win32') return;
    const folder = await open(dirname(target), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    throw fromSystemError(error, 'writing', target);
  }
}

export async function removePart(target: string): Promise<void> {
  await rm(`${target}.part`, { force: true });
  await rm(originPath(`${target}.part`), { force: true });
}

const originPath = (partPath: string): string => `${partPath}.json`;

async function readOrigin(partPath: string): Promise<PartOrigin | null> {
  try {
    const { url, etag, bytes } = JSON.parse(
      await readFile(originPath(partPath), 'utf8'),
    ) as Partial<PartOrigin>;
    if (typeof url !== 'string') return null;
    return {
      url,
      etag: typeof etag === 'string' ? etag : null,
      bytes: typeof bytes === 'number' ? bytes : null,
    };
  } catch {
    return null; // none, or one that a crash left half-written: the part is begun anew
  }
}

async function writeOrigin(partPath: string, origin: PartOrigin): Promise<void> {
  const temp = `${originPath(partPath)}.tmp`;
  await writeFile(temp, `${JSON.stringify(origin)}\n`);
  await rename(temp, originPath(partPath));
}
