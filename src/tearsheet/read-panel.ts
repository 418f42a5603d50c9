import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import {
  type SeriesColumn,
  type SeriesSpan,
  listSeriesColumns,
  listSeriesSymbols,
  readSeries,
} from '../series/index.js';
import type { Frequency } from '../time/index.js';
import type { FactorPanel, SymbolColumns } from './panel.js';

export interface PanelRequest {
  readonly dataDir: string;
  readonly market: Market;
  /** null: all of the data folder */
  readonly symbols: readonly string[] | null;
  /** null: from the first to the last bar of any symbol */
  readonly span: SeriesSpan | null;
  readonly frequency: Frequency;
  readonly column: string;
}

export interface ReadPanel {
  readonly panel: FactorPanel;
  /** null for a factor of the user's own */
  readonly definition: SeriesColumn | null;
  /** Symbols that are not in it, and why. */
  readonly leftOut: readonly { readonly symbol: string; readonly why: string }[];
}

/**
 * Reads the factor and the closes of all symbols.
 * @throws `E_NO_LAYER` when no symbol has both, `E_USAGE` for a name that no column can have, `E_LAYER`, `E_IO`
 */
export async function readPanel(
  request: PanelRequest,
  progress: (step: string, share: number) => void = () => undefined,
): Promise<ReadPanel> {
  const { dataDir, market, frequency, column } = request;
  const listed = (await listSeriesSymbols(dataDir)).filter((one) => one.market === market);
  const wanted = request.symbols ?? listed.map(({ symbol }) => symbol);
  const span = request.span ?? {
    startMs: listed.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
    endMs: listed.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity),
  };
  const found: (SymbolColumns & { readonly minute: Float64Array })[] = [];
  const leftOut: { symbol: string; why: string }[] = [];
  for (const [i, symbol] of wanted.entries()) {
    progress('reading', i / wanted.length);
    const read =
      span.startMs < span.endMs
        ? await readSeries({ dataDir, market, symbol, span, frequency, columns: [column, 'close'] })
        : null;
    const why = read === null ? 'the minute layer is empty' : (read.missing[column] ?? read.missing['close']);
    if (read === null || why !== undefined) leftOut.push({ symbol, why: why! });
    else
      found.push({
        symbol,
        minute: read.minute,
        factor: read.columns[column]!,
        close: read.columns['close']!,
      });
  }
  if (found.length === 0) {
    const reason = leftOut[0]?.why ?? `${dataDir} has no minute layer of market ${market}`;
    throw new TapemillError('E_NO_LAYER', `no symbol has ${column}: ${reason}`, { column });
  }
  const definition = listSeriesColumns().find(({ name }) => name === column) ?? null;
  return { panel: onOneGrid(found, frequency.lengthMs), definition, leftOut };
}

function onOneGrid(
  found: readonly (SymbolColumns & { readonly minute: Float64Array })[],
  barMs: number,
): FactorPanel {
  const first = found.reduce((least, { minute }) => Math.min(least, minute[0]!), Infinity);
  const last = found.reduce((most, { minute }) => Math.max(most, minute.at(-1)!), -Infinity);
  const length = (last - first) / barMs + 1;
  const place = (values: Float64Array, at: number): Float64Array => {
    const column = new Float64Array(length).fill(NaN);
    column.set(values, at);
    return column;
  };
  return {
    minute: Float64Array.from({ length }, (_, bar) => first + bar * barMs),
    barMs,
    symbols: found.map(({ symbol, minute, factor, close }) => {
      const at = (minute[0]! - first) / barMs;
      return { symbol, factor: place(factor, at), close: place(close, at) };
    }),
  };
}
