import type { ArchiveEntry } from './archive.js';

export interface PrefetchLimits {
  /** Objects fetched or being fetched ahead that are not released yet. */
  readonly objects: number;
  /** Their sizes together; a single larger one is still fetched. */
  readonly bytes: number;
}

/**
 * Fetches announced objects ahead of their use, in the order given, as far as the limits go. What fails is left to
 * whoever opens the object: it will be fetched again, and tell.
 */
export class Prefetcher {
  readonly #waiting = new Map<string, ArchiveEntry>();
  readonly #held = new Map<string, number>();
  #heldBytes = 0;
  #isStopped = false;

  constructor(
    private readonly fetch: (entry: ArchiveEntry) => Promise<unknown>,
    private readonly limits: PrefetchLimits,
  ) {}

  add(entries: readonly ArchiveEntry[]): void {
    for (const entry of entries) if (!this.#held.has(entry.key)) this.#waiting.set(entry.key, entry);
    this.#pump();
  }

  /** Makes room for the next ones. */
  release(key: string): void {
    this.#waiting.delete(key);
    this.#heldBytes -= this.#held.get(key) ?? 0;
    this.#held.delete(key);
    this.#pump();
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
  }

  #pump(): void {
    for (const entry of this.#waiting.values()) {
      const isRoom = this.#held.size === 0 || this.#heldBytes + entry.bytes <= this.limits.bytes;
      if (this.#isStopped || this.#held.size >= this.limits.objects || !isRoom) return;
      this.#waiting.delete(entry.key);
      this.#held.set(entry.key, entry.bytes);
      this.#heldBytes += entry.bytes;
      this.fetch(entry).catch(() => {
        this.release(entry.key);
      });
    }
  }
}
