import type { LayerFacts } from '../layer/index.js';
import type { SourceMonthFacts } from '../sources/index.js';
import type { MinuteBars } from '../ticks/index.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Period, parsePeriod, periodContains } from '../time/index.js';
import { type OffMinute, classify } from './classify.js';
import { type Difference, type KlineColumns, type Stretch, compareMinutes } from './differences.js';
import { SpanSums, type Totals, addOff, noTotals } from './totals.js';

/** A month of the layer beside its klines, with some minutes of the months before and after for the pairs at its edges. */
export interface MonthToReconcile extends Stretch {
  /** Days to report on, in order; those that the layer has a source of. */
  readonly days: readonly Period[];
  /** Of this month and, where its minutes are used too, its neighbours. */
  readonly layerFacts: readonly LayerFacts[];
  readonly klineFacts: readonly SourceMonthFacts[];
  /** The known defect of an object that covers the minute, in words. */
  readonly knownDefect: (minute: number) => string | null;
}

export interface DayTotals {
  /** `2026-04-13` */
  readonly day: string;
  readonly totals: Totals;
}

export interface ReconciledMonth {
  readonly days: readonly DayTotals[];
  /** Minutes of these days that differ, in order. */
  readonly off: readonly OffMinute[];
  /** Minutes of these days whose kline is missing although the day has klines. */
  readonly withoutKline: readonly number[];
}

/** Compares minute by minute and says of each difference what it is. */
export function reconcileMonth(month: MonthToReconcile): ReconciledMonth {
  const { bars, klines } = month;
  const byStart = new Map(month.days.map((day) => [day.startMs, { day: day.key, totals: noTotals() }]));
  const dayOf = (minute: number): { totals: Totals } | undefined =>
    byStart.get(Math.floor(minute / DAY_MS) * DAY_MS);
  const differences: Difference[] = [];
  const withoutKline: number[] = [];
  const hour = new SpanSums(HOUR_MS, bars, klines, (worst, at) => {
    const totals = dayOf(at)?.totals;
    if (totals && worst && worst.error > (totals.worstHour?.error ?? 0)) totals.worstHour = worst;
  });
  const day = new SpanSums(DAY_MS, bars, klines, (worst, at) => {
    const totals = dayOf(at)?.totals;
    if (totals) totals.worstDay = worst;
  });

  const isWhole = wholeSpans(month.layerFacts);
  const note = (minute: number, row: number | null, klineRow: number): void => {
    hour.add(minute, row, klineRow);
    day.add(minute, row, klineRow);
  };
  compareMinutes(month, {
    exact: (minute, _, klineRow) => {
      const totals = dayOf(minute)?.totals;
      if (!totals) return;
      totals.compared++;
      totals.exact++;
      note(minute, null, klineRow);
    },
    differs: (difference, klineRow) => {
      // A kline of a day that was never milled has nothing to be compared with.
      if (!isWhole(difference.minute, difference.minute)) return;
      differences.push(difference);
      if (dayOf(difference.minute)) note(difference.minute, difference.row, klineRow);
    },
    alone: (minute) => {
      const totals = dayOf(minute)?.totals;
      if (!totals) return;
      totals.withoutKline++;
      withoutKline.push(minute);
    },
  });
  hour.finish();
  day.finish();
  for (const minute of quietHoles(bars, klines)) {
    const totals = dayOf(minute)?.totals;
    if (!totals) continue;
    totals.withoutKline++;
    withoutKline.push(minute);
  }
  withoutKline.sort((a, b) => a - b);

  const zeroQuantity = periodsWith(month.layerFacts, (account) => account.zeroQuantity > 0);
  const disputed = new Set(month.klineFacts.flatMap(({ comparison }) => comparison?.firstTimes ?? []));
  const off = classify(differences, {
    bars,
    isWhole,
    isDisputed: (minute) => disputed.has(minute),
    hasZeroQuantity: (minute) => zeroQuantity.some((period) => periodContains(period, minute)),
    knownDefect: month.knownDefect,
  }).filter(({ minute }) => {
    const totals = dayOf(minute)?.totals;
    return totals !== undefined;
  });
  for (const minute of off) addOff(dayOf(minute.minute)!.totals, minute);

  const isWithKlines = (minute: number): boolean => dayOf(minute)!.totals.compared > 0;
  return { days: [...byStart.values()], off, withoutKline: withoutKline.filter(isWithKlines) };
}

/** Minutes without ticks between two klines of one day, which have no kline themselves. */
function quietHoles({ columns }: MinuteBars, { time }: KlineColumns): number[] {
  const holes: number[] = [];
  const withTicks = new Set<number>();
  let isFilled = false;
  for (let i = 1; i < time.length; i++) {
    const [before, after] = [time[i - 1]!, time[i]!];
    if (after === before + MINUTE_MS || Math.floor(before / DAY_MS) !== Math.floor(after / DAY_MS)) continue;
    if (!isFilled) for (const minute of columns.minute) withTicks.add(minute);
    isFilled = true;
    for (let minute = before + MINUTE_MS; minute < after; minute += MINUTE_MS) {
      if (!withTicks.has(minute)) holes.push(minute);
    }
  }
  return holes;
}

/** Whether all days from one minute to another come from an object. */
export function wholeSpans(facts: readonly LayerFacts[]): (fromMs: number, toMs: number) => boolean {
  const days = new Set<number>();
  for (const period of periodsWith(facts, () => true)) {
    for (let day = period.startMs; day < period.endMs; day += DAY_MS) days.add(day);
  }
  return (fromMs, toMs) => {
    for (let day = Math.floor(fromMs / DAY_MS) * DAY_MS; day <= toMs; day += DAY_MS) {
      if (!days.has(day)) return false;
    }
    return true;
  };
}

function periodsWith(
  facts: readonly LayerFacts[],
  test: (account: LayerFacts['sources'][number]['account']) => boolean,
): Period[] {
  return facts.flatMap(({ sources }) =>
    sources.filter(({ account }) => test(account)).map(({ period }) => parsePeriod(period)),
  );
}
