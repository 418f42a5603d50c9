import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KIND_NAMES, importRoot } from '../imports/index.js';
import { factorFolder, layerRoot } from '../layer/index.js';
import { KLINE_INTERVALS, MARKETS, type Market } from '../market/index.js';
import { liquidationFolder } from '../outputs/liquidations/index.js';
import { SOURCE_KINDS, SOURCE_TYPES, type SourceType, sourceRoot } from '../sources/index.js';
import { FREQUENCIES } from '../time/index.js';
import { datasetPaths } from '../wide-table/paths.js';

/** Parquet files that belong together in one view. */
export interface ViewFolder {
  /** Name of the view; several folders, one a market, may share it. */
  readonly view: string;
  /** Null where the files do not tell: imports. */
  readonly market: Market | null;
  readonly folder: string;
  /** What a symbol's file is called, its symbol left out; null: a folder for each symbol, with a file a month. */
  readonly suffix: string | null;
}

const SOURCE_VIEWS: Readonly<Record<SourceType, string>> = {
  klines: 'klines',
  markPriceKlines: 'mark_price_klines',
  indexPriceKlines: 'index_price_klines',
  premiumIndexKlines: 'premium_index_klines',
  metrics: 'metrics',
  fundingRate: 'funding',
  liquidationSnapshot: 'liquidation_snapshot',
};

/** Every folder of tables that a data folder can have, in the order of the views; most do not exist. */
function possibleFolders(dataDir: string): ViewFolder[] {
  const everyMarket = (
    view: string,
    suffix: string | null,
    folder: (market: Market) => string,
  ): ViewFolder[] => MARKETS.map((market) => ({ view, market, folder: folder(market), suffix }));
  const factors = (view: string, suffix: string, folder: typeof factorFolder): ViewFolder[] =>
    FREQUENCIES.flatMap(({ label }) =>
      everyMarket(`${view}_${label}`, suffix, (market) => folder(dataDir, market, label)),
    );
  const sources = SOURCE_TYPES.flatMap((dataType) => {
    const intervals = SOURCE_KINDS[dataType].hasInterval ? KLINE_INTERVALS : [null];
    return intervals.flatMap((interval) => {
      const view = SOURCE_VIEWS[dataType] + (interval === null ? '' : `_${interval.label}`);
      return everyMarket(view, null, (market) => sourceRoot(dataDir, { market, dataType, interval }));
    });
  });
  const imports = KIND_NAMES.map((kind) => ({
    view: `imported_${kind}`,
    market: null,
    folder: importRoot(dataDir, kind),
    suffix: null,
  }));
  return [
    ...everyMarket('minutes', null, (market) => layerRoot(dataDir, market)),
    ...factors('bars', '_aggTrades.parquet', factorFolder),
    ...factors('liquidations', '_liquidations.parquet', liquidationFolder),
    ...factors('dataset', '_final.parquet', (dir, market, label) => datasetPaths(dir, market, label).folder),
    ...sources,
    ...imports,
  ];
}

/** Those that hold a file. A symbol whose collection failed has a folder and nothing in it. */
export function findViewFolders(dataDir: string): ViewFolder[] {
  return possibleFolders(dataDir).filter(({ folder, suffix }) =>
    suffix === null
      ? isFolderWith(folder, (symbol) =>
          isFolderWith(join(folder, symbol), (name) => name.endsWith('.parquet')),
        )
      : isFolderWith(folder, (name) => name.endsWith(suffix)),
  );
}

function isFolderWith(folder: string, test: (name: string) => boolean): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).some(test);
}
