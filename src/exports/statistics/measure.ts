import { TapemillError } from '../../errors.js';
import { concatColumns } from '../../parquet/index.js';
import { type EpochMs, type Period, monthsBetween } from '../../time/index.js';
import { selectColumns } from '../columns.js';
import { TIME_COLUMN, WideFile } from '../wide-file.js';
import { type WideSymbol, type WideTable, type WideTableRequest, openWideTable } from '../wide-table.js';
import { ColumnGatherer, type ColumnStatistics } from './column-statistics.js';
import { type CorrelatedColumns, correlatedPairs } from './correlation.js';
import { RowSampler } from './sample.js';

export interface StatisticsRequest extends WideTableRequest {
  /** Names and globs; null is all. */
  readonly columns: readonly string[] | null;
  /** Called after each symbol. */
  readonly onProgress?: (done: number, all: number) => void;
}

export interface SymbolCoverage {
  readonly symbol: string;
  readonly rows: number;
  /** Share of the month's bars that there is a row of, by month; bars outside of the table's time do not count. */
  readonly coverage: readonly number[];
}

/** What is known of a wide table: of every column, every pair of columns, every symbol. */
export interface DatasetStatistics {
  readonly table: WideTable;
  readonly rows: number;
  /** Start of the first and of the last bar. */
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly months: readonly Period[];
  readonly symbols: readonly SymbolCoverage[];
  readonly columns: readonly ColumnStatistics[];
  readonly correlated: CorrelatedColumns;
  /** Rows that quantiles, histograms, drift and correlations are made of; all rows when there are no more. */
  readonly sampleRows: number;
  /** Limits of the first and the last third of the time. */
  readonly thirds: readonly [firstEndsMs: EpochMs, lastStartsMs: EpochMs];
}

/** As large as a sample may be: 20,000 rows of 300 columns are 48 MB. */
const SAMPLE_ROWS = 20_000;
export const CORRELATION_LIMIT = 0.95;

/**
 * Reads the table once, one row group at a time. Counts, extremes, means and standard deviations are of all rows, the rest
 * of a sample that is the same each time.
 * @throws `E_USAGE` for columns that do not exist, `E_NO_DATASET`, `E_DATASET`, `E_IO`
 */
export async function measureDataset(request: StatisticsRequest): Promise<DatasetStatistics> {
  const table = await openWideTable(request, { isFresh: false });
  const chosen = selectColumns(table.columns, request.columns);
  const measured = chosen.filter(({ type }) => type !== 'timestamp_ms');
  const filled = table.symbols.filter(({ rows }) => rows > 0);
  if (filled.length === 0) throw new TapemillError('E_NO_DATASET', 'the wide table has no rows');
  const firstMs = Math.min(...filled.map((symbol) => symbol.firstMs!));
  const lastMs = Math.max(...filled.map((symbol) => symbol.lastMs!));
  const endMs = lastMs + table.frequency.lengthMs;
  const months = monthsBetween(firstMs, endMs);
  const rows = filled.reduce((sum, symbol) => sum + symbol.rows, 0);

  const gatherers = measured.map((column) => new ColumnGatherer(column, months.length));
  const sampler = new RowSampler(rows, SAMPLE_ROWS);
  const parts: Float64Array[][] = measured.map(() => []);
  const sampledAt: number[] = [];
  const rowsOfMonth = new Float64Array(months.length);
  const symbols: SymbolCoverage[] = [];
  for (const [done, symbol] of table.symbols.entries()) {
    const ofMonth = new Float64Array(months.length);
    const draws = sampler.drawFrom(symbol.symbol);
    for await (const { minute, columns } of readGroups(
      symbol,
      measured.map(({ name }) => name),
    )) {
      const month = monthNumbers(minute, months);
      for (const number of month) ofMonth[number]!++;
      const drawn = Array.from(minute.keys()).filter((row) => draws(minute[row]!));
      for (const row of drawn) sampledAt.push(minute[row]!);
      columns.forEach((values, i) => {
        gatherers[i]!.add(values, month);
        parts[i]!.push(Float64Array.from(drawn, (row) => values[row]!));
      });
    }
    ofMonth.forEach((count, i) => (rowsOfMonth[i]! += count));
    symbols.push({
      symbol: symbol.symbol,
      rows: symbol.rows,
      coverage: months.map((month, i) => {
        const [from, to] = [Math.max(month.startMs, firstMs), Math.min(month.endMs, endMs)];
        return ofMonth[i]! / ((to - from) / table.frequency.lengthMs);
      }),
    });
    request.onProgress?.(done + 1, table.symbols.length);
  }

  const third = (endMs - firstMs) / 3;
  const thirds = [firstMs + third, endMs - third] as const;
  const thirdOf = Uint8Array.from(sampledAt, (at) => (at < thirds[0] ? 0 : at < thirds[1] ? 1 : 2));
  const samples = parts.map((pieces) => concatColumns(pieces));
  return {
    table,
    rows,
    firstMs,
    lastMs,
    months,
    symbols,
    columns: gatherers.map((gatherer, i) => gatherer.finish(rowsOfMonth, samples[i]!, thirdOf)),
    correlated: correlatedPairs(
      measured.map(({ name }, i) => ({ name, values: samples[i]! })),
      CORRELATION_LIMIT,
    ),
    sampleRows: sampledAt.length,
    thirds,
  };
}

async function* readGroups(
  { path }: WideSymbol,
  names: readonly string[],
): AsyncGenerator<{ minute: Float64Array; columns: Float64Array[] }> {
  const file = await WideFile.open(path);
  try {
    for (let group = 0; group < file.groups; group++) {
      const [minute, ...columns] = await file.readGroup(group, [TIME_COLUMN, ...names]);
      yield { minute: minute!, columns };
    }
  } finally {
    await file.close();
  }
}

/** @param minute ascending */
function monthNumbers(minute: Float64Array, months: readonly Period[]): Int32Array {
  let month = 0;
  return Int32Array.from(minute, (start) => {
    while (start >= months[month]!.endMs) month++;
    return month;
  });
}
