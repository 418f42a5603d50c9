import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';
import type { MonthFile } from '../layer/index.js';
import { parsePeriod } from '../time/index.js';
import type { SourceSeries } from './kind.js';

/** `klines_1h`, `metrics`. */
function seriesName({ dataType, interval }: Pick<SourceSeries, 'dataType' | 'interval'>): string {
  return interval === null ? dataType : `${dataType}_${interval.label}`;
}

/** Folders of USD-M data carry no market in their name, as in the pipeline that our users come from. */
function folderName(series: Omit<SourceSeries, 'symbol'>): string {
  return `binance_${series.market === 'um' ? '' : `${series.market}_`}${seriesName(series)}`;
}

/** `{data}/binance_klines_1h_parquet`, `{data}/binance_cm_metrics_parquet`: a folder for each symbol. */
export function sourceRoot(dataDir: string, series: Omit<SourceSeries, 'symbol'>): string {
  return join(dataDir, `${folderName(series)}_parquet`);
}

/** `{data}/binance_klines_1h_parquet/{SYMBOL}/{YYYY-MM}.parquet` */
export function sourceMonthPath(dataDir: string, series: SourceSeries, monthKey: string): string {
  return join(sourceRoot(dataDir, series), series.symbol, `${monthKey}.parquet`);
}

export interface SourceCsvPaths {
  readonly csv: string;
  /** Beside the CSV: `….csv.meta.json`. */
  readonly meta: string;
}

/** `{data}/binance_klines_1h/{SYMBOL}_klines_1h.csv`, `{data}/binance_metrics/{SYMBOL}_metrics.csv` */
export function sourceCsvPaths(dataDir: string, series: SourceSeries): SourceCsvPaths {
  const csv = join(dataDir, folderName(series), `${series.symbol}_${seriesName(series)}.csv`);
  return { csv, meta: `${csv}.meta.json` };
}

/** Months on disk, oldest first; empty when there are none. Other names in the folder are not ours. @throws `E_IO` */
export async function listSourceMonths(dataDir: string, series: SourceSeries): Promise<MonthFile[]> {
  const folder = join(sourceRoot(dataDir, series), series.symbol);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw fromSystemError(error, 'listing', folder);
  }
  return names
    .filter((name) => /^\d{4}-(0[1-9]|1[0-2])\.parquet$/.test(name))
    .sort()
    .map((name) => ({ month: parsePeriod(name.slice(0, 7)), path: join(folder, name) }));
}
