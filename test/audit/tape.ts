import {
  FIELDS,
  type KlineColumns,
  type OffMinute,
  type Surroundings,
  classify,
  compareMinutes,
} from '../../src/audit/index.js';
import type { Market } from '../../src/market/index.js';
import { type MinuteBars, allocateMinuteBars } from '../../src/ticks/minute-bars.js';
import { MINUTE_MS } from '../../src/time/index.js';

/** One aggTrade, in whole steps: price in cents, quantity in tenths. */
export interface Tick {
  readonly atMs: number;
  readonly cents: number;
  readonly tenths: number;
  readonly isBuy: boolean;
  readonly firstId: number;
  readonly lastId: number;
}

export const START = Date.UTC(2024, 0, 31, 23, 50);

const minuteOf = (tick: Tick): number => Math.floor(tick.atMs / MINUTE_MS) * MINUTE_MS;
const fillsOf = ({ firstId, lastId }: Tick): number => lastId - firstId + 1;
const sum = (ticks: readonly Tick[], value: (tick: Tick) => number): number =>
  ticks.reduce((s, t) => s + value(t), 0);
const base = (ticks: readonly Tick[]): number => sum(ticks, (tick) => tick.tenths) / 10;
const quote = (ticks: readonly Tick[]): number => sum(ticks, (tick) => tick.tenths * tick.cents) / 1000;

function byMinute(ticks: readonly Tick[]): [number, Tick[]][] {
  const minutes = new Map<number, Tick[]>();
  for (const tick of ticks) minutes.set(minuteOf(tick), [...(minutes.get(minuteOf(tick)) ?? []), tick]);
  return [...minutes].sort(([a], [b]) => a - b);
}

/** Bars of ticks in order of time and id, in plain arithmetic. */
export function barsOf(ticks: readonly Tick[]): MinuteBars {
  const minutes = byMinute(ticks);
  const bars = allocateMinuteBars(minutes.length);
  minutes.forEach(([minute, own], row) => {
    const buys = own.filter(({ isBuy }) => isBuy);
    const sells = own.filter(({ isBuy }) => !isBuy);
    const cents = own.map((tick) => tick.cents);
    const values: Partial<Record<keyof typeof bars.columns, number>> = {
      minute,
      trade_count: own.length,
      base_volume: base(own),
      quote_volume: quote(own),
      taker_buy_qty: base(buys),
      taker_sell_qty: base(sells),
      taker_buy_quote: quote(buys),
      taker_sell_quote: quote(sells),
      first_ts: own[0]!.atMs * 1000,
      price_first: own[0]!.cents / 100,
      last_ts: own.at(-1)!.atMs * 1000,
      price_last: own.at(-1)!.cents / 100,
      price_high: Math.max(...cents) / 100,
      price_low: Math.min(...cents) / 100,
      fill_count: sum(own, fillsOf),
      taker_buy_fill_count: sum(buys, fillsOf),
      first_agg_id: own[0]!.firstId,
      last_agg_id: own.at(-1)!.lastId,
      first_fill_id: Math.min(...own.map((tick) => tick.firstId)),
      last_fill_id: Math.max(...own.map((tick) => tick.lastId)),
    };
    for (const [name, value] of Object.entries(values)) bars.columns[name as 'minute'][row] = value;
  });
  return bars;
}

/** Klines of the same, every minute from `START` on; those without ticks repeat the last close. */
export function klinesOf(ticks: readonly Tick[], minutes: number): Record<keyof KlineColumns, Float64Array> {
  const names = ['time', ...FIELDS] as const;
  const klines = Object.fromEntries(names.map((name) => [name, new Float64Array(minutes)])) as Record<
    keyof KlineColumns,
    Float64Array
  >;
  const own = new Map(byMinute(ticks));
  let close = ticks[0]!.cents / 100;
  for (let i = 0; i < minutes; i++) {
    const time = START + i * MINUTE_MS;
    const here = own.get(time) ?? [];
    const prices = here.length === 0 ? [close] : here.map(({ cents }) => cents / 100);
    close = prices.at(-1)!;
    const buys = here.filter(({ isBuy }) => isBuy);
    const values = [time, prices[0]!, Math.max(...prices), Math.min(...prices), close];
    values.push(base(here), quote(here), sum(here, fillsOf), base(buys), quote(buys));
    names.forEach((name, column) => (klines[name][i] = values[column]!));
  }
  return klines;
}

/** Ticks with ids that follow one another; `[minute, second, cents, tenths, side, fills]` each. */
export function tapeOf(
  rows: readonly (readonly [number, number, number, number, 'buy' | 'sell', number?])[],
): Tick[] {
  let id = 1000;
  return rows.map(([minute, second, cents, tenths, side, fills = 1]) => {
    const firstId = id;
    id += fills;
    const atMs = START + minute * MINUTE_MS + Math.round(second * 1000);
    return { atMs, cents, tenths, isBuy: side === 'buy', firstId, lastId: id - 1 };
  });
}

export function classified(
  bars: MinuteBars,
  klines: KlineColumns,
  own: Partial<Surroundings> & { market?: Market } = {},
): OffMinute[] {
  const differences: Parameters<typeof classify>[0][number][] = [];
  compareMinutes(
    { market: own.market ?? 'um', bars, klines },
    {
      exact: () => undefined,
      differs: (difference) => {
        differences.push(difference);
      },
      alone: () => undefined,
    },
  );
  return classify(differences, {
    bars,
    isWhole: () => true,
    isDisputed: () => false,
    hasZeroQuantity: () => false,
    knownDefect: () => null,
    ...own,
  });
}

/** Minute of the tape and class of each difference. */
export function verdicts(off: readonly OffMinute[]): (readonly [number, string])[] {
  return off.map(({ minute, class: name }) => [(minute - START) / MINUTE_MS, name]);
}
