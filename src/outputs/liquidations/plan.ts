import {
  type EngineOptions,
  type LiquidationFactorOptions,
  resolveEngineOptions,
  resolveFactorOptions,
} from '../../factors/index.js';
import {
  DAY_MS,
  type EpochMs,
  type Frequency,
  HOUR_MS,
  type Period,
  monthsBetween,
} from '../../time/index.js';

/** What of a table can be chosen, with the defaults filled in; lists ascend and repeat nothing. */
export interface LiquidationParameters {
  /** Bars. */
  readonly z_windows: readonly number[];
  /** Bars. */
  readonly rank_windows: readonly number[];
  /** Null: without the columns of the engine. */
  readonly engine: {
    readonly bucket_quantiles: readonly number[];
    /** Hours. */
    readonly bucket_window_hours: readonly number[];
    /** Bars. */
    readonly mining_windows: readonly number[];
    readonly mining_quantiles: readonly number[];
  } | null;
}

/** @throws `E_USAGE`, `E_PERIOD` */
export function resolveParameters(
  factors: LiquidationFactorOptions,
  engine: EngineOptions | null,
): LiquidationParameters {
  const { zWindows, rankWindows } = resolveFactorOptions(factors);
  const base = { z_windows: zWindows, rank_windows: rankWindows };
  if (engine === null) return { ...base, engine: null };
  const { bucketQuantiles, bucketWindowHours, miningWindows, miningQuantiles } = resolveEngineOptions(engine);
  return {
    ...base,
    engine: {
      bucket_quantiles: bucketQuantiles.map(({ q }) => q),
      bucket_window_hours: bucketWindowHours,
      mining_windows: miningWindows,
      mining_quantiles: miningQuantiles.map(({ q }) => q),
    },
  };
}

/**
 * How far before a row the events lie that it depends on, in whole days: with them, it has the same bits wherever reading
 * begins. A mined column looks at bars whose sizes look at the hours before those.
 */
export function reachMs(
  { z_windows, rank_windows, engine }: LiquidationParameters,
  frequency: Frequency,
): EpochMs {
  const bars = (windows: readonly number[]): number => Math.max(0, ...windows) * frequency.lengthMs;
  const history = Math.max(bars(z_windows), bars(rank_windows));
  const mined =
    engine === null ? 0 : bars(engine.mining_windows) + Math.max(...engine.bucket_window_hours) * HOUR_MS;
  return Math.ceil(Math.max(history, mined) / DAY_MS) * DAY_MS;
}

/** Start of the day that reading begins with for rows from `startMs` on. */
export function firstDay(startMs: EpochMs, reach: EpochMs): EpochMs {
  return Math.floor((startMs - reach) / DAY_MS) * DAY_MS;
}

/**
 * `[startMs, endMs)` cut at months into pieces that are made one after the other. A piece is as long as what has to be
 * read again before it, so that nothing is read more than twice, and a month at least.
 */
export function piecesOf(
  span: { readonly startMs: EpochMs; readonly endMs: EpochMs },
  leastMs: EpochMs,
): Pick<Period, 'startMs' | 'endMs'>[] {
  const pieces: { startMs: EpochMs; endMs: EpochMs }[] = [];
  for (const month of monthsBetween(span.startMs, span.endMs)) {
    const endMs = Math.min(month.endMs, span.endMs);
    const last = pieces.at(-1);
    if (last && last.endMs - last.startMs < leastMs) last.endMs = endMs;
    else pieces.push({ startMs: Math.max(month.startMs, span.startMs), endMs });
  }
  return pieces;
}
