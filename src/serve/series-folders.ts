import { join } from 'node:path';
import { type KindName, KIND_NAMES, importRoot, readImportFacts } from '../imports/index.js';
import { type MonthFile, layerRoot, listMonthFiles, readFolder, readLayerFacts } from '../layer/index.js';
import { KLINE_INTERVALS, type Market, assertSymbol, streamOf } from '../market/index.js';
import { SOURCE_KINDS, SOURCE_TYPES, readSourceFacts, sourceRoot } from '../sources/index.js';
import type { EpochMs } from '../time/index.js';
import { type MonthSummary, summarizeDays, summarizeImport } from './month-summary.js';

/** One data type of a market on disk: a folder for each symbol, a file for each month in it. */
export interface DataFolder {
  /** `aggTrades`, `klines:1m`, `import:liquidations`. */
  readonly dataType: string;
  readonly root: string;
  /** Whether a folder of this name holds data of the market: imports of all markets lie together. */
  readonly holds: (symbol: string) => boolean;
  /** Null when the file has gone. @throws `E_LAYER`, `E_IO` */
  readonly summarize: (path: string) => Promise<MonthSummary | null>;
}

const LAYER = 'aggTrades';

/** The folders that the market can have, in the order in which they are listed; most do not exist. */
function possibleFolders(dataDir: string, market: Market): DataFolder[] {
  const layer: DataFolder = {
    dataType: LAYER,
    root: layerRoot(dataDir, market),
    holds: () => true,
    summarize: async (path) => {
      const { sources, missingPeriods, period } = await readLayerFacts(path);
      const times = sources.map(({ account }) => [account.firstTs, account.lastTs] as const);
      return summarizeDays(period, sources, missingPeriods, spanOf(times));
    },
  };
  const sources = SOURCE_TYPES.filter((type) => SOURCE_KINDS[type].markets.includes(market)).flatMap(
    (dataType) =>
      (SOURCE_KINDS[dataType].hasInterval ? KLINE_INTERVALS : [null]).map((interval): DataFolder => ({
        dataType: streamOf({ dataType, ...(interval && { interval: interval.label }) }),
        root: sourceRoot(dataDir, { market, dataType, interval }),
        holds: () => true,
        summarize: async (path) => {
          const facts = await readSourceFacts(path);
          return summarizeDays(facts.period, facts.sources, facts.missingPeriods, null);
        },
      })),
  );
  const imports = KIND_NAMES.map((kind: KindName): DataFolder => ({
    dataType: `import:${kind}`,
    root: importRoot(dataDir, kind),
    holds: (symbol) => marketOfImport(symbol) === market,
    summarize: async (path) => {
      const facts = await readImportFacts(path);
      return facts && summarizeImport(facts.period, facts.sources);
    },
  }));
  return [layer, ...sources, ...imports];
}

/** Those that exist, the minute layer first. One look at the data folder. @throws `E_IO` */
export async function dataFolders(dataDir: string, market: Market): Promise<DataFolder[]> {
  const there = new Set((await readFolder(dataDir)).map((name) => join(dataDir, name)));
  return possibleFolders(dataDir, market).filter(({ root }) => there.has(root));
}

/** Names of symbols in it, sorted by code point. @throws `E_IO` */
export async function symbolsIn({ root, holds }: DataFolder): Promise<string[]> {
  return (await readFolder(root)).filter((name) => isSymbol(name) && holds(name)).sort();
}

/** Oldest first. @throws `E_IO` */
export function monthsIn({ root }: DataFolder, symbol: string): Promise<MonthFile[]> {
  return listMonthFiles(join(root, symbol));
}

/** Contracts of coin-margined futures are `BTCUSD_PERP` or `BTCUSD_260626`; no other market has such names imported. */
function marketOfImport(symbol: string): Market {
  return /USD_(PERP|\d{6})$/.test(symbol) ? 'cm' : 'um';
}

function isSymbol(name: string): boolean {
  try {
    assertSymbol(name);
    return true;
  } catch {
    return false;
  }
}

function spanOf(
  times: readonly (readonly [firstUs: number | null, lastUs: number | null])[],
): { readonly startMs: EpochMs; readonly endMs: EpochMs } | null {
  let [first, last] = [Infinity, -Infinity];
  for (const [firstUs, lastUs] of times) {
    if (firstUs === null || lastUs === null) continue;
    first = Math.min(first, firstUs);
    last = Math.max(last, lastUs);
  }
  return last < first ? null : { startMs: Math.floor(first / 1000), endMs: Math.floor(last / 1000) };
}
