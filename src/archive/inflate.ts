import { createInflateRaw } from 'node:zlib';
import { TapemillError } from '../errors.js';
import { type ObjectFile, readBlocks, ring } from './file.js';
import type { Member } from './member.js';

/**
 * Compressed bytes per read and per write, and inflated bytes per piece of work for the thread pool. Every piece
 * ends in a trip over the event loop during which nothing is inflated, and every edge between two writes cuts
 * a piece short; but large pieces are memory that is fresh each time, and nobody's cache holds them.
 * docs/performance.md has the measurements.
 */
const INPUT_BYTES = 4 << 20;
const WORK_BYTES = 2 << 20;

/**
 * Inflates a member ahead of its consumer, into a queue that takes more while it holds less than `readAheadBytes`.
 *
 *     file ──4 MiB reads──► inflate (thread pool) ──2 MiB──► queue of chunks ──next()──► consumer (this thread)
 *
 * The inflater works on the next chunk while the consumer works on the last one, so the whole takes the
 * longer of the two and not their sum. That needs two things which a plain `for await` over the stream
 * does not give:
 * - what arrives is only queued; the stream then hands the next piece of work to the thread
 *   pool, and the consumer runs after that (a `data` listener that does the work would run before);
 * - a consumer with chunks waiting lets the event loop turn between them, because finished
 *   work can only be taken over, and the next piece started, by the event loop.
 */
export class Inflater {
  readonly #chunkBytes: number;
  #readAheadBytes: number;
  readonly #file: ObjectFile;
  readonly #member: Member;
  readonly #stream;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #inflatedBytes = 0;
  #state: 'running' | 'ended' | 'failed' | 'stopped' = 'running';
  #error: unknown;
  #writesUnderWay = 0;
  #wakeConsumer: (() => void) | undefined;
  #wakeFeeder: (() => void) | undefined;

  constructor(file: ObjectFile, member: Member, chunkBytes: number, readAheadBytes: number) {
    this.#file = file;
    this.#member = member;
    this.#chunkBytes = chunkBytes;
    this.#readAheadBytes = Math.max(1, readAheadBytes);
    this.#stream = createInflateRaw({ chunkSize: Math.max(64, Math.min(WORK_BYTES, member.bytes)) });
    this.#stream.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    this.#stream.on('end', () => {
      this.#finish();
    });
    this.#stream.on('error', (error) => {
      this.#fail(this.#broken(error.message, error));
    });
    void this.#feed();
  }

  /**
   * The next chunk, or `undefined` at the end. The caller may keep it, but keeps `WORK_BYTES` alive with it.
   * @throws `E_ZIP`, `E_ZIP_SIZE` when there is more than declared, `E_IO`
   */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#queue.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length === 0 && this.#state === 'running') {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    if (this.#state === 'failed') throw this.#error;
    if (this.#state === 'stopped') throw new Error(`${this.#file.key} was closed while it was being read`);
    const chunk = this.#queue.shift();
    this.#queuedBytes -= chunk?.length ?? 0;
    if (this.#stream.isPaused() && this.#queuedBytes < this.#readAheadBytes) this.#stream.resume();
    return chunk;
  }

  /** How much may wait from now on. */
  set readAheadBytes(bytes: number) {
    this.#readAheadBytes = Math.max(1, bytes);
  }

  /** Ends the work and frees its memory; may be called again and at any time. */
  stop(): void {
    this.#settle('stopped');
  }

  async #feed(): Promise<void> {
    const { dataOffset, compressedBytes } = this.#member;
    try {
      // Two blocks are with the stream, so that it finds the second when it is through with the first;
      // one is about to be written, one is being read.
      const buffers = ring(4, Math.min(INPUT_BYTES, compressedBytes));
      for await (const block of readBlocks(
        this.#file,
        dataOffset,
        dataOffset + compressedBytes,
        INPUT_BYTES,
        buffers,
      )) {
        if (this.#state !== 'running') return;
        this.#writesUnderWay++;
        this.#stream.write(block, () => {
          this.#writesUnderWay--;
          this.#wakeFeeder?.();
        });
        while (this.#writesUnderWay >= 2 && this.#isRunning()) {
          await new Promise<void>((resolve) => {
            this.#wakeFeeder = resolve;
          });
        }
      }
      if (this.#isRunning()) this.#stream.end();
    } catch (error) {
      this.#fail(error);
    }
  }

  // A method, because the state changes while `#feed` waits, which the compiler cannot see.
  #isRunning(): boolean {
    return this.#state === 'running';
  }

  #take(chunk: Uint8Array): void {
    if (!this.#isRunning()) return;
    this.#inflatedBytes += chunk.length;
    if (this.#inflatedBytes > this.#member.bytes) {
      const { key } = this.#file;
      this.#fail(
        new TapemillError(
          'E_ZIP_SIZE',
          `${key}: ${this.#member.name} inflates to more than the ${this.#member.bytes} bytes it declares`,
          { object: key },
        ),
      );
      return;
    }
    for (let at = 0; at < chunk.length; at += this.#chunkBytes) {
      this.#queue.push(chunk.subarray(at, at + this.#chunkBytes));
    }
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes >= this.#readAheadBytes) this.#stream.pause();
    this.#wakeConsumer?.();
  }

  #finish(): void {
    const { compressedBytes } = this.#member;
    if (this.#stream.bytesWritten !== compressedBytes) {
      this.#fail(this.#broken(`its data end after ${this.#stream.bytesWritten} of ${compressedBytes} bytes`));
      return;
    }
    this.#settle('ended');
  }

  #broken(message: string, cause?: unknown): TapemillError {
    const { key, path } = this.#file;
    return new TapemillError(
      'E_ZIP',
      `${key}: ${this.#member.name} cannot be inflated: ${message}`,
      { object: key, path },
      { cause },
    );
  }

  #fail(error: unknown): void {
    if (this.#isRunning()) this.#error = error;
    this.#settle('failed');
  }

  #settle(state: 'ended' | 'failed' | 'stopped'): void {
    if (state === 'stopped' || (state === 'failed' && this.#isRunning())) {
      this.#queue.length = 0;
      this.#queuedBytes = 0;
    }
    if (this.#isRunning() || state === 'stopped') this.#state = state;
    this.#stream.destroy();
    this.#wakeConsumer?.();
    this.#wakeFeeder?.();
  }
}
