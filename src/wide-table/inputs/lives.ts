import { DAY_MS, type EpochMs, type Frequency } from '../../time/index.js';

/**
 * A symbol's lives. Names are used again: a contract is settled and another one listed under its name, or a market is
 * closed and opened months later. Nothing may be carried from one to the other.
 *
 * A life ends with its last trade when none follows within 7 days, or when one follows after a day or more whose
 * `agg_trade_id` is smaller than the last one before: ids begin anew with a new instrument. It does not matter why nothing
 * was traded: without objects, with objects that have no rows, or with klines that repeat the last price.
 */
export const QUIET_ENDS_LIFE_MS: EpochMs = 7 * DAY_MS;
/** Streams within an object may interleave; ids that step back from one day to another are a new instrument's. */
export const RESTART_AFTER_MS: EpochMs = DAY_MS;

/** Traded minutes with less than a day between neighbours. Ids are NaN where the source has none. */
export interface Stretch {
  /** Start of the first and of the last minute with a trade. */
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly firstId: number;
  readonly lastId: number;
}

/** The minutes that were traded in, ascending, with their ids if there are any. */
export interface TradedMinutes {
  readonly minute: Float64Array;
  readonly firstId: Float64Array | null;
  readonly lastId: Float64Array | null;
}

export function stretchesOf({ minute, firstId, lastId }: TradedMinutes): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < minute.length;) {
    let to = from + 1;
    while (to < minute.length && minute[to]! - minute[to - 1]! < RESTART_AFTER_MS) to++;
    stretches.push({
      firstMs: minute[from]!,
      lastMs: minute[to - 1]!,
      firstId: firstId?.[from] ?? NaN,
      lastId: lastId?.[to - 1] ?? NaN,
    });
    from = to;
  }
  return stretches;
}

/** Whether a trade begins another life than the one that the last trade before it belongs to. */
export function beginsLife(
  before: Pick<Stretch, 'lastMs' | 'lastId'> | null,
  next: Pick<Stretch, 'firstMs' | 'firstId'>,
): boolean {
  if (before === null) return true;
  const quiet = next.firstMs - before.lastMs;
  return quiet >= QUIET_ENDS_LIFE_MS || (quiet >= RESTART_AFTER_MS && next.firstId < before.lastId);
}

/** Bars of one life: those that start in `[startMs, endMs)`. */
export interface Life {
  /** Of the bar with the first trade; -Infinity when it began before what was looked at. */
  readonly startMs: EpochMs;
  /** End of the bar with the last trade. */
  readonly endMs: EpochMs;
  /** End of the life before: nothing known by then may enter this one. -Infinity when there is none. */
  readonly sinceMs: EpochMs;
}

/**
 * @param before what was traded before the first stretch, null when that is not known: its life then began earlier
 * @param stretches ascending
 */
export function livesOf(
  before: Pick<Stretch, 'lastMs' | 'lastId'> | null,
  stretches: readonly Stretch[],
  { lengthMs }: Frequency,
): Life[] {
  const lives: Life[] = [];
  const floor = (t: EpochMs): EpochMs => Math.floor(t / lengthMs) * lengthMs;
  let last = before;
  for (const stretch of stretches) {
    const endMs = floor(stretch.lastMs) + lengthMs;
    const previous = lives.at(-1);
    if (beginsLife(last, stretch)) {
      const sinceMs = last === null ? -Infinity : floor(last.lastMs) + lengthMs;
      lives.push({ startMs: floor(stretch.firstMs), endMs, sinceMs });
    } else if (previous) lives[lives.length - 1] = { ...previous, endMs };
    else lives.push({ startMs: -Infinity, endMs, sinceMs: -Infinity });
    last = stretch;
  }
  return lives;
}
