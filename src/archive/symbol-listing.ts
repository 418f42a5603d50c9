import { dirname } from 'node:path';
import { TapemillError } from '../errors.js';
import { type DataType, type Market, checksumKey, normalizeSymbol, objectFolder } from '../market/index.js';
import { type DateRange, monthsBetween } from '../time/index.js';
import type { ArchiveEntry, ListQuery } from './archive.js';
import { type Cadence, lastPart, nameOf } from './entry-name.js';
import type { S3Index } from './s3-index.js';
import type { IndexObject } from './s3-page.js';
import { type YearRun, neededYears } from './year-runs.js';

/** The first names of a folder: enough to hold an object among what else may lie there. */
const FIRST_NAMES = 20;
/** The folders of all symbols are looked through once for many symbols that have none. */
const FOLDERS_MAX_AGE_MS = 60_000;

/** What an index lists of single symbols. */
export class SymbolListing {
  readonly #folders = new Map<string, { readonly atMs: number; readonly names: Promise<string[]> }>();

  /** @param location of the archive, for messages */
  constructor(
    private readonly location: string,
    private readonly index: S3Index,
    private readonly now: () => number,
  ) {}

  /** In no particular order. @throws as `S3Index.list`; `E_ARCHIVE_UNREADABLE` */
  async entries(query: ListQuery): Promise<ArchiveEntry[]> {
    const { range } = query;
    // Names that every index sorts the same way, by which parts of a listing can be asked for.
    const isPlain = /^[A-Z0-9_]+$/.test(normalizeSymbol(query.symbol));
    if (!range || !isPlain) {
      const lists = await Promise.all([this.#wholeFolder(query, 'month'), this.#wholeFolder(query, 'day')]);
      return lists.flat();
    }
    // Always whole: one page for 40 years, and unpadded months (2020-8) do not sort by their date.
    const monthly = await this.#wholeFolder(query, 'month');
    return [...monthly, ...(await this.#days(query, range, monthly))];
  }

  /** Names of the folders in a folder. @throws `E_ARCHIVE_UNREADABLE` when the index is not that of an archive */
  async folders(parent: string, fresh: boolean): Promise<string[]> {
    const { folders } = await this.index.list(`${parent}/`, { fresh });
    if (folders.length === 0 && (await this.index.list('data/', { fresh })).folders.length === 0) {
      throw new TapemillError(
        'E_ARCHIVE_UNREADABLE',
        `${this.location} is no archive: its index ${this.index.url} has nothing below data/`,
        { url: this.index.url, expected: 'the URL of the folder that holds data/' },
      );
    }
    return folders.map(lastPart);
  }

  /** As `ListQuery.range` and `days` promise, and perhaps more. */
  async #days(query: ListQuery, range: DateRange, monthly: readonly ArchiveEntry[]): Promise<ArchiveEntry[]> {
    const published = new Set(monthly.map(({ name }) => name.period.key));
    const wanted = monthsBetween(range.startMs, range.endMs).filter(
      (month) =>
        query.days !== 'gaps' ||
        month.startMs < range.startMs ||
        month.endMs > range.endMs ||
        !published.has(month.key),
    );
    if (wanted.length === 0) return [];
    const symbol = normalizeSymbol(query.symbol);
    const names = `${folderOf(query, 'day', symbol)}/${symbol}-${query.interval ?? query.dataType}-`;
    const firstMonthMs = Math.min(...monthly.map(({ name }) => name.period.startMs));
    // What begins after the start of the range may have begun before: seen at no extra cost where days of at most
    // a few weeks precede the first monthly object.
    const fromStart = monthly.length > 0 && firstMonthMs > range.startMs;
    const runs = neededYears(wanted, fromStart);
    const objects = (await Promise.all(runs.map((run) => this.#years(names, run, query)))).flat();
    const knownStartMs = Math.min(
      firstMonthMs,
      ...entriesOf(objects, query, 'day').map(({ name }) => name.period.startMs),
    );
    const isStartOpen = knownStartMs > range.startMs && runs[0]?.first !== null;
    if (isStartOpen || objects.length === 0) objects.push(...(await this.index.first(names, FIRST_NAMES)));
    // Nothing under these names: none at all, another spelling, or an index that is not to be trusted.
    if (objects.length === 0) return this.#wholeFolder(query, 'day');
    return entriesOf([...new Map(objects.map((object) => [object.key, object])).values()], query, 'day');
  }

  /** Daily objects of a run of years, and at least one beyond it if there is any. */
  async #years(names: string, run: YearRun, { fresh = false }: ListQuery): Promise<readonly IndexObject[]> {
    const window = {
      after: run.first === null ? null : `${names}${run.first}-`,
      until: `${names}${run.last + 1}-`,
    };
    return (await this.index.list(names, { fresh, window })).objects;
  }

  async #wholeFolder(query: ListQuery, cadence: Cadence): Promise<ArchiveEntry[]> {
    return entriesOf(await this.#objects(query, cadence), query, cadence);
  }

  /** What is in the symbol's folder, which may be spelled in another Unicode normalisation than ours. */
  async #objects(query: ListQuery, cadence: Cadence): Promise<readonly IndexObject[]> {
    const { fresh = false } = query;
    const wanted = normalizeSymbol(query.symbol);
    // The usual spelling is asked for directly: the list of all symbols is longer than that of one's objects.
    const usual = await this.index.list(`${folderOf(query, cadence, wanted)}/`, { fresh });
    if (usual.objects.length > 0) return usual.objects;
    const parent = parentFolder(query.market, query.dataType, cadence);
    const names = await this.#recentFolders(parent, fresh);
    const spelling = names.includes(wanted) ? wanted : names.find((name) => normalizeSymbol(name) === wanted);
    if (spelling === undefined) return [];
    const folder = folderOf(query, cadence, spelling);
    const hasInterval = async (): Promise<boolean> =>
      (await this.index.list(`${parent}/${spelling}/`, { fresh })).folders.includes(`${folder}/`);
    if (query.interval !== undefined && !(await hasInterval())) return [];
    const { objects, folders } = await this.index.list(`${folder}/`, { fresh });
    if (objects.length + folders.length > 0) return objects;
    // An index that names a folder and then has nothing in it must not pass for a symbol without objects.
    throw new TapemillError('E_INDEX', `the index ${this.index.url} lists ${folder}/, but nothing in it`, {
      url: this.index.url,
    });
  }

  #recentFolders(parent: string, fresh: boolean): Promise<string[]> {
    const known = this.#folders.get(parent);
    const ageMs = known ? this.now() - known.atMs : -1;
    if (known && !fresh && ageMs >= 0 && ageMs < FOLDERS_MAX_AGE_MS) return known.names;
    const names = this.folders(parent, fresh);
    this.#folders.set(parent, { atMs: this.now(), names });
    names.catch(() => this.#folders.delete(parent));
    return names;
  }
}

export function parentFolder(market: Market, dataType: DataType, cadence: Cadence): string {
  return dirname(objectFolder({ market, dataType, symbol: 'X' }, cadence));
}

/** @param spelling of the symbol, as the archive's folder has it */
function folderOf(query: ListQuery, cadence: Cadence, spelling: string): string {
  const inner = query.interval === undefined ? '' : `/${query.interval}`;
  return `${parentFolder(query.market, query.dataType, cadence)}/${spelling}${inner}`;
}

function entriesOf(objects: readonly IndexObject[], query: ListQuery, cadence: Cadence): ArchiveEntry[] {
  const keys = new Set(objects.map(({ key }) => key));
  return objects.flatMap(({ key, bytes, etag, lastModified }) => {
    const name = nameOf(key, query, cadence);
    return name ? [{ name, key, bytes, hasChecksum: keys.has(checksumKey(key)), etag, lastModified }] : [];
  });
}
