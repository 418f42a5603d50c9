import { type UserFactor, computeFactors } from '../dataset/index.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { concatTables } from './inputs/index.js';
import { type Piece, type RowsRequest, symbolPieces } from './symbol-rows.js';
import { rowsBetween, selectColumns, withPlainZeros } from './table-rows.js';
import { sourceInputs } from './user-factors.js';

/**
 * The rows of a symbol as they are written: those of the range, of the columns of the table, the user's factors last.
 *
 * Factors see all rows of a life at once, from the start of the lead-in on, whatever the pieces: their inputs are gathered
 * first, and all else is made a second time when there is more than one piece.
 * @param names of all columns but the factors
 * @throws as `symbolPieces` and `computeFactors` do
 */
export async function* finalRows(
  request: RowsRequest,
  names: readonly string[],
  factors: readonly UserFactor[],
): AsyncGenerator<FactorTable, void, void> {
  const { startMs } = request.spec;
  if (factors.length === 0) {
    for await (const { table } of symbolPieces(request))
      yield fromStart(selectColumns(table, names), startMs);
    return;
  }
  const wider = { ...request, sourceNames: sourceInputs(factors) };
  const gathered = await gather(wider, names, factors);
  const all = [...names, ...factors.map(({ name }) => name)];
  const again = gathered.only ? [gathered.only] : symbolPieces(request);
  let at = 0;
  for await (const { table } of again) {
    const own = rowsBetween(gathered.values, at, at + table.length);
    at += table.length;
    const joined = makeTable(table.minute, all, { ...selectColumns(table, names).columns, ...own.columns });
    yield fromStart(joined, startMs);
  }
}

interface Gathered {
  /** The factors' columns, all rows of all lives. */
  readonly values: FactorTable;
  /** The one piece, when there is no other. */
  readonly only: Piece | null;
}

async function gather(
  request: RowsRequest,
  names: readonly string[],
  factors: readonly UserFactor[],
): Promise<Gathered> {
  const used = names.filter((name) => factors.some((factor) => factor.inputs.includes(name)));
  const inputs = [...used, ...sourceInputs(factors)];
  const outputs = factors.map(({ name }) => name);
  const values: FactorTable[] = [];
  let only: Piece | null = null;
  let pieces = 0;
  let life: Piece['life'] | null = null;
  let parts: FactorTable[] = [];
  const settle = (): void => {
    const rows = concatTables(parts);
    if (rows) values.push(selectColumns(computeFactors(rows, factors), outputs));
    parts = [];
  };
  for await (const piece of symbolPieces(request)) {
    if (piece.life !== life) settle();
    life = piece.life;
    parts.push(selectColumns(piece.table, inputs));
    only = pieces++ === 0 ? piece : null;
  }
  settle();
  return { values: concatTables(values) ?? makeTable(new Float64Array(), outputs, {}), only };
}

function fromStart(table: FactorTable, startMs: number): FactorTable {
  let from = 0;
  while (from < table.length && table.minute[from]! < startMs) from++;
  return withPlainZeros(rowsBetween(table, from, table.length));
}
