import { qualityPerBar, readQuality } from '../audit/index.js';
import {
  type AsOfSource,
  type CrossSection,
  type MinuteFamilyColumn,
  ORDER_FLOW_PREFIX,
  type SymbolInputs,
  applyCrossSection,
  factorSources,
  makeRows,
  symbolTable,
} from '../dataset/index.js';
import { type FactorTable, makeTable } from '../factors/index.js';
import { DAY_MS, type EpochMs, type Frequency } from '../time/index.js';
import {
  type Life,
  type MinuteStore,
  type MonthCarry,
  type Span,
  concatTables,
  noLiquidations,
  openMinutes,
  readDumps,
  readFunding,
  readLiquidationTable,
  readMetrics,
  readTicker,
  readTriad,
} from './inputs/index.js';
import {
  KEPT_ORDER_FLOW,
  type MonthColumns,
  makeMonth,
  monthColumnNames,
  monthColumns,
} from './month-columns.js';
import { type TableSpec, historyRows } from './spec.js';
import type { SymbolPlan } from './symbol-plan.js';
import { rowsBetween } from './table-rows.js';

const PIECE_ROWS = 20_000;

/** A run of rows of one life, with all columns but the user's. */
export interface Piece {
  readonly life: Life;
  readonly table: FactorTable;
}

export interface RowsRequest {
  readonly spec: TableSpec;
  readonly plan: SymbolPlan;
  /** All bars of all symbols from the start of the lead-in on. */
  readonly section: CrossSection;
  /** Columns of sources that are wanted beside those of the table. */
  readonly sourceNames?: readonly string[];
  /** Leaves out of every input what became known after it. */
  readonly cutMs?: EpochMs;
  /** Rows that are joined at once, at least; more months are added until there are as many. Default: 20,000. */
  readonly pieceRows?: number;
}

/**
 * All rows of a symbol from the start of the lead-in to the end of the range, life by life, in pieces: in memory are the
 * months of one piece and the rows before it that its own look back to. Where pieces are cut shows in no value.
 * @throws `E_LAYER`, `E_IO`, `E_NO_LAYER` when the files are gone since the plan was made
 */
export async function* symbolPieces(request: RowsRequest): AsyncGenerator<Piece, void, void> {
  const { spec, plan } = request;
  for (const life of plan.lives) {
    let history: FactorTable | null = null;
    for await (const fresh of freshRows(request, life)) {
      const rows: FactorTable = history ? concatTables([history, fresh])! : fresh;
      const table = await joinSources(request, life, rows);
      const wanted = rowsBetween(table, rows.length - fresh.length, rows.length);
      yield { life, table: wanted };
      history = rowsBetween(rows, Math.max(0, rows.length - historyRows(spec.frequency)), rows.length);
    }
  }
}

/** Columns of minutes of a life's bars, a piece at a time. */
async function* freshRows(request: RowsRequest, life: Life): AsyncGenerator<FactorTable, void, void> {
  const { spec, plan, cutMs } = request;
  const endMs = Math.min(life.endMs, spec.endMs);
  let waiting: FactorTable[] = [];
  let rows = 0;
  for await (const { table } of months(spec, plan, cutMs)) {
    const own = ofSpan(table, { startMs: life.startMs, endMs });
    if (own.length > 0) waiting.push(own);
    rows += own.length;
    if (rows < (request.pieceRows ?? PIECE_ROWS)) continue;
    yield concatTables(waiting)!;
    [waiting, rows] = [[], 0];
  }
  if (waiting.length > 0) yield concatTables(waiting)!;
}

/** Months of the plan; with a cut, those that had ended by then as they are kept, and the one it falls into made anew. */
async function* months(
  spec: TableSpec,
  plan: SymbolPlan,
  cutMs: EpochMs = Infinity,
): AsyncGenerator<MonthColumns, void, void> {
  const store: MinuteStore = (await openMinutes(spec.dataDir, spec.market, plan.symbol))!;
  const names = monthColumnNames(store.origin);
  let carry: MonthCarry | null = plan.carry;
  for (const month of store.months.slice(plan.firstMonth, plan.endMonth)) {
    if (month.month.startMs >= cutMs) return;
    const made =
      month.month.endMs <= cutMs
        ? await monthColumns(spec, store, month, carry, names)
        : await makeMonth(spec, store, month, carry, cutMs);
    carry = made.carry;
    yield made;
  }
}

