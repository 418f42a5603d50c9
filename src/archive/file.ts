import { type FileHandle, open } from 'node:fs/promises';
import { type FileIdentity, fileIdentity } from '../download/index.js';
import { TapemillError, fromSystemError } from '../errors.js';

/** A file whose bytes were hashed on their way to the disk. */
export interface HashedFile {
  readonly identity: FileIdentity;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * An object's ZIP on disk, read by position so that several readers can share one handle.
 *
 * `close` waits for reads under way: a descriptor closed beneath one may already be another file's
 * when the system gets to it.
 */
export class ObjectFile {
  readonly #handle: FileHandle;
  readonly #pending = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  private constructor(
    handle: FileHandle,
    readonly path: string,
    /** Archive key, for messages. */
    readonly key: string,
    /** Size when it was opened. */
    readonly bytes: number,
    /** Of what was opened, whatever is at the path by now. */
    readonly identity: FileIdentity,
  ) {
    this.#handle = handle;
  }

  /** @throws `E_IO` when there is no such file, it cannot be read or is no regular file */
  static async open(path: string, key: string): Promise<ObjectFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) {
        throw new TapemillError('E_IO', `cannot read ${path}: it is not a regular file`, {
          object: key,
          path,
        });
      }
      return new ObjectFile(handle, path, key, Number(stats.size), fileIdentity(stats));
    } catch (error) {
      await handle?.close();
      throw systemError(error, 'cannot open', path, key);
    }
  }

  /**
   * Fills `buffer` with the bytes from `position` on.
   * @throws `E_ZIP` when the file ends before; `E_IO`
   */
  async read(buffer: Uint8Array, position: number): Promise<void> {
    if (this.#closed) throw new Error(`read of ${this.path} after it was closed`);
    const reading = this.#fill(buffer, position);
    this.#pending.add(reading);
    try {
      await reading;
    } finally {
      this.#pending.delete(reading);
    }
  }

  async #fill(buffer: Uint8Array, position: number): Promise<void> {
    let filled = 0;
    while (filled < buffer.length) {
      let bytesRead: number;
      try {
        ({ bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, position + filled));
      } catch (error) {
        throw systemError(error, 'cannot read', this.path, this.key);
      }
      if (bytesRead === 0) {
        throw new TapemillError(
          'E_ZIP',
          `${this.key} ends at byte ${position + filled}, within what its headers declare`,
          {
            object: this.key,
            path: this.path,
          },
        );
      }
      filled += bytesRead;
    }
  }

  /** Releases the file once no read is under way; may be called again. */
  close(): Promise<void> {
    this.#closed ??= Promise.allSettled([...this.#pending]).then(() => this.#handle.close());
    return this.#closed;
  }
}

/**
 * The bytes `[start, end)` as blocks of `blockBytes` (the last one shorter), each read while the one
 * before is in use. `buffers` hands out the memory: with `ring(n)` a block stays as it is until
 * `n - 2` further ones were taken.
 */
export async function* readBlocks(
  file: ObjectFile,
  start: number,
  end: number,
  blockBytes: number,
  buffers: () => Uint8Array,
): AsyncGenerator<Uint8Array, void, void> {
  const readAt = async (position: number): Promise<Uint8Array> => {
    const block = buffers().subarray(0, Math.min(blockBytes, end - position));
    await file.read(block, position);
    return block;
  };
  if (start >= end) return;
  let next = readAt(start);
  for (let position = start; position < end; position += blockBytes) {
    const block = await next;
    if (position + blockBytes < end) {
      next = readAt(position + blockBytes);
      // Whoever stops before taking this block must not meet its failure as an unhandled one.
      next.catch(() => undefined);
    }
    yield block;
  }
}

/** Hands out the same `count` buffers in turn. */
export function ring(count: number, bytes: number): () => Uint8Array {
  const buffers = Array.from({ length: count }, () => Buffer.allocUnsafeSlow(bytes));
  let turn = 0;
  return () => buffers[turn++ % count]!;
}

/** As `fromSystemError`, naming the object too. */
function systemError(error: unknown, doing: string, path: string, key: string): unknown {
  const ours = fromSystemError(error, doing, path);
  if (!(ours instanceof TapemillError) || ours === error) return ours;
  return new TapemillError(
    ours.code,
    `${key}: ${ours.message}`,
    { ...ours.context, object: key },
    { cause: error },
  );
}
