import { join } from 'node:path';
import { type MonthFile, binanceFolder, listMonthFiles } from '../layer/index.js';
import type { SourceSeries } from './kind.js';

/** `klines_1h`, `metrics`. */
function seriesName({ dataType, interval }: Pick<SourceSeries, 'dataType' | 'interval'>): string {
  return interval === null ? dataType : `${dataType}_${interval.label}`;
}

const folderName = (series: Omit<SourceSeries, 'symbol'>): string =>
  binanceFolder(series.market, seriesName(series));

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
export function listSourceMonths(dataDir: string, series: SourceSeries): Promise<MonthFile[]> {
  return listMonthFiles(join(sourceRoot(dataDir, series), series.symbol));
}
