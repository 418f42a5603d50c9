import { type FactorTable, makeTable } from '../factors/index.js';
import type { Frequency } from '../time/index.js';
import { WIDE_FAMILIES, type WideFamily, nulls } from './column.js';
import { acrossTimeColumns } from './families/cross.js';
import { type DumpSources, type WideDump, dumpColumns } from './families/dumps.js';
import { type FundingSource, fundingColumns } from './families/funding.js';
import { type MetricsSource, openInterestColumns } from './families/open-interest.js';
import { qualityColumns } from './families/quality.js';
import { type TickerSource, tickerColumns } from './families/ticker.js';
import { type TriadSources, triadColumns } from './families/triad.js';
import { timeColumns } from './families/universe.js';
import { rvStability } from './families/volatility.js';
import type { MinuteFamilyColumn } from './minute-columns.js';
import { ORDER_FLOW_PREFIX, WIDE_COLUMNS } from './registry.js';
import { type Rows, alignTo, makeRows } from './rows.js';

/**
 * All that one symbol's rows are made of. Null is a source that there is nothing of: its columns are there and null, so
 * that the tables of all symbols have the same. An optional one that is absent has no columns.
 */
export interface SymbolInputs extends TriadSources {
  readonly frequency: Frequency;
  /** Of `MinuteColumns`: it has the rows of the table. */
  readonly minutes: FactorTable<MinuteFamilyColumn>;
  readonly funding: FundingSource | null;
  readonly metrics: MetricsSource | null;
  readonly dumps?: DumpSources;
  readonly ticker?: TickerSource | null;
  /** Of `orderFlowFactors`, bars of the same frequency. */
  readonly orderFlow?: FactorTable | null;
  /** Of `liquidationFactors`, bars of the same frequency. */
  readonly liquidations?: FactorTable | null;
}

/** How long a value of each source stays in the table; see the families for the defaults. */
export interface MaxAges {
  readonly fundingMs?: number;
  readonly triadMs?: number;
  readonly metricsMs?: number;
  readonly tickerMs?: number;
}

type Columns = Record<string, Float64Array>;

/**
 * The wide table of one symbol, columns in the order of the registry. Those that need all symbols are null until
 * `applyCrossSection`. NaN is null; nothing is infinite.
 */
export function symbolTable(inputs: SymbolInputs, ages: MaxAges = {}): FactorTable {
  const rows = makeRows(inputs.frequency, inputs.minutes.minute);
  const bars = inputs.minutes.columns;
  const none = { availableAt: new Float64Array() };
  const empty = new Float64Array();
  const { ticker, orderFlow, liquidations } = inputs;
  const columns: Columns = {
    ...bars,
    rv_stability_24h: rvStability(bars.rv_std_sqrt60),
    ...fundingColumns(
      rows,
      inputs.funding ?? { ...none, columns: { last_funding_rate: empty, funding_interval_hours: empty } },
      ages.fundingMs,
    ),
    ...triadColumns(rows, bars.close, inputs, ages.triadMs),
    ...openInterestColumns(rows, bars, inputs.metrics ?? NO_METRICS, ages.metricsMs),
    ...dumpTables(rows, inputs.dumps ?? {}),
    ...timeColumns(rows),
    ...qualityColumns(rows, bars),
    ...acrossTimeColumns(rows, bars),
  };
  if (ticker !== undefined) Object.assign(columns, ticker ? tickerColumns(rows, ticker, ages.tickerMs) : {});
  if (orderFlow) Object.assign(columns, aligned(rows, orderFlow, ORDER_FLOW_PREFIX));
  if (liquidations) Object.assign(columns, aligned(rows, liquidations, ''));
  const optional: Partial<Record<WideFamily, boolean>> = {
    dumps: false,
    ticker: ticker !== undefined,
    'order-flow': orderFlow !== undefined,
    liquidations: false,
  };
  const names = WIDE_FAMILIES.flatMap((family) =>
    namesOf(family, columns, optional[family] ?? true, liquidations),
  );
  for (const name of names) columns[name] ??= nulls(rows.length);
  return makeTable(rows.minute, names, Object.fromEntries(names.map((name) => [name, columns[name]!])));
}

const NO_METRICS: MetricsSource = {
  availableAt: new Float64Array(),
  columns: {
    sum_open_interest: new Float64Array(),
    sum_open_interest_value: new Float64Array(),
    count_toptrader_long_short_ratio: new Float64Array(),
    sum_toptrader_long_short_ratio: new Float64Array(),
    count_long_short_ratio: new Float64Array(),
    sum_taker_long_short_vol_ratio: new Float64Array(),
  },
};

/** Columns of a family in the order of the registry; liquidations, whose names depend on windows, in that of their table. */
function namesOf(
  family: WideFamily,
  columns: Columns,
  always: boolean,
  liquidations: FactorTable | null | undefined,
): readonly string[] {
  if (family === 'liquidations') {
    if (liquidations) return liquidations.names;
    const declared = Object.keys(WIDE_COLUMNS.liquidations).filter((name) => !name.includes('{'));
    return liquidations === null ? declared : [];
  }
  const names = Object.keys(WIDE_COLUMNS[family]);
  return always ? names : names.filter((name) => columns[name] !== undefined);
}

function dumpTables(rows: Rows, dumps: DumpSources): Columns {
  const tables = Object.entries(dumps).map(([dump, source]) => dumpColumns(rows, dump as WideDump, source));
  return Object.fromEntries(tables.flatMap((table) => Object.entries(table)));
}

function aligned(rows: Rows, table: FactorTable, prefix: string): Columns {
  return Object.fromEntries(
    table.names.map((name) => [`${prefix}${name}`, alignTo(rows, table.minute, table.columns[name]!)]),
  );
}
