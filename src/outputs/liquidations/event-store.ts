import { TapemillError } from '../../errors.js';
import { listImportedMonths, listImportedSymbols, readImportFacts } from '../../imports/index.js';
import { readFolder } from '../../layer/index.js';
import { type Market, assertSymbol } from '../../market/index.js';
import {
  SOURCE_KINDS,
  type SourceMonthFile,
  sourceRoot,
  sourceSeries,
  viewSource,
} from '../../sources/index.js';
import { type Period, parsePeriod } from '../../time/index.js';
import type { LiquidationSource } from './origins.js';

/** A month of imported liquidations, as far as its footer tells. */
export interface ImportedMonth {
  readonly month: Period;
  readonly rows: number;
  /** Ids of files that are captures; the others are Tardis'. */
  readonly captures: ReadonlySet<number>;
}

/** All that is stored of one symbol's liquidations; only footers have been read. */
export interface EventStore {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly imported: readonly ImportedMonth[];
  readonly snapshots: readonly SourceMonthFile[];
  /** Each file or object once, by origin, then by time. */
  readonly sources: readonly LiquidationSource[];
}

/** Coin-margined contracts are told by their name; all else is USD-margined. */
export function isCoinMargined(symbol: string): boolean {
  return /USD_(PERP|\d{6})$/.test(symbol);
}

/**
 * @throws `E_NO_LIQUIDATIONS` when nothing is stored of the symbol, `E_USAGE` when it is of the other market, `E_LAYER` for
 *   a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function openEventStore(dataDir: string, market: Market, symbol: string): Promise<EventStore> {
  assertSymbol(symbol);
  const right = isCoinMargined(symbol) ? 'cm' : 'um';
  if (market !== right) {
    const message = `${symbol} is a contract of market ${right}; expected --market ${right}, found ${market}`;
    throw new TapemillError('E_USAGE', message, { expected: right, found: market });
  }
  const files = new Map<string, LiquidationSource>();
  const imported: ImportedMonth[] = [];
  for (const { month, path } of await listImportedMonths(dataDir, 'liquidations', symbol)) {
    const facts = await readImportFacts(path);
    if (!facts) continue; // gone since the folder was listed
    const captures = facts.sources.filter(({ format }) => format === 'forceorder');
    imported.push({
      month,
      rows: facts.sources.reduce((sum, { rows }) => sum + rows, 0),
      captures: new Set(captures.map(({ id }) => id)),
    });
    for (const source of facts.sources) {
      const { key, file, bytes, sha256, startUs, endUs, lowerBound, account } = source;
      // A file that tells all about no time has no event either.
      if (startUs === null || endUs === null) continue;
      const origin = source.format === 'forceorder' ? 'forceorder' : 'tardis';
      const { firstTs, lastTs } = account;
      files.set(key, { origin, object: file, bytes, sha256, startUs, endUs, lowerBound, firstTs, lastTs });
    }
  }
  const snapshots = await viewSnapshots(dataDir, market, symbol);
  const sources = [...files.values(), ...snapshots.flatMap(snapshotSources)];
  if (sources.length === 0) {
    const more = market === 'cm' ? ', or collect its liquidationSnapshot' : '';
    throw new TapemillError(
      'E_NO_LIQUIDATIONS',
      `${dataDir} holds no liquidations of ${symbol}; bring them in with ` +
        `"tapemill import liquidations <folder> --data-dir ${dataDir}"${more}`,
      { path: dataDir },
    );
  }
  sources.sort((a, b) => a.startUs - b.startUs || (a.object < b.object ? -1 : 1));
  return { dataDir, market, symbol, imported, snapshots, sources };
}

const SNAPSHOT = 'liquidationSnapshot';

async function viewSnapshots(dataDir: string, market: Market, symbol: string): Promise<SourceMonthFile[]> {
  if (!SOURCE_KINDS[SNAPSHOT].markets.includes(market)) return [];
  return viewSource(dataDir, sourceSeries({ market, dataType: SNAPSHOT, symbol }), null);
}

/** The exchange shows at most one forced order a symbol and second, in these files as in its stream. */
function snapshotSources({ facts }: SourceMonthFile): LiquidationSource[] {
  return facts.sources.map(({ key, period, bytes, sha256, account }) => {
    const { startMs, endMs } = parsePeriod(period);
    return {
      origin: SNAPSHOT,
      object: key,
      bytes,
      sha256,
      startUs: startMs * 1000,
      endUs: endMs * 1000,
      lowerBound: true,
      firstTs: account.firstTime === null ? null : account.firstTime * 1000,
      lastTs: account.lastTime === null ? null : account.lastTime * 1000,
    };
  });
}

/** Symbols of a market of which anything is stored, sorted. @throws `E_IO` */
export async function listLiquidationSymbols(dataDir: string, market: Market): Promise<string[]> {
  const symbols = new Set(await listImportedSymbols(dataDir, 'liquidations'));
  if (SOURCE_KINDS[SNAPSHOT].markets.includes(market)) {
    const folder = sourceRoot(dataDir, { market, dataType: SNAPSHOT, interval: null });
    for (const name of await readFolder(folder)) if (!name.startsWith('.')) symbols.add(name);
  }
  return [...symbols].filter((symbol) => isCoinMargined(symbol) === (market === 'cm')).sort();
}
