import { AFTERTHOUGHTS, type LeakReport, type UserFactor, compareCut } from '../dataset/index.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { decodeColumns, decodeFooter } from '../parquet/index.js';
import type { EpochMs } from '../time/index.js';
import { finalRows } from './final-rows.js';
import { concatTables } from './inputs/index.js';
import { datasetPaths, symbolPaths } from './paths.js';
import { type TableColumn, parquetFields } from './schema.js';
import type { TableSpec } from './spec.js';
import type { RowsRequest } from './symbol-rows.js';
import { ofTableFile, readTableFile } from './table-file.js';
import { selectColumns } from './table-rows.js';

/**
 * Compares a symbol's Parquet file, cell by cell and bit by bit, with the table made of what was known by a cut: all rows
 * whose bar had ended by then. What an audit says of a bar is left out, it is known later by nature.
 * @throws `E_DATASET` when the file is missing, damaged or has other columns, `E_LAYER` for an input, `E_IO`
 */
export async function compareSymbol(
  request: RowsRequest & { readonly cutMs: EpochMs },
  columns: readonly TableColumn[],
  factors: readonly UserFactor[],
): Promise<LeakReport> {
  const { spec, plan, cutMs } = request;
  const names = columns.map(({ name }) => name);
  const own = names.slice(0, names.length - factors.length);
  const compared = names.filter((name) => !(AFTERTHOUGHTS as readonly string[]).includes(name));
  const parts: FactorTable[] = [];
  for await (const table of finalRows(request, own, factors)) parts.push(selectColumns(table, compared));
  const cut = concatTables(parts) ?? makeTable(new Float64Array(), [], {});
  const whole = selectColumns(await readFinal(spec, plan.symbol, columns), compared);
  const { lengthMs } = spec.frequency;
  return compareCut(new Map([[plan.symbol, whole]]), new Map([[plan.symbol, cut]]), cutMs, { lengthMs });
}

/** A symbol's table as it is on disk. @throws `E_DATASET`, `E_IO` */
export async function readFinal(
  spec: TableSpec,
  symbol: string,
  columns: readonly TableColumn[],
): Promise<FactorTable> {
  const { parquet } = symbolPaths(datasetPaths(spec.dataDir, spec.market, spec.frequency.label), symbol);
  const file = await readTableFile(parquet);
  const read = ofTableFile(parquet, () => decodeColumns(file, decodeFooter(file), parquetFields(columns)));
  return makeTable(
    read.get('datetime')!,
    columns.map(({ name }) => name),
    Object.fromEntries(read),
  );
}
