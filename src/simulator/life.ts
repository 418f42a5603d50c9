import { DAY_MS, MINUTE_MS, type EpochMs, type Period } from '../time/index.js';

/** `[fromMs, toMs)`, on whole minutes. */
export interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/**
 * When a symbol trades. It is listed at `listedMs`, ends at `delistedMs`, is absent during `absences` (whole days,
 * sorted) as if delisted and listed anew, and during `halts` the market stands still: ids go on, time jumps.
 */
export interface Life {
  readonly listedMs: EpochMs;
  readonly delistedMs: EpochMs;
  readonly absences: readonly Span[];
  readonly halts: readonly Span[];
}

export const ENDLESS: EpochMs = Number.MAX_SAFE_INTEGER;

/** The part of a day in which the symbol exists, or undefined when it does not. Halts are inside. */
export function sessionOf(life: Life, day: Period): Span | undefined {
  if (life.absences.some((span) => day.startMs >= span.fromMs && day.startMs < span.toMs)) return undefined;
  const fromMs = Math.max(day.startMs, life.listedMs);
  const toMs = Math.min(day.endMs, life.delistedMs);
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}

export function isHalted(life: Life, minuteMs: EpochMs): boolean {
  return life.halts.some((span) => minuteMs >= span.fromMs && minuteMs < span.toMs);
}

/** The last day before `day` on which the symbol traded, or undefined. */
export function lastTradingDayBefore(life: Life, dayStartMs: EpochMs): EpochMs | undefined {
  let last = Math.min(dayStartMs, life.delistedMs) - MINUTE_MS;
  for (const span of [...life.absences].reverse()) {
    if (last >= span.fromMs && last < span.toMs) last = span.fromMs - MINUTE_MS;
  }
  return last < life.listedMs ? undefined : Math.floor(last / DAY_MS) * DAY_MS;
}

/** Listed at some time, whether or not it still trades: klines are published from then on, except in absences. */
export function hasKlines(life: Life, day: Period): boolean {
  return (
    day.endMs > life.listedMs &&
    !life.absences.some((span) => day.startMs >= span.fromMs && day.startMs < span.toMs)
  );
}
