import type { Market } from '../market/index.js';
import type { MinuteBars } from '../ticks/index.js';
import type { DateRange } from '../time/index.js';
import type { LayerFacts } from './facts.js';
import { sliceToSpan } from './merge.js';
import { readMonth } from './parquet-read.js';
import { listMonths } from './paths.js';

/** The minute bars of one month of the layer, or of the part of it that was asked for. */
export interface MinutesOfMonth {
  readonly bars: MinuteBars;
  readonly facts: LayerFacts;
}

/**
 * Streams a symbol's minute bars out of the layer, month by month, oldest first; months without a file are left
 * out. One month is in memory at a time.
 * @param range whole days, both ends inclusive as `parseRange` reads them; all there is when left out
 * @throws `E_LAYER` for a damaged file, `E_IO`
 */
export async function* readMinutes(
  dataDir: string,
  market: Market,
  symbol: string,
  range?: DateRange,
): AsyncGenerator<MinutesOfMonth, void, void> {
  for (const { month, path } of await listMonths(dataDir, market, symbol)) {
    if (range && (month.endMs <= range.startMs || month.startMs >= range.endMs)) continue;
    const { bars, facts } = await readMonth(path);
    yield { bars: range ? sliceToSpan(bars, range) : bars, facts };
  }
}
