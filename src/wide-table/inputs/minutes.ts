import {
  type GridCarry,
  type MinuteGrid,
  type MinuteSpan,
  cutGrid,
  gridFromKlines,
  gridFromLayer,
  sliceGrid,
} from '../../dataset/index.js';
import { readMonth, sliceToSpan } from '../../layer/index.js';
import { readSourceMonth } from '../../sources/index.js';
import type { MinuteBars } from '../../ticks/minute-bars.js';
import { type EpochMs, type Frequency, MINUTE_MS } from '../../time/index.js';
import { type Stretch, type TradedMinutes, beginsLife, stretchesOf } from './lives.js';
import type { MinuteMonth, MinuteStore } from './minute-store.js';

/** What a month leaves to the next one. */
export interface MonthCarry extends GridCarry {
  /** The last trade of all months so far; its close is `close` only if the grid has no hole since. */
  readonly lastMs: EpochMs;
  readonly lastId: number;
}

/** The minutes of one month, complete but for holes and the time between lives. */
export interface MonthMinutes {
  readonly grid: MinuteGrid;
  /** Null where minutes come from klines. */
  readonly bars: MinuteBars | null;
  readonly stretches: readonly Stretch[];
  readonly carry: MonthCarry | null;
}

/**
 * @param carry of the month before; null when nothing is known of it
 * @param cutMs leaves out minutes that end after it
 * @throws `E_LAYER`, `E_IO`
 */
export async function readMinutes(
  store: MinuteStore,
  { path, month, spans }: MinuteMonth,
  carry: MonthCarry | null,
  { lengthMs }: Frequency,
  cutMs: EpochMs = Infinity,
): Promise<MonthMinutes> {
  const knownMs = Math.min(month.endMs, Math.floor(cutMs / MINUTE_MS) * MINUTE_MS);
  if (store.origin === 'layer') {
    const known = { startMs: month.startMs, endMs: Math.max(month.startMs, knownMs) };
    const bars = sliceToSpan((await readMonth(path)).bars, known);
    const { minute, first_agg_id: firstId, last_agg_id: lastId } = bars.columns;
    const stretches = stretchesOf({ minute, firstId, lastId });
    const open = withoutQuiet(clip(spans, knownMs), carry, stretches, lengthMs);
    const { grid, carry: left } = gridFromLayer(bars, open, carry);
    return { grid, bars, stretches, carry: leave(left, carry, stretches) };
  }
  const whole = await readKlines(path);
  const klines = cutGrid(whole, cutMs);
  const stretches = stretchesOf(tradedOf(klines));
  const open = withoutQuiet(clip(spans, knownMs), carry, stretches, lengthMs);
  const grid = within(klines, open);
  const left = { endMs: open.at(-1)?.endMs ?? NaN, close: NaN };
  return { grid, bars: null, stretches, carry: leave(left, carry, stretches) };
}

/** The trades of a month alone, for who has to know when it was traded. @throws `E_LAYER`, `E_IO` */
export async function readStretches(store: MinuteStore, { path }: MinuteMonth): Promise<Stretch[]> {
  if (store.origin === 'klines') return stretchesOf(tradedOf(await readKlines(path)));
  const { minute, first_agg_id: firstId, last_agg_id: lastId } = (await readMonth(path)).bars.columns;
  return stretchesOf({ minute, firstId, lastId });
}

async function readKlines(path: string): Promise<MinuteGrid> {
  return gridFromKlines((await readSourceMonth(path)).table);
}

function tradedOf(grid: MinuteGrid): TradedMinutes {
  const minute = grid.minute.filter((_, row) => grid.volume[row]! > 0);
  return { minute, firstId: null, lastId: null };
}

function clip(spans: readonly MinuteSpan[], endMs: EpochMs): MinuteSpan[] {
  return spans
    .map((span) => ({ startMs: span.startMs, endMs: Math.min(span.endMs, endMs) }))
    .filter((span) => span.startMs < span.endMs);
}

/** The spans less the time between lives: from the end of the bar with the last trade to the first one after it. */
function withoutQuiet(
  spans: readonly MinuteSpan[],
  carry: MonthCarry | null,
  stretches: readonly Stretch[],
  lengthMs: EpochMs,
): MinuteSpan[] {
  let open = [...spans];
  let last: Pick<Stretch, 'lastMs' | 'lastId'> | null = carry;
  for (const stretch of stretches) {
    if (beginsLife(last, stretch)) {
      const quietMs = last === null ? -Infinity : (Math.floor(last.lastMs / lengthMs) + 1) * lengthMs;
      open = open.flatMap(({ startMs, endMs }) =>
        [
          { startMs, endMs: Math.min(endMs, quietMs) },
          { startMs: Math.max(startMs, stretch.firstMs), endMs },
        ].filter((part) => part.startMs < part.endMs),
      );
    }
    last = stretch;
  }
  return open;
}

function leave(
  left: GridCarry | null,
  carry: MonthCarry | null,
  stretches: readonly Stretch[],
): MonthCarry | null {
  const last = stretches.at(-1) ?? carry;
  if (last === null) return null;
  return { endMs: left?.endMs ?? NaN, close: left?.close ?? NaN, lastMs: last.lastMs, lastId: last.lastId };
}

function within(grid: MinuteGrid, spans: readonly MinuteSpan[]): MinuteGrid {
  const parts = spans.map(({ startMs, endMs }) => {
    const from = grid.minute.findIndex((minute) => minute >= startMs);
    const to = grid.minute.findIndex((minute) => minute >= endMs);
    return sliceGrid(grid, from < 0 ? grid.length : from, to < 0 ? grid.length : to);
  });
  if (parts.length === 1) return parts[0]!;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const join = (name: Exclude<keyof MinuteGrid, 'length'>): Float64Array => {
    const whole = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part[name], at);
      at += part.length;
    }
    return whole;
  };
  return {
    length,
    minute: join('minute'),
    open: join('open'),
    high: join('high'),
    low: join('low'),
    close: join('close'),
    volume: join('volume'),
    quoteVolume: join('quoteVolume'),
  };
}
