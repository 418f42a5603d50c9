import { TapemillError } from '../errors.js';
import { DAY_MS, type EpochMs, monthOf } from '../time/index.js';
import type { LoadedSource, SourceFile } from './source.js';

/** A file that could not be used; the others are. */
export interface FailedSource {
  readonly file: string;
  readonly error: TapemillError;
}

/** A file that is to be read, for one symbol. */
export interface Candidate {
  readonly id: number;
  readonly source: SourceFile;
  readonly load: () => Promise<LoadedSource>;
  /** Days that it may have rows of: its period and a day on either side, or what a capture holds. */
  readonly window: { readonly startMs: EpochMs; readonly endMs: EpochMs };
}

/** Of its rows, which months they lie in. */
export function monthsOf(loaded: LoadedSource): string[] {
  const ts = loaded.rows.columns[0]!;
  const months: string[] = [];
  for (let i = 0; i < ts.length;) {
    const month = monthOf(ts[i]! / 1000);
    months.push(month.key);
    while (i < ts.length && ts[i]! < month.endMs * 1000) i++;
  }
  return months;
}

/** The window of a file that is named for a period. */
export function windowOf(period: {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}): Candidate['window'] {
  return { startMs: period.startMs - DAY_MS, endMs: period.endMs + DAY_MS };
}

/**
 * Reads files when their days come, once each, and forgets their rows when their days are over: of a year of day files
 * three are in memory.
 */
export class SourcePool {
  readonly failures = new Map<number, FailedSource>();
  readonly #loading = new Map<number, Promise<LoadedSource | null>>();
  readonly #seen = new Set<number>();

  /** @param onLoaded told once of each file that could be used */
  constructor(
    private readonly onLoaded: (candidate: Candidate, loaded: LoadedSource) => void,
    private readonly onFailed: (failed: FailedSource) => void,
  ) {}

  /** Null for a file that cannot be used. @throws what is no fault of the file: a full disk, a bug */
  get(candidate: Candidate): Promise<LoadedSource | null> {
    let loading = this.#loading.get(candidate.id);
    if (!loading) {
      loading = this.#load(candidate);
      this.#loading.set(candidate.id, loading);
    }
    return loading;
  }

  /** Lets go of files whose days are before this one. */
  release(candidates: readonly Candidate[], dayMs: EpochMs): void {
    for (const { id, window } of candidates) if (window.endMs <= dayMs) this.#loading.delete(id);
  }

  async #load(candidate: Candidate): Promise<LoadedSource | null> {
    if (this.failures.has(candidate.id)) return null;
    try {
      const loaded = await candidate.load();
      if (!this.#seen.has(candidate.id)) this.onLoaded(candidate, loaded);
      this.#seen.add(candidate.id);
      return loaded;
    } catch (error) {
      if (!TapemillError.is(error) || error.code === 'E_DISK_FULL' || error.code === 'E_USAGE') throw error;
      const failed = { file: candidate.source.path, error };
      this.failures.set(candidate.id, failed);
      this.onFailed(failed);
      return null;
    }
  }
}
