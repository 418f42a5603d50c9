import type { Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import {
  type DataType,
  type Market,
  assertSymbol,
  checksumKey,
  normalizeSymbol,
  objectFolder,
} from '../market/index.js';
import { formatIso } from '../time/index.js';
import { type Archive, type ArchiveEntry, type ListQuery, compareEntries } from './archive.js';
import { parseChecksum } from './checksum.js';
import { CADENCES, type Cadence, isSymbol, keyParts, nameOf } from './entry-name.js';
import { type ArchiveObject, openObject } from './object.js';

/** An archive in a local folder, the one that holds `data/`. Listed directly, on every call anew. */
export class LocalArchive implements Archive {
  readonly location: string;

  constructor(root: string) {
    this.location = resolve(root);
  }

  async list(query: ListQuery): Promise<ArchiveEntry[]> {
    assertSymbol(normalizeSymbol(query.symbol));
    const lists = await Promise.all(CADENCES.map((cadence) => this.#listCadence(query, cadence)));
    return lists.flat().sort(compareEntries);
  }

  async symbols(market: Market, dataType: DataType): Promise<string[]> {
    const found = new Set<string>();
    for (const cadence of CADENCES) {
      const parent = dirname(objectFolder({ market, dataType, symbol: 'X' }, cadence));
      for (const entry of (await this.#readFolder(parent)) ?? []) {
        const symbol = normalizeSymbol(entry.name);
        if (!entry.isFile() && isSymbol(symbol)) found.add(symbol);
      }
    }
    return [...found].sort();
  }

  async checksum(key: string): Promise<string | null> {
    const path = this.#path(checksumKey(key));
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return null;
      throw fromSystemError(error, 'cannot read', path);
    }
    return parseChecksum(text, key);
  }

  async open(entry: ArchiveEntry): Promise<ArchiveObject> {
    const { key } = entry;
    return openObject(this.#path(key), { key, expectedSha256: await this.checksum(key) });
  }

  async #listCadence(query: ListQuery, cadence: Cadence): Promise<ArchiveEntry[]> {
    const folder = await this.#findFolder(query, cadence);
    if (folder === undefined) return [];
    const files = (await this.#readFolder(folder)) ?? [];
    const names = new Set(files.map((file) => file.name));
    const found = files.map(async ({ name: file }): Promise<ArchiveEntry | undefined> => {
      const key = `${folder}/${file}`;
      const name = nameOf(key, query, cadence);
      if (!name) return undefined;
      const stats = await stat(this.#path(key), { bigint: true }).catch((error: unknown) => {
        // Gone since the folder was read, or a link to nowhere.
        if (isSystemError(error, 'ENOENT')) return undefined;
        throw unreadable(this.#path(key), error);
      });
      if (!stats?.isFile()) return undefined;
      return {
        name,
        key,
        bytes: Number(stats.size),
        hasChecksum: names.has(checksumKey(file)),
        etag: null,
        lastModified: formatIso(Number(stats.mtimeMs)),
      };
    });
    return (await Promise.all(found)).filter((entry) => entry !== undefined);
  }

  /** The symbol's folder as the disk spells it, which may be another Unicode normalisation than ours. */
  async #findFolder(query: ListQuery, cadence: Cadence): Promise<string | undefined> {
    const wanted = normalizeSymbol(query.symbol);
    const parent = dirname(
      objectFolder({ market: query.market, dataType: query.dataType, symbol: wanted }, cadence),
    );
    const spellings = ((await this.#readFolder(parent)) ?? []).map((entry) => entry.name);
    const spelling = spellings.includes(wanted)
      ? wanted
      : spellings.find((name) => normalizeSymbol(name) === wanted);
    if (spelling === undefined) return undefined;
    return query.interval === undefined ? `${parent}/${spelling}` : `${parent}/${spelling}/${query.interval}`;
  }

  /** Entries of a folder below the root; `undefined` when there is no such folder in a readable archive. */
  async #readFolder(folder: string): Promise<Dirent[] | undefined> {
    const path = this.#path(folder);
    try {
      return await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw unreadable(path, error);
      await this.#checkRoot();
      return undefined;
    }
  }

  /** Tells an archive that lacks a symbol from a folder that is no archive. */
  async #checkRoot(): Promise<void> {
    for (const path of [this.location, join(this.location, 'data')]) {
      try {
        await readdir(path);
      } catch (error) {
        if (path === this.location || !isSystemError(error, 'ENOENT')) throw unreadable(path, error);
        const hint = basename(this.location) === 'data' ? `; did you mean ${dirname(this.location)}?` : '';
        throw new TapemillError(
          'E_ARCHIVE_UNREADABLE',
          `${this.location} is no archive: there is no data/ in it${hint}`,
          { path: this.location, expected: 'the folder that holds data/' },
          { cause: error },
        );
      }
    }
  }

  #path(key: string): string {
    return join(this.location, ...keyParts(key));
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new TapemillError(
    'E_ARCHIVE_UNREADABLE',
    `cannot read ${path}: ${error.message}`,
    { path },
    { cause: error },
  );
}
