import type { LayerFacts, MissingPeriod } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { MinuteBars } from '../ticks/index.js';
import { MINUTE_MS, parsePeriod } from '../time/index.js';
import type { KlineColumns } from './differences.js';

/**
 * - `halt`: ids go on and nobody traded for far longer than the symbol is ever quiet
 * - `data-loss`: `agg_trade_id`s are missing, and trades with them
 * - `ids-skipped`: `agg_trade_id`s are missing although the klines have no trade more than the layer
 * - `listing`, `delisting`: the symbol's first and last trade
 * - `not-collected`: days without an object; the reason says why
 */
export type GapKind = 'halt' | 'data-loss' | 'ids-skipped' | 'listing' | 'delisting' | 'not-collected';

export interface LayerGap {
  readonly kind: GapKind;
  /** `[fromMs, toMs)`: minutes without a bar, or the minutes of the bars on both sides of missing ids. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `agg_trade_id`s that are missing. */
  readonly aggIds: number;
  /** Trade ids that are missing beside them. */
  readonly fills: number;
  readonly text: string;
}

/** Trade ids that are left out although no `agg_trade_id` is: normal on futures (insurance fund, ADL, RPI). */
export interface TradeIdGaps {
  /** Within minutes and between neighbouring bars. */
  readonly inside: number;
  readonly between: number;
  /** Minutes concerned. */
  readonly minutes: number;
  readonly isExpected: boolean;
}

/**
 * A silence is a halt when so many traded minutes would have been due in it, and it is twice as long as the symbol is
 * ever silent: as the fourth-longest silence of the month, because more than three halts a month are not known.
 */
const DUE_MINUTES = 15;
const LEAST_SILENCE_MINUTES = 5;
const HALTS_A_MONTH = 3;
const SILENCE_FACTOR = 2;
const LEAST_DELISTED_MINUTES = 60;

export interface GapInput {
  readonly bars: MinuteBars;
  readonly facts: LayerFacts;
  readonly klines: KlineColumns;
  /** Whether all days from one minute to another were milled. */
  readonly isWhole: (fromMs: number, toMs: number) => boolean;
  /** Whether the klines of `[fromMs, toMs)` have fills that the layer has not. */
  readonly isShort: (fromMs: number, toMs: number) => boolean;
}

/** Finds the gaps of a symbol, month after month, from minutes and row accounts alone. */
export class GapFinder {
  private last: { minute: number; aggId: number; fillId: number } | null = null;
  private readonly found: LayerGap[] = [];
  private inside = 0;
  private between = 0;
  private minutes = 0;
  private lastKlineMs = -Infinity;

  constructor(private readonly market: Market) {}

  add(input: GapInput): void {
    const { bars, facts, klines } = input;
    const { columns: column, length } = bars;
    const span = length === 0 ? 0 : (column.minute[length - 1]! - column.minute[0]!) / MINUTE_MS + 1;
    const usual = { activity: span === 0 ? 0 : length / span, silence: usualSilence(input) };
    for (let row = 0; row < length; row++) {
      const now = {
        minute: column.minute[row]!,
        aggId: column.first_agg_id[row]!,
        fillId: column.first_fill_id[row]!,
      };
      const skipped = column.last_fill_id[row]! - now.fillId + 1 - column.fill_count[row]!;
      if (skipped > 0) this.inside += skipped;
      let isShort = skipped > 0;
      if (this.last === null) this.atStart(now);
      else if (input.isWhole(this.last.minute, now.minute))
        isShort = this.step(this.last, now, usual, input) || isShort;
      if (isShort) this.minutes++;
      this.last = {
        minute: now.minute,
        aggId: column.last_agg_id[row]!,
        fillId: column.last_fill_id[row]!,
      };
    }
    this.insideObjects(input);
    this.lastKlineMs = Math.max(this.lastKlineMs, lastTraded(klines));
    for (const missing of facts.missingPeriods) this.found.push(notCollected(missing));
  }

