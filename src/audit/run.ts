import type { MinuteBars } from '../ticks/index.js';
import { MINUTE_MS } from '../time/index.js';
import type { Difference } from './differences.js';
import { type IdGaps, idGaps } from './evidence.js';
import { BUY, BUY_QUOTE, COUNT, HIGH, LOW, QUOTE, VOLUME } from './fields.js';
import { type SideFlow, type Volume, plus, solveSide } from './flows.js';
import { isPriceWithin, klineFault } from './kline-faults.js';

/** What the classifier knows beside the numbers of a minute. */
export interface Surroundings {
  /** The bars that `Difference.row` and `place` speak of. */
  readonly bars: MinuteBars;
  /** Whether the layer holds all days from one minute to another. */
  readonly isWhole: (fromMs: number, toMs: number) => boolean;
  /** Whether monthly and daily klines are known to disagree on the minute. */
  readonly isDisputed: (minute: number) => boolean;
  /** Whether the minute's object has rows of quantity 0. */
  readonly hasZeroQuantity: (minute: number) => boolean;
  /** The known defect that covers the minute, in words; null when there is none. */
  readonly knownDefect: (minute: number) => string | null;
}

/**
 * A trade that moved across an edge without its pair cancelling exactly (fills are missing beside it) must be this near
 * to the edge. Of the pairs that do cancel, the last tick before the edge was never further away than 91 ms.
 */
const EDGE_REACH_US = 1_000_000;

/** What is settled of a minute of the run. */
export interface State {
  readonly gaps: IdGaps;
  readonly fault: string | null;
  buy: SideFlow | null;
  sell: SideFlow | null;
}

/** Minutes in succession all of which differ: what moved between them, what is missing, and which ids are left out. */
export class Run {
  readonly states: readonly State[];

  constructor(
    private readonly minutes: readonly Difference[],
    private readonly around: Surroundings,
  ) {
    this.states = minutes.map((difference) => ({
      gaps: idGaps(around.bars, difference, around.isWhole),
      fault: around.isDisputed(difference.minute)
        ? 'the monthly and the daily object disagree on it'
        : klineFault(difference.kline, difference.tolerance),
      buy: null,
      sell: null,
    }));
    // Nothing can be reckoned across a minute whose kline is wrong.
    for (let from = 0; from < minutes.length; from++) {
      if (this.states[from]!.fault !== null) continue;
      let to = from;
      while (to < minutes.length && this.states[to]!.fault === null) to++;
      this.solve(from, to);
      from = to;
    }
  }

  private solve(from: number, to: number): void {
    const part = this.minutes.slice(from, to);
    const largest = (field: number): number =>
      2 * Math.max(...part.map(({ tolerance }) => tolerance[field]!));
    const tolerance: Volume = {
      base: largest(VOLUME) + largest(BUY),
      quote: largest(QUOTE) + largest(BUY_QUOTE),
    };
    const buys = part.map(({ delta }) => ({ base: delta[BUY]!, quote: delta[BUY_QUOTE]! }));
    const sells = part.map(({ delta }, i) => ({
      base: delta[VOLUME]! - buys[i]!.base,
      quote: delta[QUOTE]! - buys[i]!.quote,
    }));
    const judge = (flows: SideFlow[]): SideFlow[] => {
      this.uncover(flows, from);
      flows.forEach((flow, i) => {
        const next = flows[i + 1];
        flow.isImpossible ||= !this.isPriced(flow, from + i, tolerance);
        if (flow.toNext === null || !next?.missing || this.isNearEdge(from + i)) return;
        flow.lost = next.lost = flow.toNext;
        flow.toNext = null;
      });
      return flows;
    };
    const [buy, sell] = [judge(solveSide(buys, tolerance)), judge(solveSide(sells, tolerance))];
    part.forEach((_, i) => {
      const state = this.states[from + i]!;
      [state.buy, state.sell] = [buy[i]!, sell[i]!];
    });
  }

  /**
   * What a kline has more, where no id is missing, came from the minute before, if ids are missing there: what it gave
   * away and what it lacks hide each other in its difference.
   */
  private uncover(flows: readonly SideFlow[], from: number): void {
    flows.forEach((flow, i) => {
      const before = flows[i - 1];
      const hidden = flow.missing;
      if (!hidden || !(before?.missing ?? before?.toNext) || this.hasRoom(from + i)) return;
      if (!this.hasRoom(from + i - 1) || !this.isNearEdge(from + i - 1)) return;
      before.toNext = before.toNext ? plus(before.toNext, hidden) : hidden;
      before.missing = before.missing ? plus(before.missing, hidden) : hidden;
      flow.missing = null;
    });
  }

