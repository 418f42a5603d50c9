/** Columns on evenly spaced bars; NaN is null. */
export interface Chunk {
  readonly minute: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Why a column has no value at all. */
  readonly missing: Readonly<Record<string, string>>;
}

interface Entry {
  readonly stamp: string;
  readonly chunk: Promise<Chunk>;
  bytes: number;
}

/**
 * Rolled-up tables, as long as the files they are made of stay the same. What was asked for least recently is forgotten when
 * all of it takes more than `maxBytes`.
 */
export class ChunkCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Two who ask for the same at once wait for one reading of it.
   * @param stamp of the files, taken before they are read; another one than last time has them read again
   * @throws what `read` throws, which is not remembered
   */
  async get(key: string, stamp: string, read: () => Promise<Chunk>): Promise<Chunk> {
    const known = this.#entries.get(key);
    if (known?.stamp !== stamp) this.#forget(key);
    else {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.chunk;
    }
    const entry: Entry = { stamp, chunk: read(), bytes: 0 };
    this.#entries.set(key, entry);
    try {
      const chunk = await entry.chunk;
      // It may have been forgotten while it was read.
      if (this.#entries.get(key) === entry) this.#account(entry, chunk);
      return chunk;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#forget(key);
      throw error;
    }
  }

  #account(entry: Entry, { minute, columns }: Chunk): void {
    const parts = new Set([minute, ...Object.values(columns)].map(({ buffer }) => buffer));
    for (const buffer of parts) entry.bytes += buffer.byteLength;
    this.#bytes += entry.bytes;
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