  /** @param lastKlineMs start of the last kline of all, and whether it had trades */
  finish(lastKline: { readonly time: number; readonly isQuiet: boolean } | null): {
    readonly gaps: readonly LayerGap[];
    readonly tradeIds: TradeIdGaps;
  } {
    const { last } = this;
    const silentMs = last && lastKline?.isQuiet ? lastKline.time - last.minute : 0;
    if (last && silentMs >= LEAST_DELISTED_MINUTES * MINUTE_MS && this.lastKlineMs <= last.minute) {
      this.found.push({
        ...{ kind: 'delisting', fromMs: last.minute + MINUTE_MS, toMs: last.minute + silentMs + MINUTE_MS },
        ...{ aggIds: 0, fills: 0 },
        text: 'the last trade; klines go on without volume',
      });
    }
    const { inside, between, minutes } = this;
    return {
      gaps: this.found.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs),
      tradeIds: { inside, between, minutes, isExpected: this.market !== 'spot' },
    };
  }

  private atStart({ minute, fillId }: { minute: number; fillId: number }): void {
    // Ids start at 1 on futures and at 0 on spot.
    if (fillId > 1) return;
    this.found.push({
      ...{ kind: 'listing', fromMs: minute, toMs: minute + MINUTE_MS, aggIds: 0, fills: 0 },
      text: 'the first trade of all',
    });
  }

  /** What lies between two bars. Returns whether trade ids do. */
  private step(
    before: { minute: number; aggId: number; fillId: number },
    now: { minute: number; aggId: number; fillId: number },
    usual: { readonly activity: number; readonly silence: number },
    input: GapInput,
  ): boolean {
    const aggIds = Math.max(0, now.aggId - before.aggId - 1);
    const fills = Math.max(0, now.fillId - before.fillId - 1);
    const silence = (now.minute - before.minute) / MINUTE_MS - 1;
    const fromMs = silence > 0 ? before.minute + MINUTE_MS : before.minute;
    const toMs = silence > 0 ? now.minute : now.minute + MINUTE_MS;
    if (aggIds > 0) this.found.push(this.lost(fromMs, toMs, aggIds, fills, input));
    else {
      this.between += fills;
      const isSilent =
        silence >= LEAST_SILENCE_MINUTES &&
        silence >= SILENCE_FACTOR * usual.silence &&
        silence * usual.activity >= DUE_MINUTES;
      if (isSilent && !input.isShort(fromMs, toMs)) {
        this.found.push({
          ...{ kind: 'halt', fromMs, toMs, aggIds, fills },
          text: `no trade for ${silence} minutes and no id lost; usually ${Math.round(usual.activity * 100)} % of the minutes have some`,
        });
      }
    }
    return aggIds === 0 && fills > 0;
  }

  private lost(fromMs: number, toMs: number, aggIds: number, fills: number, { isShort }: GapInput): LayerGap {
    const isLoss = isShort(fromMs, toMs);
    const text = isLoss
      ? 'agg_trade_ids are missing, and the klines have trades that the layer has not'
      : 'agg_trade_ids are missing, and the klines have no trade more than the layer';
    return { kind: isLoss ? 'data-loss' : 'ids-skipped', fromMs, toMs, aggIds, fills, text };
  }

  /** Ids that are missing between the rows of one object, and within one minute of it. */
  private insideObjects(input: GapInput): void {
    const { columns } = input.bars;
    for (const { account } of input.facts.sources) {
      for (const [from, to] of account.missingAggIdList) {
        const row = columns.first_agg_id.findIndex(
          (first, at) => first < from && columns.last_agg_id[at]! > to,
        );
        if (row < 0) continue; // between two minutes, or of a day whose ids overlap with another's
        const minute = columns.minute[row]!;
        this.found.push(this.lost(minute, minute + MINUTE_MS, to - from + 1, 0, input));
      }
    }
  }
}

/** Minutes. */
function usualSilence({ bars, isWhole }: GapInput): number {
  const { minute } = bars.columns;
  const longest: number[] = [];
  for (let row = 1; row < bars.length; row++) {
    const silence = (minute[row]! - minute[row - 1]!) / MINUTE_MS - 1;
    if (silence <= (longest[HALTS_A_MONTH] ?? 0) || !isWhole(minute[row - 1]!, minute[row]!)) continue;
    longest.push(silence);
    longest.sort((a, b) => b - a);
    longest.length = Math.min(longest.length, HALTS_A_MONTH + 1);
  }
  return longest[HALTS_A_MONTH] ?? 0;
}

function lastTraded({ time, count }: KlineColumns): number {
  for (let i = time.length - 1; i >= 0; i--) if (count[i]! > 0) return time[i]!;
  return -Infinity;
}

function notCollected({ period, reason, detail }: MissingPeriod): LayerGap {
  const { startMs, endMs } = parsePeriod(period);
  const kind: GapKind =
    reason === 'before listing' ? 'listing' : reason === 'after delisting' ? 'delisting' : 'not-collected';
  const text = detail === undefined ? reason : `${reason}: ${detail}`;
  return { kind, fromMs: startMs, toMs: endMs, aggIds: 0, fills: 0, text };
}
