import { listMonths, listSymbols } from '../layer/index.js';
import { MARKETS, type Market } from '../market/index.js';
import type { SeriesSpan } from './request.js';

/** A symbol of the minute layer, from the start of its first month to the end of its last one. */
export interface SeriesSymbol extends SeriesSpan {
  readonly market: Market;
  readonly symbol: string;
}

/** Symbols that have a month in the layer, by market and name. Names of files only; nothing is opened. @throws `E_IO` */
export async function listSeriesSymbols(dataDir: string): Promise<SeriesSymbol[]> {
  const found: SeriesSymbol[] = [];
  for (const market of MARKETS) {
    for (const symbol of await listSymbols(dataDir, market)) {
      const months = await listMonths(dataDir, market, symbol);
      const [first, last] = [months.at(0), months.at(-1)];
      if (first && last)
        found.push({ market, symbol, startMs: first.month.startMs, endMs: last.month.endMs });
    }
  }
  return found;
}
