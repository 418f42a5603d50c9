import { join } from 'node:path';
import { type Market, assertSymbol } from '../market/index.js';

/**
 * `final_dataset` for USD-M futures at 1h, as in the pipeline that our users come from; other markets and frequencies say
 * so in the name: `final_dataset_cm`, `final_dataset_4h`, `final_dataset_spot_15m`.
 */
function datasetName(market: Market, frequencyLabel: string): string {
  const ofMarket = market === 'um' ? '' : `_${market}`;
  const ofFrequency = frequencyLabel === '1h' ? '' : `_${frequencyLabel}`;
  return `final_dataset${ofMarket}${ofFrequency}`;
}

/** Files of one wide table, all symbols. */
export interface DatasetPaths {
  /** Files of single symbols, and the two below. */
  readonly folder: string;
  /** All symbols, with a `symbol` column: beside the folder, `{data}/final_dataset_all.parquet`. */
  readonly all: string;
  /** `{folder}/dataset_summary.csv`: a row a symbol. */
  readonly summary: string;
  /** `{folder}/dataset.lock`: versions and hashes of everything that went in; written last. */
  readonly lock: string;
}

export function datasetPaths(dataDir: string, market: Market, frequencyLabel: string): DatasetPaths {
  const name = datasetName(market, frequencyLabel);
  const folder = join(dataDir, name);
  return {
    folder,
    all: join(dataDir, `${name.replace('final_dataset', 'final_dataset_all')}.parquet`),
    summary: join(folder, 'dataset_summary.csv'),
    lock: join(folder, 'dataset.lock'),
  };
}

/** `{folder}/{SYMBOL}_final.csv` and `.parquet`. @throws `E_SYMBOL` */
export function symbolPaths(
  { folder }: DatasetPaths,
  symbol: string,
): { readonly csv: string; readonly parquet: string } {
  assertSymbol(symbol);
  return { csv: join(folder, `${symbol}_final.csv`), parquet: join(folder, `${symbol}_final.parquet`) };
}
