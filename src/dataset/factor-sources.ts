import { type FactorTable, listFactors } from '../factors/index.js';
import type { EpochMs } from '../time/index.js';
import { type AsOfSource, asOfJoin } from './as-of.js';
import { nulls } from './column.js';
import { DUMP_VALUES, type WideDump } from './families/dumps.js';
import { FUNDING_MAX_AGE_MS } from './families/funding.js';
import { METRICS_COLUMNS, METRICS_MAX_AGE_MS } from './families/open-interest.js';
import { TICKER_COLUMNS, TICKER_MAX_AGE_MS } from './families/ticker.js';
import { TRIAD_MAX_AGE_MS } from './families/triad.js';
import { type Rows, alignTo, barEnds } from './rows.js';
import type { MaxAges, SymbolInputs } from './symbol-table.js';

/** What a factor can be made of beside the columns of the table, by name. */
export interface FactorSources {
  /** Every name there is, whether its source was collected or not. */
  readonly names: readonly string[];
  /** One value a row; nulls when nothing of the source is there. A copy each time. */
  column(name: string): Float64Array;
}

/** None: inputs are columns of the table and other factors. */
export const NO_SOURCES: FactorSources = {
  names: [],
  column: (name) => {
    throw new RangeError(`there is no source of ${name}`);
  },
};

/** The order flow of the bar, whether or not the table has that family. */
const LAYER = 'layer';

const AS_OF_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  fundingRate: ['last_funding_rate', 'funding_interval_hours'],
  metrics: METRICS_COLUMNS,
  markPriceKlines: ['close'],
  indexPriceKlines: ['close'],
  premiumIndexKlines: ['close'],
  derivative_ticker: TICKER_COLUMNS,
  ...Object.fromEntries(Object.entries(DUMP_VALUES).map(([dump, values]) => [dump, Object.keys(values)])),
};

/** `layer.taker_buy_quote`, `metrics.sum_open_interest`, …: `{source}.{column}`. */
export const FACTOR_SOURCE_NAMES: readonly string[] = [
  ...listFactors().map(({ name }) => `${LAYER}.${name}`),
  ...Object.entries(AS_OF_COLUMNS).flatMap(([source, columns]) =>
    columns.map((column) => `${source}.${column}`),
  ),
];

/**
 * What the inputs of a symbol hold, on its rows: `layer.…` are the bars of the minute layer, all others the latest value
 * known at the end of the bar, with the same greatest ages as the columns of the table.
 */
export function factorSources(rows: Rows, inputs: SymbolInputs, ages: MaxAges = {}): FactorSources {
  const ends = barEnds(rows);
  const sourceOf = (name: string): { source: AsOfSource | null; maxAgeMs: EpochMs } => {
    const triad = ages.triadMs ?? TRIAD_MAX_AGE_MS;
    switch (name) {
      case 'fundingRate':
        return { source: inputs.funding, maxAgeMs: ages.fundingMs ?? FUNDING_MAX_AGE_MS };
      case 'metrics':
        return { source: inputs.metrics, maxAgeMs: ages.metricsMs ?? METRICS_MAX_AGE_MS };
      case 'markPriceKlines':
        return { source: inputs.mark, maxAgeMs: triad };
      case 'indexPriceKlines':
        return { source: inputs.index, maxAgeMs: triad };
      case 'premiumIndexKlines':
        return { source: inputs.premium, maxAgeMs: triad };
      case 'derivative_ticker':
        return { source: inputs.ticker ?? null, maxAgeMs: ages.tickerMs ?? TICKER_MAX_AGE_MS };
      default:
        // Sampled as metrics are.
        return {
          source: inputs.dumps?.[name as WideDump] ?? null,
          maxAgeMs: ages.metricsMs ?? METRICS_MAX_AGE_MS,
        };
    }
  };
  return {
    names: FACTOR_SOURCE_NAMES,
    column(name) {
      const dot = name.indexOf('.');
      const [of, column] = [name.slice(0, dot), name.slice(dot + 1)];
      if (of === LAYER) return ofTable(rows, inputs.orderFlow, column);
      const { source, maxAgeMs } = sourceOf(of);
      const values = source?.columns[column];
      if (!source || !values) return nulls(rows.length);
      const one = { availableAt: source.availableAt, columns: { value: values } };
      return asOfJoin(ends, one, { maxAgeMs }).columns.value;
    },
  };
}

function ofTable(rows: Rows, table: FactorTable | null | undefined, column: string): Float64Array {
  const values = table?.columns[column];
  return table && values ? alignTo(rows, table.minute, values) : nulls(rows.length);
}
