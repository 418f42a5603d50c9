import { type ClassCounts, noCounts } from './classes.js';
import type { OffMinute } from './classify.js';
import { FIELDS, type Field, LAYER_FIELD, PRICES } from './fields.js';
import type { KlineColumns } from './differences.js';
import type { MinuteBars } from '../ticks/index.js';

/** What an audit found in a span of time. */
export interface Totals {
  /** Minutes of the layer or of klines that have both to look at, those without any trade included. */
  compared: number;
  /** Of these, equal in all nine fields. */
  exact: number;
  /** The others, by class. */
  readonly off: ClassCounts;
  /** Minutes with ticks, or between two klines of a day, that have no kline. */
  withoutKline: number;
  /** Sum of |kline - layer| of base and of quote volume. */
  baseOff: number;
  quoteOff: number;
  /** The largest relative error of a sum (volumes and fills) over an hour and over a day; null when none differs. */
  worstHour: WorstSum | null;
  worstDay: WorstSum | null;
}

/** |layer - kline| / kline of one sum. */
export interface WorstSum {
  readonly field: Field;
  /** Start of the hour or day, ms. */
  readonly at: number;
  readonly error: number;
}

export function noTotals(): Totals {
  return {
    compared: 0,
    exact: 0,
    off: noCounts(),
    withoutKline: 0,
    baseOff: 0,
    quoteOff: 0,
    worstHour: null,
    worstDay: null,
  };
}

/** Minutes that differ, over all classes. */
export function offCount({ off }: Pick<Totals, 'off'>): number {
  return Object.values(off).reduce((sum, count) => sum + count, 0);
}

/** Share of minutes that differ and whose class has a name; 1 where none differs. */
export function explainedShare(totals: Pick<Totals, 'off'>): number {
  const all = offCount(totals);
  return all === 0 ? 1 : 1 - totals.off.unexplained / all;
}

/** Null when nothing was compared. */
export function exactShare({ compared, exact }: Pick<Totals, 'compared' | 'exact'>): number | null {
  return compared === 0 ? null : exact / compared;
}

export function addOff(totals: Totals, off: OffMinute): void {
  totals.off[off.class]++;
  totals.compared++;
  totals.baseOff += Math.abs(off.delta[4]!);
  totals.quoteOff += Math.abs(off.delta[5]!);
}

export function addTotals(into: Totals, part: Totals): void {
  into.compared += part.compared;
  into.exact += part.exact;
  into.withoutKline += part.withoutKline;
  into.baseOff += part.baseOff;
  into.quoteOff += part.quoteOff;
  for (const name of Object.keys(part.off) as (keyof ClassCounts)[]) into.off[name] += part.off[name];
  into.worstHour = worse(into.worstHour, part.worstHour);
  into.worstDay = worse(into.worstDay, part.worstDay);
}

function worse(a: WorstSum | null, b: WorstSum | null): WorstSum | null {
  return b === null || (a !== null && a.error >= b.error) ? a : b;
}

/**
 * Sums of one hour or day over compared minutes, of the layer and of the klines. Where a minute is exact, the kline's
 * values stand for both: what printing has cut off must not add up to an error. Reused for the next hour or day.
 */
export class SpanSums {
  private readonly layer = new Float64Array(FIELDS.length - PRICES);
  private readonly kline = new Float64Array(FIELDS.length - PRICES);
  private readonly layerColumns: readonly Float64Array[];
  private readonly klineColumns: readonly Float64Array[];
  private at = NaN;

  constructor(
    private readonly lengthMs: number,
    bars: MinuteBars,
    klines: KlineColumns,
    private readonly done: (worst: WorstSum | null, at: number) => void,
  ) {
    const sums = FIELDS.slice(PRICES);
    this.layerColumns = sums.map((field) => bars.columns[LAYER_FIELD[field]]);
    this.klineColumns = sums.map((field) => klines[field]);
  }

  /** @param row -1 where the layer has no bar; null for a minute that is exact */
  add(minute: number, row: number | null, klineRow: number): void {
    const at = Math.floor(minute / this.lengthMs) * this.lengthMs;
    if (at !== this.at) this.finish();
    this.at = at;
    const { layer, kline } = this;
    for (let i = 0; i < layer.length; i++) {
      const value = this.klineColumns[i]![klineRow]!;
      kline[i]! += value;
      if (row === null) layer[i]! += value;
      else if (row >= 0) layer[i]! += this.layerColumns[i]![row]!;
    }
  }

  finish(): void {
    if (!Number.isNaN(this.at)) this.done(this.worst(), this.at);
    this.at = NaN;
    this.layer.fill(0);
    this.kline.fill(0);
  }

  private worst(): WorstSum | null {
    let worst: WorstSum | null = null;
    this.kline.forEach((kline, i) => {
      const difference = Math.abs(this.layer[i]! - kline);
      const error = kline === 0 ? (difference > 0 ? Infinity : 0) : difference / kline;
      // Adding up a day rounds 1,440 times; a real difference of one step is far larger.
      if (error > 1e-12 && error > (worst?.error ?? 0)) {
        worst = { field: FIELDS[PRICES + i]!, at: this.at, error };
      }
    });
    return worst;
  }
}
