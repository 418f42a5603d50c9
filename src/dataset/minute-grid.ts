import type { MinuteBars } from '../ticks/minute-bars.js';
import { type EpochMs, MINUTE_MS } from '../time/index.js';

const FIELDS = ['minute', 'open', 'high', 'low', 'close', 'volume', 'quoteVolume'] as const;
type Field = (typeof FIELDS)[number];

/**
 * Prices and volumes minute by minute, as the exchange's klines have them: a minute without trades carries the last
 * close as open, high, low and close, with volumes of 0. Ascending; a minute of which nothing is known is missing.
 * `minute` is its start in ms, volume is in base, quoteVolume in quote.
 */
export interface MinuteGrid extends Readonly<Record<Field, Float64Array>> {
  readonly length: number;
}

/** `[startMs, endMs)`, whole minutes: a stretch of time that the source covers. */
export interface MinuteSpan {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** Where the grid of the month before ended, so that the next one can go on. */
export interface GridCarry {
  readonly endMs: EpochMs;
  /** NaN before the first trade. */
  readonly close: number;
}

function allocate(length: number): Record<Field, Float64Array> & { readonly length: number } {
  const columns = Object.fromEntries(FIELDS.map((name) => [name, new Float64Array(length)]));
  return { length, ...(columns as Record<Field, Float64Array>) };
}

/**
 * The grid of 1m klines, as they are: the exchange fills quiet minutes itself, and one that it lacks is not made up.
 * @param table klines of `src/sources`, ascending; not copied
 */
export function gridFromKlines(table: {
  readonly length: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}): MinuteGrid {
  const { columns, length } = table;
  const of = (name: string): Float64Array => {
    const column = columns[name];
    if (!column) throw new RangeError(`klines have no column ${name}`);
    return column;
  };
  return {
    length,
    minute: of('time'),
    open: of('open'),
    high: of('high'),
    low: of('low'),
    close: of('close'),
    volume: of('volume'),
    quoteVolume: of('quote_volume'),
  };
}

/**
 * The grid of the minute layer: every minute of the covered spans from the first trade on. After a hole between spans it
 * starts anew with the first trade: what the last price was by then is not known.
 *
 * @param spans ascending and disjoint; minute bars outside of them are left out
 * @param carry of the grid that ends where the first span starts
 */
export function gridFromLayer(
  bars: MinuteBars,
  spans: readonly MinuteSpan[],
  carry: GridCarry | null = null,
): { readonly grid: MinuteGrid; readonly carry: GridCarry | null } {
  const from = bars.columns;
  const capacity = spans.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs) / MINUTE_MS, 0);
  const to = allocate(capacity);
  let { endMs: knownTo, close } = carry ?? { endMs: NaN, close: NaN };
  let row = 0;
  let at = 0;
  for (const { startMs, endMs } of spans) {
    if (startMs !== knownTo) close = NaN;
    while (row < bars.length && from.minute[row]! < startMs) row++;
    for (let minute = startMs; minute < endMs; minute += MINUTE_MS) {
      const traded = row < bars.length && from.minute[row] === minute;
      if (traded) close = from.price_last[row]!;
      else if (Number.isNaN(close)) continue;
      to.minute[at] = minute;
      to.open[at] = traded ? from.price_first[row]! : close;
      to.high[at] = traded ? from.price_high[row]! : close;
      to.low[at] = traded ? from.price_low[row]! : close;
      to.close[at] = close;
      to.volume[at] = traded ? from.base_volume[row]! : 0;
      to.quoteVolume[at] = traded ? from.quote_volume[row]! : 0;
      at++;
      if (traded) row++;
    }
    knownTo = endMs;
  }
  return { grid: sliceGrid({ ...to }, 0, at), carry: spans.length === 0 ? carry : { endMs: knownTo, close } };
}

/** Rows `[from, to)` as views of the same memory. */
export function sliceGrid(grid: MinuteGrid, from: number, to: number): MinuteGrid {
  const columns = Object.fromEntries(FIELDS.map((name) => [name, grid[name].subarray(from, to)]));
  return { length: to - from, ...(columns as Record<Field, Float64Array>) };
}

/** What of a grid was known at an instant: a minute is known when it has ended. */
export function cutGrid(grid: MinuteGrid, cutMs: EpochMs): MinuteGrid {
  let rows = grid.length;
  while (rows > 0 && grid.minute[rows - 1]! + MINUTE_MS > cutMs) rows--;
  return sliceGrid(grid, 0, rows);
}
