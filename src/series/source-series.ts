import {
  type Rows,
  WIDE_COLUMNS,
  type WideFamily,
  fundingColumns,
  makeRows,
  openInterestColumns,
  tickerColumns,
  triadColumns,
} from '../dataset/index.js';
import {
  readFunding,
  readLiquidationTable,
  readMetrics,
  readTicker,
  readTriad,
} from '../wide-table/inputs/index.js';
import { layerSeries } from './layer-series.js';
import type { Provided, SeriesColumn, SeriesProvider, SeriesRequest, SeriesSpan } from './request.js';

type Columns = Readonly<Record<string, Float64Array>>;

/** Every bar of the span, the one before included, since some columns look back a row. */
function rowsOf({ span, frequency }: SeriesRequest): Rows {
  const { lengthMs } = frequency;
  const first = Math.floor(span.startMs / lengthMs) - 1;
  const bars = Math.ceil(span.endMs / lengthMs) - first;
  return makeRows(
    frequency,
    Float64Array.from({ length: bars }, (_, bar) => (first + bar) * lengthMs),
  );
}

/** What the bars cover, without the first, which is only looked back to. */
function reachOf({ minute, frequency }: Rows): SeriesSpan {
  return { startMs: minute[0]! + frequency.lengthMs, endMs: minute.at(-1)! + frequency.lengthMs };
}

/** A column of bars of the layer on all rows; NaN where nothing was traded or no ticks are collected. */
async function traded(request: SeriesRequest, rows: Rows, names: readonly string[]): Promise<Columns> {
  const found = await layerSeries.read(request, names);
  const first = rows.minute[0]!;
  return Object.fromEntries(
    names.map((name) => {
      const column = new Float64Array(rows.length).fill(NaN);
      if (!('why' in found)) {
        found.columns[name]!.forEach((value, bar) => {
          column[(found.minute[bar]! - first) / rows.frequency.lengthMs] = value;
        });
      }
      return [name, column];
    }),
  );
}

function describe(family: WideFamily, flows: readonly string[] = []): SeriesColumn[] {
  return Object.entries(WIDE_COLUMNS[family]).map(([name, { unit, formula, whenNull, source }]) => ({
    name,
    family,
    unit,
    formula,
    whenNull,
    source,
    isFlow: flows.includes(name),
  }));
}

/** Makes a provider of what is joined as-of: the family's columns of all bars of the span. */
function joined(
  columns: readonly SeriesColumn[],
  command: string,
  compute: (request: SeriesRequest, rows: Rows, names: readonly string[]) => Promise<Columns | null>,
): SeriesProvider {
  return {
    columns,
    async read(request, names): Promise<Provided> {
      const rows = rowsOf(request);
      const found = await compute(request, rows, names);
      if (found === null) return { why: `nothing of it is stored: ${command}` };
      // Without the row that was only looked back to.
      const own = names.map((name) => [name, found[name]!.subarray(1)]);
      return { minute: rows.minute.subarray(1), columns: Object.fromEntries(own) as Columns };
    },
  };
}

const funding = joined(
  describe('funding'),
  'tapemill collect --data-type fundingRate',
  async ({ dataDir, market, symbol }, rows) => {
    const source = await readFunding(dataDir, market, symbol, reachOf(rows));
    return source && fundingColumns(rows, source);
  },
);

const openInterest = joined(
  describe('open-interest', ['oi_delta', 'oi_delta_usd']),
  'tapemill collect --data-type metrics',
  async (request, rows, names) => {
    const source = await readMetrics(request.dataDir, request.market, request.symbol, reachOf(rows));
    if (source === null) return null;
    const perVolume = names.some((name) => name.includes('_over_'));
    const bars = perVolume
      ? await traded(request, rows, ['volume', 'quote_volume'])
      : { volume: new Float64Array(rows.length), quote_volume: new Float64Array(rows.length) };
    return openInterestColumns(rows, bars as Parameters<typeof openInterestColumns>[1], source);
  },
);

const triad = joined(
  describe('triad'),
  'tapemill collect --data-type markPriceKlines,indexPriceKlines,premiumIndexKlines',
  async (request, rows) => {
    const { dataDir, market, symbol, frequency } = request;
    const sources = await readTriad(dataDir, market, symbol, reachOf(rows), { frequency });
    if (!sources.mark && !sources.index && !sources.premium) return null;
    const { close } = await traded(request, rows, ['close']);
    return triadColumns(rows, close!, sources);
  },
);

const ticker = joined(
  describe('ticker'),
  'tapemill import ticker',
  async ({ dataDir, market, symbol, frequency }, rows) => {
    const source = await readTicker(dataDir, market, symbol, reachOf(rows), { frequency });
    return source && tickerColumns(rows, source);
  },
);

const LIQUIDATION_FLOW = /_(vol_sum|cnt|qty_sum)$/;

const liquidations: SeriesProvider = {
  columns: describe('liquidations').map((column) => ({
    ...column,
    isFlow: LIQUIDATION_FLOW.test(column.name),
  })),
  async read({ dataDir, market, symbol, span, frequency }, names): Promise<Provided> {
    if (frequency.minutes < 5) return { why: 'bars of liquidations are at least 5m long' };
    const table = await readLiquidationTable(dataDir, market, symbol, span, { frequency });
    if (table === null) return { why: 'nothing of it is stored: tapemill import liquidations' };
    const from = table.minute.findIndex((start) => start + frequency.lengthMs > span.startMs);
    const to = table.minute.findLastIndex((start) => start < span.endMs) + 1;
    const own = names.flatMap((name) => {
      const column = table.columns[name];
      return column ? [[name, column.subarray(Math.max(0, from), to)] as const] : [];
    });
    return { minute: table.minute.subarray(Math.max(0, from), to), columns: Object.fromEntries(own) };
  },
};

/** What surrounds the ticks, from its own files, whether or not a wide table was built. */
export const sourceSeries: readonly SeriesProvider[] = [funding, openInterest, triad, ticker, liquidations];

/** Names of liquidations depend on windows, so not all can be listed. */
export const isOfLiquidations = (name: string): boolean => name.startsWith('liquidation_');
export const liquidationSeries = liquidations;
