import { type FolderEntry, type KeyTree, type ObjectFacts, entriesOf } from '../mirror/index.js';
import { TapemillError } from '../errors.js';
import { type DataType, type Market, checksumKey, objectFolder, objectKey } from '../market/index.js';
import { DAY_MS, type DateRange, type Period, daysBetween, epochMs, monthsBetween } from '../time/index.js';
import { type ListedSymbol, listedSymbols } from './listed-symbols.js';
import { hashText, mix32 } from './random.js';

export interface SimulatedIndexOptions {
  readonly market?: Market;
  /** Default 700, about what the public archive has. */
  readonly symbols?: number;
  /** What has been published; the last month of it has no monthly objects yet. */
  readonly range: DateRange;
  readonly dataType?: DataType;
  readonly seed?: number;
}

/** One day in so many is missing. */
const HOLE_EVERY = 700;
const CHECKSUM_BYTES = 105;
/** Folders whose names are remembered: pages of one listing follow each other. */
const KEPT_FOLDERS = 16;

/**
 * The listing of a whole market as large as the public archive's, without an object behind it: asked for one, its
 * mirror answers 404. Each symbol has monthly and daily objects with their checksums; one month is spelled unpadded
 * (`2020-8`), some days are missing.
 * @throws `E_USAGE`
 */
export function simulatedIndex(
  options: SimulatedIndexOptions,
): KeyTree & { readonly symbols: readonly ListedSymbol[] } {
  const { market = 'um', symbols = 700, dataType = 'aggTrades', range, seed = 1 } = options;
  if (dataType !== 'aggTrades' && dataType !== 'metrics' && dataType !== 'trades') {
    throw new TapemillError(
      'E_USAGE',
      `expected a data type out of aggTrades, trades, metrics, found ${dataType}`,
    );
  }
  if (!Number.isSafeInteger(symbols) || symbols < 1 || symbols > 5000) {
    throw new TapemillError('E_USAGE', `expected 1 to 5000 symbols, found ${symbols}`);
  }
  return new SimulatedIndex(market, dataType, listedSymbols(market, symbols, range, seed), range);
}

class SimulatedIndex implements KeyTree {
  readonly root = 'a simulated index';
  readonly #folders = new Map<string, Set<string>>();
  readonly #objects = new Map<string, { readonly symbol: ListedSymbol; readonly kind: Period['kind'] }>();
  readonly #kept = new Map<string, readonly FolderEntry[]>();

  constructor(
    private readonly market: Market,
    private readonly dataType: DataType,
    readonly symbols: readonly ListedSymbol[],
    private readonly range: DateRange,
  ) {
    for (const symbol of symbols) {
      for (const kind of ['month', 'day'] as const) {
        if (this.#periods(symbol, kind).next().done === true) continue;
        const folder = `${objectFolder({ market, dataType, symbol: symbol.symbol }, kind)}/`;
        this.#objects.set(folder, { symbol, kind });
        this.#addFolder(folder);
      }
    }
  }

  openObject(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  facts(key: string): Promise<ObjectFacts> {
    const date = /-(\d{4})-(\d{1,2})(?:-(\d\d))?\.zip/.exec(key);
    const [year, month, day] = [Number(date?.[1]), Number(date?.[2]), Number(date?.[3] ?? 1)];
    const startMs = epochMs(year, month, day);
    const endMs = date?.[3] === undefined ? epochMs(year, month + 1, 1) : startMs + DAY_MS;
    const hash = hashText(key);
    const words = [1, 2, 3, 4].map((i) =>
      mix32(hash + i)
        .toString(16)
        .padStart(8, '0'),
    );
    return Promise.resolve({
      bytes: key.endsWith('.CHECKSUM')
        ? CHECKSUM_BYTES
        : ((endMs - startMs) / DAY_MS) * (10_000 + (hash % 5_000_000)),
      // Some hours after the day, some days after the month.
      modifiedMs: endMs + (date?.[3] === undefined ? 5 : 0.3) * DAY_MS + (hash % 14_400) * 1000,
      etag: `"${words.join('')}"`,
    });
  }

  entries(folder: string): Promise<readonly FolderEntry[]> {
    const kept = this.#kept.get(folder);
    if (kept) return Promise.resolve(kept);
    const objects = this.#objects.get(folder);
    const names = objects ? this.#names(objects.symbol, objects.kind) : (this.#folders.get(folder) ?? []);
    const entries = entriesOf(names);
    this.#kept.set(folder, entries);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_FOLDERS) break;
      this.#kept.delete(oldest);
    }
    return Promise.resolve(entries);
  }

  entriesBelow(folder: string): Promise<readonly FolderEntry[]> {
    return this.entries(folder);
  }

  hasKeys(folder: string): Promise<boolean> {
    return Promise.resolve(this.#objects.has(folder) || this.#folders.has(folder));
  }

  /** @param folder ends with a slash; so do the folders above it */
  #addFolder(folder: string): void {
    const cut = folder.lastIndexOf('/', folder.length - 2) + 1;
    const parent = folder.slice(0, cut);
    let names = this.#folders.get(parent);
    if (!names) {
      names = new Set();
      this.#folders.set(parent, names);
      if (parent !== '') this.#addFolder(parent);
    }
    names.add(folder.slice(cut));
  }

  *#names(symbol: ListedSymbol, kind: Period['kind']): Generator<string> {
    const { market, dataType } = this;
    for (const period of this.#periods(symbol, kind)) {
      const key = objectKey({ market, dataType, symbol: symbol.symbol, period });
      const file = key.slice(key.lastIndexOf('/') + 1);
      const name =
        symbol === this.symbols[1] && kind === 'month' ? file.replace('-2020-08.', '-2020-8.') : file;
      yield name;
      yield checksumKey(name);
    }
  }

  *#periods({ symbol, startMs, endMs }: ListedSymbol, kind: Period['kind']): Generator<Period> {
    if (kind === 'month') {
      if (this.dataType === 'metrics') return;
      for (const month of monthsBetween(startMs, endMs)) if (month.endMs < this.range.endMs) yield month;
      return;
    }
    for (const day of daysBetween(startMs, endMs)) {
      if (hashText(`${symbol}|${day.key}|hole`) % HOLE_EVERY > 0) yield day;
    }
  }
}
