import { concatBars, rollUp } from '../bars/index.js';
import { listFactors, orderFlowFactors } from '../factors/index.js';
import { listMonths, readMonth, sliceToSpan } from '../layer/index.js';
import type { Provided, SeriesColumn, SeriesProvider, SeriesRequest } from './request.js';

/** Names that charts use, and what the layer calls them. */
const PRICES = { open: 'price_open', high: 'price_high', low: 'price_low', close: 'price_close' } as const;
const VOLUME = { volume: 'base_volume' } as const;
const ALIASES: Readonly<Record<string, string>> = { ...PRICES, ...VOLUME };

const factors = listFactors();

function describe(name: string): SeriesColumn {
  const { family, unit, formula, whenEmpty, source, rollsUp } = factors.find(
    (factor) => factor.name === (ALIASES[name] ?? name),
  )!;
  // Differences of sums are flows as well, though a longer bar does not add them but recomputes them.
  const isFlow = rollsUp === 'sum' || /(^|_)cvd_(quote|qty)$/.test(name);
  return { name, family, unit, formula, whenNull: whenEmpty, source, isFlow };
}

/** Bars and order-flow factors, rolled up from the minute layer month by month. */
export const layerSeries: SeriesProvider = {
  columns: [...Object.keys(ALIASES), ...factors.map(({ name }) => name)].map(describe),
  async read(request, names): Promise<Provided> {
    const bars = concatBars(request.frequency, await readBars(request));
    if (bars.length === 0) {
      return { why: `the minute layer has no trade of ${request.symbol} in the range` };
    }
    const table = orderFlowFactors(bars);
    const columns: Readonly<Record<string, Float64Array>> = table.columns;
    return {
      minute: table.minute,
      columns: Object.fromEntries(names.map((name) => [name, columns[ALIASES[name] ?? name]!])),
    };
  },
};

async function readBars(request: SeriesRequest): Promise<ReturnType<typeof rollUp>[]> {
  const { dataDir, market, symbol, span, frequency, signal } = request;
  const parts = [];
  // A bar is shown whole or not at all, so the span is widened to whole bars. Months hold whole bars of any length.
  const whole = {
    startMs: Math.floor(span.startMs / frequency.lengthMs) * frequency.lengthMs,
    endMs: Math.ceil(span.endMs / frequency.lengthMs) * frequency.lengthMs,
  };
  for (const { month, path } of await listMonths(dataDir, market, symbol)) {
    if (month.endMs <= whole.startMs || month.startMs >= whole.endMs) continue;
    signal?.throwIfAborted();
    parts.push(rollUp(sliceToSpan((await readMonth(path)).bars, whole), frequency));
  }
  return parts;
}
