import { statfs } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { DownloadEvent } from './events.js';

/** What the network code takes from its surroundings. Tests give their own clock, dice and disk. */
export interface World {
  /** Rejects with the signal's reason when that aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In `[0, 1)`. */
  readonly random: () => number;
  /** Bytes that may still be written below an existing folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly onEvent: (event: DownloadEvent) => void;
  /** Ends whatever is under way; what was received stays as resumable partial files. */
  readonly signal: AbortSignal | undefined;
}

export type WorldOptions = Partial<World>;

export function realWorld(options: WorldOptions = {}): World {
  return {
    sleep: async (ms, signal) => {
      try {
        await wait(ms, undefined, signal ? { signal } : {});
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    now: Date.now,
    random: Math.random,
    freeBytes: async (folder) => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    onEvent: () => undefined,
    signal: undefined,
    ...options,
  };
}
