import { basename, join, resolve } from 'node:path';
import { TapemillError } from '../errors.js';
import type { Publish } from '../layer/index.js';
import { assertSymbol, normalizeSymbol } from '../market/index.js';
import type { Thresholds } from '../ticks/index.js';
import { DAY_MS, type DateRange } from '../time/index.js';
import { VERSION } from '../version.js';
import { discoverCaptures, discoverDumps, discoverTardis } from './discover.js';
import { loadDump } from './dump.js';
import { type Capture, assertCaptured, loadForceOrders } from './force-order.js';
import { type ImportProgress, type SymbolImport, importSymbol } from './import.js';
import { DUMP_NAMES, type DumpName } from './kinds.js';
import { type Candidate, type FailedSource, windowOf } from './pool.js';
import { type SourceFile, sourceId } from './source.js';
import { loadTardis } from './tardis.js';
import { type TardisExchange, type TardisName, marketOfExchange } from './tardis-name.js';
import { type TradesDay, type TradesImport, importTrades } from './trades.js';

interface JobOptions {
  /** A folder of files, or one of them. */
  readonly path: string;
  readonly dataDir: string;
  /** Periods of files to take; null: all. */
  readonly range: DateRange | null;
  readonly onProgress?: (event: ImportProgress) => void;
  /** How month files get their names; at once, if absent. */
  readonly publish?: Publish | undefined;
}

/** Of a folder with files of Tardis. */
interface TardisOptions {
  /** Null: all that there are. */
  readonly symbols: readonly string[] | null;
  /** Files of others are left alone; absent: of any. */
  readonly exchange?: TardisExchange;
}

export interface JobResult {
  readonly imports: readonly SymbolImport[];
  /** Files that look like data of the format and are not named like it. */
  readonly strays: readonly string[];
  /** Files that could not be used and of which nobody knows whose they are. */
  readonly failures: readonly FailedSource[];
}

/**
 * Imports day files of Tardis: liquidations or derivative_ticker, of as many symbols as the folder has.
 * @param symbols null: all
 * @throws `E_IMPORT_NAME`, `E_USAGE`, `E_LAYER`, `E_DISK_FULL`, `E_IO`
 */
export async function importTardis(
  channel: 'liquidations' | 'derivative_ticker',
  options: JobOptions & TardisOptions,
): Promise<JobResult> {
  const { files, strays } = await discoverTardis(
    options.path,
    channel,
    options.range,
    options.symbols,
    options.exchange,
  );
  const imports: SymbolImport[] = [];
  for (const ofSymbol of bySymbol(files)) {
    const candidates = ofSymbol.map((source): Candidate => ({
      id: sourceId(source),
      source,
      load: () => loadTardis(source.path, source.name),
      window: windowOf(source.name.day),
    }));
    imports.push(await run(options, channel, ofSymbol[0]!.name.symbol, candidates, 0));
  }
  return { imports, strays, failures: [] };
}

/**
 * Imports captured forceOrder messages. A file may hold many symbols.
 * @param symbols null: every symbol that any of the files has
 * @throws as `importTardis`
 */
export async function importForceOrders(
  options: JobOptions & { readonly symbols: readonly string[] | null },
): Promise<JobResult> {
  const { files, strays } = await discoverCaptures(options.path);
  const captures: { source: SourceFile; capture: Capture }[] = [];
  const failures: FailedSource[] = [];
  for (const source of files) {
    try {
      const capture = await loadForceOrders(source.path);
      assertCaptured(capture, source.path);
      captures.push({ source, capture });
    } catch (error) {
      if (!TapemillError.is(error)) throw error;
      failures.push({ file: source.path, error });
      options.onProgress?.({ type: 'failed', file: source.path, error });
    }
  }
  const seen = new Set(captures.flatMap(({ capture }) => [...capture.bySymbol.keys()]));
  const imports: SymbolImport[] = [];
  for (const symbol of options.symbols ?? [...seen].sort()) {
    const candidates = captures.flatMap(({ source, capture }): Candidate[] => {
      const loaded = capture.bySymbol.get(symbol) ?? (capture.isOfAll ? capture.silent : undefined);
      if (!loaded) return [];
      const times = [
        ...(loaded.covers ?? []),
        loaded.account.firstTs ?? [],
        loaded.account.lastTs ?? [],
      ].flat();
      const window = { startMs: Math.min(...times) / 1000, endMs: Math.max(...times) / 1000 + 1 };
      return [{ id: sourceId(source), source, load: () => Promise.resolve(loaded), window }];
    });
    if (candidates.length > 0) imports.push(await run(options, 'liquidations', symbol, candidates, 0));
  }
  return { imports, strays, failures };
}

