import type { LayerFacts } from '../layer/index.js';
import type { SourceMonthFacts, SourceTable } from '../sources/index.js';
import type { MinuteBars } from '../ticks/index.js';
import { HOUR_MS, MINUTE_MS } from '../time/index.js';
import type { KlineColumns } from './differences.js';
import { CLOSE, FIELDS, type Field, HIGH, LOW, OPEN, PRICES, RELATIVE_TOLERANCE } from './fields.js';

/** What monthly and daily objects of one month say about the days that both cover. */
export interface CadenceCheck {
  /** `aggTrades`, `klines 1m` */
  readonly series: string;
  readonly month: string;
  readonly days: number;
  readonly compared: number;
  readonly differing: number;
  /** Differing rows that were taken from the daily objects. */
  readonly takenFromDaily: number;
  readonly firstTimes: readonly number[];
}

/** The comparisons that footers hold; none where only one cadence was read. */
export function cadenceChecks(layer: LayerFacts, klines: SourceMonthFacts | null): CadenceCheck[] {
  const checks: CadenceCheck[] = [];
  const ticks = layer.comparison;
  if (ticks) {
    checks.push({
      ...{ series: 'aggTrades', month: layer.period, days: ticks.days, compared: ticks.minutesCompared },
      ...{ differing: ticks.minutesDiffering, takenFromDaily: ticks.minutesTakenFromDaily },
      firstTimes: ticks.firstMinutes,
    });
  }
  const rows = klines?.comparison;
  if (klines && rows) {
    const series = klines.interval === null ? klines.dataType : `${klines.dataType} ${klines.interval}`;
    checks.push({
      ...{ series, month: klines.period, days: rows.days, compared: rows.rowsCompared },
      ...{ differing: rows.rowsDiffering, takenFromDaily: rows.rowsTakenFromDaily },
      firstTimes: rows.firstTimes,
    });
  }
  return checks;
}

/** How many of the values that two sources share are equal. */
export interface Agreement {
  compared: number;
  equal: number;
  /** The largest difference, relative to the value; 0 when there is none. */
  worst: number;
  /** Start of where that is, ms. */
  worstAt: number | null;
}

export function noAgreement(): Agreement {
  return { compared: 0, equal: 0, worst: 0, worstAt: null };
}

function note(agreement: Agreement, at: number, error: number, isEqual: boolean): void {
  agreement.compared++;
  if (isEqual) agreement.equal++;
  else if (error > agreement.worst || agreement.worstAt === null) {
    agreement.worst = error;
    agreement.worstAt = at;
  }
}

/** 1h klines against their own 1m klines: whole hours that both have. */
export function compareHours(minutes: KlineColumns, hours: SourceTable, into: Agreement): void {
  const { time } = minutes;
  const columns = FIELDS.map((field) => minutes[field]);
  const start = new Map<number, number>();
  for (let i = 0; i < time.length; i++) if (time[i]! % HOUR_MS === 0) start.set(time[i]!, i);
  for (let row = 0; row < hours.length; row++) {
    const at = hours.columns['time']![row]!;
    const first = start.get(at);
    if (first === undefined || time[first + 59] !== at + 59 * MINUTE_MS) continue;
    const own = rollUpKlines(minutes, columns, first, first + 60);
    let error = 0;
    let isEqual = true;
    FIELDS.forEach((field, i) => {
      const [a, b] = [own[i]!, hours.columns[field]![row]!];
      // Sixty rounded numbers were added up.
      const allowed =
        i < PRICES ? 0 : 64 * RELATIVE_TOLERANCE * Math.abs(b) + (i < PRICES ? 0 : 60e-8 * slack(field));
      if (Math.abs(a - b) <= allowed) return;
      isEqual = false;
      error = Math.max(error, Math.abs(a - b) / Math.max(Math.abs(b), Number.MIN_VALUE));
    });
    note(into, at, error, isEqual);
  }
}

/** Volumes may have lost their last printed decimal; counts have none. */
function slack(field: Field): number {
  return field === 'count' ? 0 : 1;
}

function rollUpKlines(
  klines: KlineColumns,
  columns: readonly Float64Array[],
  from: number,
  to: number,
): Float64Array {
  const hour = new Float64Array(FIELDS.length);
  let isOpen = false;
  for (let i = from; i < to; i++) {
    // A carried price is no trade: it neither opens the hour nor widens it.
    const isTraded = klines.count[i]! > 0;
    if (!isOpen && (isTraded || i === from)) {
      hour[OPEN] = klines.open[i]!;
      hour[HIGH] = klines.high[i]!;
      hour[LOW] = klines.low[i]!;
      isOpen = isTraded;
    } else if (isTraded) {
      hour[HIGH] = Math.max(hour[HIGH]!, klines.high[i]!);
      hour[LOW] = Math.min(hour[LOW]!, klines.low[i]!);
    }
    hour[CLOSE] = klines.close[i]!;
    for (let field = PRICES; field < FIELDS.length; field++) hour[field]! += columns[field]![i]!;
  }
  return hour;
}

const WINDOW_MS = 5 * MINUTE_MS;
/** The ratio is printed with six decimals. */
const RATIO_DECIMAL = 1e-6;

/**
 * The taker ratio of metrics against the layer: bought over sold in 5 minutes. The archive's is that of quote volumes:
 * on real files it equals theirs in 92 % of the windows, and that of base volumes in less than 1 %. Trades at an edge, and those
 * that aggTrades lack, make the rest.
 */
export function compareTakerRatio(
  { columns }: MinuteBars,
  metrics: SourceTable,
  into: { quote: Agreement; base: Agreement },
): void {
  const windows = new Map<number, Float64Array>();
  for (let row = 0; row < columns.minute.length; row++) {
    const at = Math.floor(columns.minute[row]! / WINDOW_MS) * WINDOW_MS;
    const sums = windows.get(at) ?? new Float64Array(4);
    windows.set(at, sums);
    sums[0]! += columns.taker_buy_quote[row]!;
    sums[1]! += columns.taker_sell_quote[row]!;
    sums[2]! += columns.taker_buy_qty[row]!;
    sums[3]! += columns.taker_sell_qty[row]!;
  }
  const ratios = metrics.columns['sum_taker_long_short_vol_ratio']!;
  for (let row = 0; row < metrics.length; row++) {
    const at = metrics.columns['time']![row]!;
    const span = metrics.columns['available_at']![row]! - at;
    const sums = windows.get(at);
    const ratio = ratios[row]!;
    if (!sums || Number.isNaN(ratio) || span !== WINDOW_MS) continue;
    for (const [name, buy, sell] of [
      ['quote', sums[0]!, sums[1]!],
      ['base', sums[2]!, sums[3]!],
    ] as const) {
      if (sell === 0) continue;
      const own = buy / sell;
      const error = Math.abs(own - ratio);
      note(into[name], at, error / Math.max(ratio, RATIO_DECIMAL), error <= RATIO_DECIMAL);
    }
  }
}
