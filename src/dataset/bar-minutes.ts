import { type EpochMs, type Frequency, MINUTE_MS } from '../time/index.js';
import type { MinuteGrid } from './minute-grid.js';

/** The minutes of one bar, as views of the grid. There is at least one. */
export interface BarMinutes {
  readonly frequency: Frequency;
  /** Start of the bar. */
  readonly startMs: EpochMs;
  readonly length: number;
  /** Place of each minute in the bar, 0 … `frequency.minutes` - 1. */
  readonly place: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  /** r: ln of successive closes; that of the first minute is 0. */
  readonly returns: Float64Array;
  /** The whole grid, for what began before the bar; nothing after the bar's end may be read from it. */
  readonly grid: MinuteGrid;
}

/** The bars of a grid in order, aligned to UTC midnight. A bar without any minute is passed over. */
export function* barsOfGrid(grid: MinuteGrid, frequency: Frequency): Generator<BarMinutes, void, void> {
  const { lengthMs } = frequency;
  for (let from = 0; from < grid.length;) {
    const startMs = Math.floor(grid.minute[from]! / lengthMs) * lengthMs;
    let to = from + 1;
    while (to < grid.length && grid.minute[to]! < startMs + lengthMs) to++;
    yield barMinutes(grid, frequency, startMs, from, to);
    from = to;
  }
}

function barMinutes(
  grid: MinuteGrid,
  frequency: Frequency,
  startMs: EpochMs,
  from: number,
  to: number,
): BarMinutes {
  const close = grid.close.subarray(from, to);
  return {
    frequency,
    startMs,
    length: to - from,
    place: grid.minute.subarray(from, to).map((minute) => (minute - startMs) / MINUTE_MS),
    open: grid.open.subarray(from, to),
    high: grid.high.subarray(from, to),
    low: grid.low.subarray(from, to),
    close,
    volume: grid.volume.subarray(from, to),
    quoteVolume: grid.quoteVolume.subarray(from, to),
    returns: logReturns(close),
    grid,
  };
}

/** ln of successive prices; the first is 0. */
export function logReturns(close: Float64Array): Float64Array {
  const returns = new Float64Array(close.length);
  let before = Math.log(close[0] ?? NaN);
  for (let i = 1; i < close.length; i++) {
    const now = Math.log(close[i]!);
    returns[i] = now - before;
    before = now;
  }
  return returns;
}

/** The minutes of a bar that statistics are made of. */
export type KeptMinutes = Pick<
  BarMinutes,
  'length' | 'place' | 'high' | 'low' | 'close' | 'volume' | 'returns'
>;

/** A minute whose high is further above its low than this is taken for damaged. */
export const LARGEST_RANGE_RATIO = 1.2;
/** Fewer are not worth the filter: then all minutes are kept. */
export const FEWEST_KEPT = 10;

/** The minutes whose high / low is at most 1.2; all when fewer than 10 are. Returns are between kept minutes. */
export function keptMinutes(bar: BarMinutes): KeptMinutes {
  const kept = Uint8Array.from(bar.high, (high, i) => Number(high / bar.low[i]! <= LARGEST_RANGE_RATIO));
  const count = kept.reduce((sum, one) => sum + one, 0);
  if (count === bar.length || count < FEWEST_KEPT) return bar;
  const pick = (column: Float64Array): Float64Array => column.filter((_, i) => kept[i] === 1);
  const close = pick(bar.close);
  return {
    length: count,
    place: pick(bar.place),
    high: pick(bar.high),
    low: pick(bar.low),
    close,
    volume: pick(bar.volume),
    returns: logReturns(close),
  };
}
