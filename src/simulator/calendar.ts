import { DAY_MS, daysOfMonth, epochMs, monthOf, type EpochMs, type Period } from '../time/index.js';
import type { Market } from '../market/index.js';
import { FillLadder } from './fill-ladder.js';
import type { Instrument } from './instrument.js';
import { sessionOf, type Life, type Span } from './life.js';
import { Random } from './random.js';

/** The first month that a market has in the archive; a symbol is listed then unless a defect says later. */
export const MARKET_OPENS: Readonly<Record<Market, EpochMs>> = {
  um: epochMs(2019, 9, 1),
  cm: epochMs(2020, 8, 1),
  spot: epochMs(2017, 8, 1),
};

/** A day's rows before any is generated: how many, from which ids on, and during which hours. */
export interface DayPlan {
  readonly day: Period;
  readonly session: Span;
  readonly rows: number;
  /** Number of the first row in an undisturbed life; index into the fill ladder. */
  readonly firstRow: number;
  readonly firstAggId: number;
  readonly firstFillId: number;
}

/**
 * Numbers the rows of a symbol from its listing on. Every month has `ticksPerMonth` rows and every day a random
 * share of them, at least one, so the number of a day's first row follows from the date alone.
 */
export class Calendar {
  readonly ladder: FillLadder;
  /** Names every random stream of this symbol. */
  readonly name: string;
  readonly #firstId: number;
  readonly #months = new Map<string, readonly number[]>();

  constructor(
    private readonly instrument: Instrument,
    seed: number,
    private readonly ticksPerMonth: number,
    private readonly life: Life,
  ) {
    this.name = `${seed}|${instrument.market}|${instrument.symbol}`;
    this.#firstId = instrument.market === 'spot' ? 0 : 1;
    this.ladder = new FillLadder(this.name, instrument.tradeIdGapShare);
  }

  /** Undefined when the symbol does not trade on that day. */
  plan(day: Period): DayPlan | undefined {
    const session = sessionOf(this.life, day);
    if (!session) return undefined;
    const from = this.#rowAt(session.fromMs);
    const rows = this.#rowAt(session.toMs) - from;
    if (rows === 0) return undefined;
    const ids = (row: number): number => this.ladder.idsBefore(row);
    let aggIdsAbsent = this.#rowAt(this.life.listedMs);
    let fillIdsAbsent = ids(aggIdsAbsent);
    for (const span of this.life.absences) {
      if (span.toMs > session.fromMs) continue;
      const [start, end] = [this.#rowAt(span.fromMs), this.#rowAt(span.toMs)];
      aggIdsAbsent += end - start;
      fillIdsAbsent += ids(end) - ids(start);
    }
    return {
      day,
      session,
      rows,
      firstRow: from,
      firstAggId: this.#firstId + from - aggIdsAbsent,
      firstFillId: this.#firstId + ids(from) - fillIdsAbsent,
    };
  }

  /** Number of the first row at or after an instant, the rows of a day being spread evenly for this purpose. */
  #rowAt(t: EpochMs): number {
    const month = monthOf(t);
    const opens = new Date(MARKET_OPENS[this.instrument.market]);
    const start = new Date(month.startMs);
    const monthsBefore =
      (start.getUTCFullYear() - opens.getUTCFullYear()) * 12 + start.getUTCMonth() - opens.getUTCMonth();
    const cumulative = this.#rowsBeforeDays(month);
    const dayIndex = Math.floor((t - month.startMs) / DAY_MS);
    const [before, after] = [cumulative[dayIndex]!, cumulative[dayIndex + 1]!];
    const withinDay = (t - month.startMs - dayIndex * DAY_MS) / DAY_MS;
    return monthsBefore * this.ticksPerMonth + before + Math.ceil((after - before) * withinDay);
  }

  /** Rows of the month before its n-th day; one entry more than it has days. */
  #rowsBeforeDays(month: Period): readonly number[] {
    let cumulative = this.#months.get(month.key);
    if (!cumulative) {
      const random = new Random(`${this.name}|${month.key}|days`);
      const days = daysOfMonth(month).length;
      const shares = Array.from({ length: days }, () => Math.exp(0.35 * random.normal()));
      const total = shares.reduce((sum, share) => sum + share, 0);
      const spare = this.ticksPerMonth - days;
      const list = [0];
      let seen = 0;
      for (const [index, share] of shares.entries()) {
        seen += share;
        // The last day takes what rounding left, so a month is exactly its number of rows.
        list.push(index + 1 + (index === days - 1 ? spare : Math.floor((spare * seen) / total)));
      }
      cumulative = list;
      this.#months.set(month.key, cumulative);
    }
    return cumulative;
  }
}
