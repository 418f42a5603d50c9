import { TapemillError } from '../errors.js';
import { type DataType, type Market, normalizeSymbol } from '../market/index.js';
import type { ArchiveEntry, ListQuery } from './archive.js';
import { CADENCES, isSymbol } from './entry-name.js';
import type { S3Index } from './s3-index.js';
import { SymbolListing, parentFolder } from './symbol-listing.js';

/** Failures after which there is still a way without the index. Blocked is blocked, with or without it. */
const NO_INDEX = new Set<string>(['E_NETWORK', 'E_FORBIDDEN', 'E_HTTP', 'E_INDEX']);

/** Where lists come from when the index is of no use, and who is told; `location` is for messages. */
export interface ListerSurroundings {
  readonly location: string;
  readonly probe: (query: ListQuery) => Promise<ArchiveEntry[]>;
  readonly onNoIndex: (index: string, reason: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What an archive behind HTTP has: by its index, or by asking for every object when that cannot be used. */
export class HttpLister {
  readonly #listing: SymbolListing;
  /** Why the index is not asked any more. */
  #noIndex: TapemillError | null = null;

  constructor(
    private readonly index: S3Index,
    private readonly around: ListerSurroundings,
  ) {
    this.#listing = new SymbolListing(around.location, index, around.now);
  }

  /** In no particular order. @throws as `Archive.list` */
  async list(query: ListQuery): Promise<ArchiveEntry[]> {
    const listed = await this.#withIndex(() => this.#listing.entries(query));
    return listed ?? (await this.around.probe(query));
  }

  /** Sorted. @throws as `Archive.symbols` */
  async symbols(market: Market, dataType: DataType, fresh: boolean): Promise<string[]> {
    const found = await this.#withIndex(async () => {
      const parents = CADENCES.map((cadence) => parentFolder(market, dataType, cadence));
      const names = await Promise.all(parents.map((parent) => this.#listing.folders(parent, fresh)));
      return new Set(names.flat().map(normalizeSymbol).filter(isSymbol));
    });
    if (found) return [...found].sort();
    throw new TapemillError(
      'E_INDEX',
      `${this.around.location} cannot tell its symbols without an index: ${this.#noIndex?.message ?? ''}`,
      { url: this.index.url },
      { cause: this.#noIndex },
    );
  }

  /** @returns undefined when the index cannot be used, now and from then on */
  async #withIndex<T>(ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#noIndex) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!TapemillError.is(error) || !NO_INDEX.has(error.code)) throw error;
      // Told once, whoever of several askers is first.
      if (!this.#isWithoutIndex()) this.around.onNoIndex(this.index.url, error.message);
      this.#noIndex = error;
      return undefined;
    }
  }

  // A method, because the state changes while `#withIndex` waits, which the compiler cannot see.
  #isWithoutIndex(): boolean {
    return this.#noIndex !== null;
  }
}