/**
 * Imports dumps of open interest and ratios. A name without files is a failure of its own.
 * @param names null: all that there are
 * @param symbol null: the name of the folder
 * @param knownAfterMs how long after its stamp a row may be used: 0, or the period that it describes
 * @throws as `importTardis`
 */
export async function importDumps(
  names: readonly DumpName[] | null,
  options: JobOptions & { readonly symbol: string | null; readonly knownAfterMs: number },
): Promise<JobResult> {
  const symbol = options.symbol ?? symbolOfFolder(options.path);
  const imports: SymbolImport[] = [];
  const strays = new Set<string>();
  const failures: FailedSource[] = [];
  for (const name of names ?? DUMP_NAMES) {
    const found = await discoverDumps(options.path, name, options.range).catch((error: unknown) => {
      if (!TapemillError.is(error) || error.code !== 'E_IMPORT_NAME') throw error;
      const failed = { file: join(options.path, name), error };
      failures.push(failed);
      if (names !== null) options.onProgress?.({ type: 'failed', ...failed });
      return null;
    });
    if (!found) continue;
    const knownAfterUs = options.knownAfterMs * 1000;
    const candidates = found.files.map((source): Candidate => {
      const period = source.period!;
      return {
        id: sourceId(source),
        source,
        load: () => loadDump(source.path, name, symbol, period, knownAfterUs),
        window: windowOf(period),
      };
    });
    imports.push(await run(options, name, symbol, candidates, knownAfterUs));
    for (const stray of found.strays) strays.add(stray);
  }
  if (imports.length === 0) throw failures[0]!.error;
  return { imports, strays: [...strays], failures: names === null ? [] : failures };
}

/** Puts Tardis trades into the minute layer, symbol by symbol. @throws as `importTrades` and `importTardis` */
export async function importTardisTrades(
  options: Omit<JobOptions, 'onProgress'> &
    TardisOptions & {
      readonly thresholds: Thresholds;
      readonly onDay?: (day: TradesDay) => void;
    },
): Promise<{ readonly imports: readonly TradesImport[]; readonly strays: readonly string[] }> {
  // A day more at the end: its file has rows of the last day.
  const { range } = options;
  const wider = range && { ...range, endMs: range.endMs + DAY_MS };
  const { files, strays } = await discoverTardis(
    options.path,
    'trades',
    wider,
    options.symbols,
    options.exchange,
  );
  const imports: TradesImport[] = [];
  for (const ofSymbol of bySymbol(files)) {
    imports.push(
      await importTrades({
        dataDir: options.dataDir,
        files: ofSymbol,
        range,
        thresholds: options.thresholds,
        tapemillVersion: VERSION,
        publish: options.publish,
        ...(options.onDay ? { onDay: options.onDay } : {}),
      }),
    );
  }
  return { imports, strays };
}

function run(
  { dataDir, range, onProgress, publish }: JobOptions,
  kind: SymbolImport['kind'],
  symbol: string,
  candidates: readonly Candidate[],
  knownAfterUs: number,
): Promise<SymbolImport> {
  return importSymbol({
    dataDir,
    kind,
    symbol,
    candidates,
    knownAfterUs,
    range,
    tapemillVersion: VERSION,
    publish,
    ...(onProgress ? { onProgress } : {}),
  });
}

/** Files of one exchange and symbol together, in the order of symbols. */
function bySymbol<File extends SourceFile & { readonly name: TardisName }>(files: readonly File[]): File[][] {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const key = `${file.name.symbol} ${marketOfExchange(file.name.exchange)}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** @throws `E_USAGE` when the folder is not called like a symbol */
function symbolOfFolder(path: string): string {
  const name = basename(resolve(path)).normalize('NFC');
  try {
    assertSymbol(name);
    if (name === normalizeSymbol(name)) return name;
  } catch {
    // Said below.
  }
  throw new TapemillError(
    'E_USAGE',
    `expected the folder of a symbol as in …/ETHUSDT, found "${name}"; name the symbol with --symbol`,
    { path, expected: 'a folder named like the symbol', found: name },
  );
}
