import type { Market } from '../market/index.js';
import type { MinuteBars } from '../ticks/index.js';
import { FIELDS, type FieldValues, COUNT, LAYER_FIELD, PRICES, toleranceOf } from './fields.js';

/** Klines as columns, ascending: `time` is the start of the minute, the others are the fields. */
export type KlineColumns = Readonly<Record<'time' | (typeof FIELDS)[number], Float64Array>>;

/** A stretch of the layer and of the klines beside it. */
export interface Stretch {
  readonly market: Market;
  readonly bars: MinuteBars;
  readonly klines: KlineColumns;
}

/** A minute that the layer and the kline tell differently. */
export interface Difference {
  /** Start, ms. */
  readonly minute: number;
  /** Row of the bar; -1 where the layer has none. */
  readonly row: number;
  /** Bars before this minute: the row at which its bar is, or would be. */
  readonly place: number;
  /** Sums are 0 and prices NaN where there is no bar. */
  readonly layer: FieldValues;
  readonly kline: FieldValues;
  /** Kline minus layer; 0 where they agree within the tolerance. A price without a bar is NaN. */
  readonly delta: FieldValues;
  /** How far the two may lie apart. */
  readonly tolerance: FieldValues;
}

/** What the comparison comes across, minute by minute, ascending. */
export interface Comparer {
  /** Equal in all fields, or nothing traded in either. `row` is -1 then. */
  readonly exact: (minute: number, row: number, klineRow: number) => void;
  readonly differs: (difference: Difference, klineRow: number) => void;
  /** A bar without a kline. */
  readonly alone: (minute: number, row: number) => void;
}

/** Puts every minute of the klines and of the layer beside the other. */
export function compareMinutes({ market, bars, klines }: Stretch, { exact, differs, alone }: Comparer): void {
  const tolerance = toleranceOf(market);
  const left = bars.columns.minute;
  const right = klines.time;
  const layerColumns = FIELDS.map((field) => bars.columns[LAYER_FIELD[field]]);
  const klineColumns = FIELDS.map((field) => klines[field]);
  const counts = klines.count;

  const isEqual = (l: number, r: number): boolean => {
    const fills = counts[r]!;
    for (let field = 0; field < FIELDS.length; field++) {
      const a = layerColumns[field]![l]!;
      const b = klineColumns[field]![r]!;
      if (a !== b && !(Math.abs(a - b) <= tolerance(field, Math.max(a, b), fills))) return false;
    }
    return true;
  };
  const describe = (minute: number, l: number, place: number, r: number): Difference => {
    const kline = Float64Array.from(klineColumns, (column) => column[r]!);
    const layer = Float64Array.from(layerColumns, (column, field) =>
      l >= 0 ? column[l]! : field < PRICES ? NaN : 0,
    );
    const fills = Math.max(kline[COUNT]!, layer[COUNT]!);
    const allowed = kline.map((value, field) => tolerance(field, Math.max(value, layer[field]!), fills));
    const delta = kline.map((value, field) => {
      const difference = value - layer[field]!;
      return Math.abs(difference) <= allowed[field]! ? 0 : difference;
    });
    return { minute, row: l, place, layer, kline, delta, tolerance: allowed };
  };

  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const minute = Math.min(left[l] ?? Infinity, right[r] ?? Infinity);
    const inLayer = left[l] === minute;
    if (right[r] !== minute) alone(minute, l++);
    else {
      const row = inLayer ? l : -1;
      if (inLayer ? isEqual(l, r) : counts[r] === 0 && klines.volume[r] === 0) exact(minute, row, r);
      else differs(describe(minute, row, l, r), r);
      if (inLayer) l++;
      r++;
    }
  }
}