  /** Trades have prices, which lie between those of their minutes. */
  private isPriced(flow: SideFlow, i: number, tolerance: Volume): boolean {
    const isWithin = (volume: Volume | null, from: number, to: number): boolean => {
      if (volume === null) return true;
      const around = this.minutes.slice(Math.max(0, from), to + 1);
      const prices = (field: number): number[] =>
        around.flatMap(({ layer, kline }) =>
          // A kline without trades repeats the last close.
          [layer[field]!, kline[COUNT] === 0 ? NaN : kline[field]!].filter((price) => !Number.isNaN(price)),
        );
      const amount = { ...volume, baseTolerance: tolerance.base, quoteTolerance: tolerance.quote };
      return isPriceWithin(amount, Math.min(...prices(LOW)), Math.max(...prices(HIGH)));
    };
    return (
      isWithin(flow.toNext, i, i + 1) &&
      isWithin(flow.toPrevious, i - 1, i) &&
      isWithin(flow.missing, i, i) &&
      isWithin(flow.lost, i, i)
    );
  }

  isNearEdge(i: number): boolean {
    const { minute, row } = this.minutes[i]!;
    return row >= 0 && (minute + MINUTE_MS) * 1000 - this.around.bars.columns.last_ts[row]! <= EDGE_REACH_US;
  }

  flowsOf(i: number): readonly SideFlow[] {
    const state = this.states[i];
    return state?.buy && state.sell ? [state.buy, state.sell] : [];
  }

  some(i: number, kind: 'toNext' | 'toPrevious' | 'missing' | 'lost'): boolean {
    return this.flowsOf(i).some((flow) => flow[kind] !== null);
  }

  /** Whether trade ids are missing where this minute's fills would be. */
  hasRoom(i: number): boolean {
    const { inside, before, after } = this.states[i]!.gaps;
    if (inside > 0 || before > 0 || after > 0) return true;
    // Beyond the last tick of all, or before the first, there is no id to tell; there, whole minutes must be missing.
    const isWhollyMissing = (at: number): boolean =>
      this.minutes[at]?.row === -1 && this.minutes[at].kline[COUNT]! > 0;
    const isOpenEnd = Number.isNaN(before) || Number.isNaN(after);
    return isOpenEnd && (isWhollyMissing(i) || isWhollyMissing(i - 1) || isWhollyMissing(i + 1));
  }

  /** Minutes whose fills can only be counted together: trades moved between them, or they share missing ids. */
  groups(): number[][] {
    const groups: number[][] = [];
    this.minutes.forEach((_, i) => {
      const isLinked =
        this.some(i - 1, 'toNext') ||
        this.some(i, 'toPrevious') ||
        (this.some(i - 1, 'missing') && this.some(i, 'missing') && this.states[i]!.gaps.before > 0);
      if (isLinked) groups.at(-1)!.push(i);
      else groups.push([i]);
    });
    return groups;
  }

  /** Whether nothing moved and nothing is missing in the minutes beside it: then its own difference is all there is. */
  isAlone(i: number): boolean {
    const isTouched = (at: number): boolean =>
      this.some(at - 1, 'toNext') ||
      this.some(at + 1, 'toPrevious') ||
      this.flowsOf(at).some((flow) => flow.toNext ?? flow.toPrevious ?? flow.missing ?? flow.lost);
    return !isTouched(i - 1) && !isTouched(i + 1);
  }

  /** Trade ids that are left out in and between these minutes and beside them; NaN where nothing tells. */
  room(group: readonly number[]): number {
    // Each gap once: one between two bars is seen from both, and from every minute without a bar in between.
    const between = new Map<number, number>();
    let room = 0;
    for (const i of group) {
      const { row, place } = this.minutes[i]!;
      const { inside, before, after } = this.states[i]!.gaps;
      room += inside;
      between.set(place, before);
      if (row >= 0) between.set(place + 1, after);
    }
    for (const gap of between.values()) room += gap;
    return room;
  }
}
