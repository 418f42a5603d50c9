import { TapemillError } from '../errors.js';
import type { DateRange } from '../time/index.js';
import type { SourceMonthFacts } from './facts.js';
import type { SourceSeries } from './kind.js';
import { describeSeries } from './kinds.js';
import { readSourceFacts, readSourceMonth } from './month-file.js';
import { listSourceMonths } from './paths.js';
import { type SourceTable, pickRows } from './table.js';

export interface SourceMonthFile {
  readonly key: string;
  readonly path: string;
  readonly facts: SourceMonthFacts;
}

/** Facts of a month file, null when there is none. @throws `E_LAYER`, `E_IO` */
export type SourceFactsReader = (path: string) => Promise<SourceMonthFacts | null>;

/**
 * The months of a series that share a day with the range, oldest first. Only footers are read.
 * @throws `E_LAYER` when one is damaged or of another series, `E_IO`
 */
export async function viewSource(
  dataDir: string,
  series: SourceSeries,
  range: Pick<DateRange, 'startMs' | 'endMs'> | null,
  readFacts: SourceFactsReader = readSourceFacts,
): Promise<SourceMonthFile[]> {
  const months: SourceMonthFile[] = [];
  for (const { month, path } of await listSourceMonths(dataDir, series)) {
    if (range && (month.endMs <= range.startMs || month.startMs >= range.endMs)) continue;
    const facts = await readFacts(path);
    if (facts === null) continue; // gone since the folder was listed
    const found = [facts.market, facts.dataType, facts.interval, facts.symbol, facts.period].join(' ');
    const { market, dataType, interval, symbol } = series;
    const wanted = [market, dataType, interval?.label ?? null, symbol, month.key].join(' ');
    if (found !== wanted) {
      const message = `${path} holds ${found.trim()}, expected ${describeSeries(series)} ${month.key}`;
      throw new TapemillError('E_LAYER', message, { path });
    }
    months.push({ key: month.key, path, facts });
  }
  return months;
}

/**
 * Streams the rows of the months, one month in memory at a time. A row that two neighbouring months have is yielded
 * once, as the first of them has it: a metrics object that runs from 00:00 to 23:55 has the last 5 minutes of the day
 * before, and a long kline may straddle.
 * @throws `E_LAYER` for a damaged file, `E_IO`
 */
export async function* readSourceRows(
  months: readonly SourceMonthFile[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly table: SourceTable; readonly facts: SourceMonthFacts }, void, void> {
  let last = -Infinity;
  for (const { path } of months) {
    signal?.throwIfAborted();
    const { table, facts } = await readSourceMonth(path);
    const time = table.columns['time']!;
    const isNew = (row: number): boolean => table.schema.sameWhen === 'row' || time[row]! > last;
    const fresh = Array.from({ length: table.length }, (_, row) => row).filter(isNew);
    last = Math.max(last, time[table.length - 1] ?? -Infinity);
    yield { table: fresh.length === table.length ? table : pickRows([table], fresh), facts };
  }
}
