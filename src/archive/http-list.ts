import { dirname } from 'node:path';
import { TapemillError } from '../errors.js';
import { type DataType, type Market, checksumKey, normalizeSymbol, objectFolder } from '../market/index.js';
import type { ArchiveEntry, ListQuery } from './archive.js';
import { CADENCES, type Cadence, isSymbol, lastPart, nameOf } from './entry-name.js';
import type { S3Index } from './s3-index.js';
import type { IndexObject } from './s3-page.js';

/** Failures after which there is still a way without the index. Blocked is blocked, with or without it. */
const NO_INDEX = new Set<string>(['E_NETWORK', 'E_FORBIDDEN', 'E_HTTP', 'E_INDEX']);

/** What an archive behind HTTP has: by its index, or by asking for every object when that cannot be used. */
export class HttpLister {
  /** Why the index is not asked any more. */
  #noIndex: TapemillError | null = null;

  /**
   * @param location of the archive, for messages
   * @param probe lists without the index
   */
  constructor(
    private readonly location: string,
    private readonly index: S3Index,
    private readonly probe: (query: ListQuery) => Promise<ArchiveEntry[]>,
    private readonly onNoIndex: (index: string, reason: string) => void,
  ) {}

  /** In no particular order. @throws as `Archive.list` */
  async list(query: ListQuery): Promise<ArchiveEntry[]> {
    const listed = await this.#withIndex(async () => {
      const lists = await Promise.all(CADENCES.map((cadence) => this.#listCadence(query, cadence)));
      return lists.flat();
    });
    return listed ?? (await this.probe(query));
  }

  /** Sorted. @throws as `Archive.symbols` */
  async symbols(market: Market, dataType: DataType): Promise<string[]> {
    const found = await this.#withIndex(async () => {
      const parents = CADENCES.map((cadence) => parentFolder(market, dataType, cadence));
      const names = (await Promise.all(parents.map((parent) => this.#folders(parent)))).flat();
      return new Set(names.map(normalizeSymbol).filter(isSymbol));
    });
    if (found) return [...found].sort();
    throw new TapemillError(
      'E_INDEX',
      `${this.location} cannot tell its symbols without an index: ${this.#noIndex?.message ?? ''}`,
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
      if (!this.#isWithoutIndex()) this.onNoIndex(this.index.url, error.message);
      this.#noIndex = error;
      return undefined;
    }
  }

  // A method, because the state changes while `#withIndex` waits, which the compiler cannot see.
  #isWithoutIndex(): boolean {
    return this.#noIndex !== null;
  }

  async #listCadence(query: ListQuery, cadence: Cadence): Promise<ArchiveEntry[]> {
    const objects = await this.#objects(query, cadence);
    const keys = new Set(objects.map(({ key }) => key));
    return objects.flatMap(({ key, bytes, etag, lastModified }) => {
      const name = nameOf(key, query, cadence);
      return name ? [{ name, key, bytes, hasChecksum: keys.has(checksumKey(key)), etag, lastModified }] : [];
    });
  }

  /** What is in the symbol's folder, which may be spelled in another Unicode normalisation than ours. */
  async #objects(query: ListQuery, cadence: Cadence): Promise<readonly IndexObject[]> {
    const wanted = normalizeSymbol(query.symbol);
    const inner = query.interval === undefined ? '' : `/${query.interval}`;
    const parent = parentFolder(query.market, query.dataType, cadence);
    // The usual spelling is asked for directly: the list of all symbols is longer than that of one's objects.
    const usual = await this.index.list(`${parent}/${wanted}${inner}/`);
    if (usual.objects.length > 0) return usual.objects;
    const names = await this.#folders(parent);
    const spelling = names.includes(wanted) ? wanted : names.find((name) => normalizeSymbol(name) === wanted);
    if (spelling === undefined) return [];
    const folder = `${parent}/${spelling}${inner}`;
    if (inner !== '' && !(await this.index.list(`${parent}/${spelling}/`)).folders.includes(`${folder}/`))
      return [];
    const { objects, folders } = await this.index.list(`${folder}/`);
    if (objects.length + folders.length > 0) return objects;
    // An index that names a folder and then has nothing in it must not pass for a symbol without objects.
    throw new TapemillError('E_INDEX', `the index ${this.index.url} lists ${folder}/, but nothing in it`, {
      url: this.index.url,
    });
  }

  /** Names of the folders in a folder. @throws `E_ARCHIVE_UNREADABLE` when the index is not that of an archive */
  async #folders(parent: string): Promise<string[]> {
    const { folders } = await this.index.list(`${parent}/`);
    if (folders.length === 0 && (await this.index.list('data/')).folders.length === 0) {
      throw new TapemillError(
        'E_ARCHIVE_UNREADABLE',
        `${this.location} is no archive: its index ${this.index.url} has nothing below data/`,
        { url: this.index.url, expected: 'the URL of the folder that holds data/' },
      );
    }
    return folders.map(lastPart);
  }
}

function parentFolder(market: Market, dataType: DataType, cadence: Cadence): string {
  return dirname(objectFolder({ market, dataType, symbol: 'X' }, cadence));
}