async function joinSources(request: RowsRequest, life: Life, minutes: FactorTable): Promise<FactorTable> {
  const { spec, plan, section, cutMs } = request;
  const { dataDir, market, frequency, reads } = spec;
  const { symbol } = plan;
  const span = {
    startMs: Math.max(minutes.minute[0]!, life.sinceMs),
    endMs: minutes.minute[minutes.length - 1]! + frequency.lengthMs,
  };
  const has = (family: TableSpec['reads'][number]): boolean => reads.includes(family);
  const options = { ...(cutMs !== undefined && { cutMs }), frequency };
  const ofLife = <Name extends string>(source: AsOfSource<Name> | null): AsOfSource<Name> | null =>
    sinceStart(source, life.sinceMs);
  const triad = has('triad')
    ? await readTriad(dataDir, market, symbol, span, options)
    : { mark: null, index: null, premium: null };
  const dumps = has('dumps') ? await readDumps(dataDir, market, symbol, span, options) : {};
  const inputs: SymbolInputs = {
    frequency,
    minutes: minutes as FactorTable<MinuteFamilyColumn>,
    funding: ofLife(await readFunding(dataDir, market, symbol, span, options)),
    metrics: has('open-interest') ? ofLife(await readMetrics(dataDir, market, symbol, span, options)) : null,
    mark: ofLife(triad.mark),
    index: ofLife(triad.index),
    premium: ofLife(triad.premium),
    dumps: Object.fromEntries(Object.entries(dumps).map(([dump, source]) => [dump, ofLife(source)!])),
    orderFlow: has('order-flow') ? orderFlowOf(plan.origin, minutes) : null,
    ...(has('ticker') && { ticker: ofLife(await readTicker(dataDir, market, symbol, span, options)) }),
    ...(has('liquidations') && { liquidations: await liquidationsOf(request, life, span) }),
  };
  const joined = applyCrossSection(symbolTable(inputs), section);
  const table = withSources(joined, frequency, inputs, request.sourceNames ?? []);
  return has('quality') ? withQuality(request, table) : table;
}

/** Null, and not absent: so that every symbol has the columns. */
function orderFlowOf(origin: MinuteStore['origin'], minutes: FactorTable): FactorTable | null {
  if (origin !== 'layer') return null;
  const names = KEPT_ORDER_FLOW.map((name) => name.slice(ORDER_FLOW_PREFIX.length));
  const columns = KEPT_ORDER_FLOW.map((name, index) => [names[index], minutes.columns[name]!]);
  return makeTable(minutes.minute, names, Object.fromEntries(columns) as Record<string, Float64Array>);
}

async function liquidationsOf(
  { spec, plan, cutMs }: RowsRequest,
  life: Life,
  span: Span,
): Promise<FactorTable> {
  const { dataDir, market, frequency } = spec;
  const days = {
    startMs: Math.floor(span.startMs / DAY_MS) * DAY_MS,
    endMs: Math.ceil(span.endMs / DAY_MS) * DAY_MS,
  };
  const table = await readLiquidationTable(dataDir, market, plan.symbol, days, {
    frequency,
    sinceMs: life.sinceMs,
    ...(cutMs !== undefined && { cutMs }),
  });
  return table ?? noLiquidations(frequency);
}

/** Beside the columns of the table, those of sources that factors are made of. */
function withSources(
  table: FactorTable,
  frequency: Frequency,
  inputs: SymbolInputs,
  names: readonly string[],
): FactorTable {
  if (names.length === 0) return table;
  const sources = factorSources(makeRows(frequency, table.minute), inputs);
  const columns = Object.fromEntries(names.map((name) => [name, sources.column(name)]));
  return makeTable(table.minute, [...table.names, ...names], { ...table.columns, ...columns });
}

/** Null where nothing of the symbol was audited. */
async function withQuality({ spec, plan }: RowsRequest, table: FactorTable): Promise<FactorTable> {
  const recorded = await readQuality(spec.dataDir, spec.market, plan.symbol);
  if (recorded.days.size === 0) return table;
  const quality = qualityPerBar(table.minute, spec.frequency, recorded);
  return makeTable(table.minute, table.names, { ...table.columns, ...quality });
}

/** What became known before a life began belongs to the one before. */
function sinceStart<Name extends string>(
  source: AsOfSource<Name> | null,
  sinceMs: EpochMs,
): AsOfSource<Name> | null {
  if (source === null || sinceMs === -Infinity) return source;
  const isOwn = (_: number, row: number): boolean => source.availableAt[row]! > sinceMs;
  const columns = Object.entries<Float64Array>(source.columns).map(([name, x]) => [name, x.filter(isOwn)]);
  return {
    availableAt: source.availableAt.filter(isOwn),
    columns: Object.fromEntries(columns) as Record<Name, Float64Array>,
  };
}

function ofSpan(table: FactorTable, { startMs, endMs }: Span): FactorTable {
  const { minute } = table;
  let from = 0;
  while (from < minute.length && minute[from]! < startMs) from++;
  let to = minute.length;
  while (to > from && minute[to - 1]! >= endMs) to--;
  return rowsBetween(table, from, to);
}
