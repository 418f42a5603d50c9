import { contractSizeUsd } from '../../src/market/index.js';
import { type Period, parsePeriod } from '../../src/time/index.js';
import type { AggregateOptions, MinuteColumn, RowAccount } from '../../src/ticks/index.js';
import { accountOf } from './reference-account.js';
import { type Rational, dividedBy, nearestDouble, sumRoundedOnce, times } from './exact.js';
import { type CsvRow, readCsv } from './reference-csv.js';

/**
 * An independent implementation of docs/minute-bars.md, written from the definitions and not from the kernel:
 * all rows in memory, a Set of triples against duplicates, exact fractions. For files of some thousand rows.
 */

/** One accepted row with its values as doubles, each rounded once. */
export interface Tick extends CsvRow {
  readonly priceValue: number;
  readonly base: number;
  readonly quote: number;
}

/** Where every row of the file ended up. */
export interface ClassedRows {
  readonly ticks: readonly Tick[];
  readonly duplicates: readonly CsvRow[];
  readonly sentinels: readonly CsvRow[];
  readonly outside: readonly CsvRow[];
  readonly conflicts: number;
}

export type ReferenceBars = Readonly<Record<MinuteColumn, readonly number[]>>;
export type ReferenceOptions = Pick<AggregateOptions, 'market' | 'symbol' | 'thresholds'> & {
  readonly period: string;
};

const MINUTE_US = 60_000_000;

export function referenceMill(
  csv: string,
  options: ReferenceOptions,
): { bars: ReferenceBars; account: RowAccount } {
  const period = parsePeriod(options.period);
  const file = readCsv(csv);
  const classed = classify(file.rows, period, options);
  return { bars: barsOf(classed.ticks, options), account: accountOf(file, classed, period) };
}

function classify(rows: readonly CsvRow[], period: Period, options: ReferenceOptions): ClassedRows {
  const ticks: Tick[] = [];
  const duplicates: CsvRow[] = [];
  const sentinels: CsvRow[] = [];
  const outside: CsvRow[] = [];
  const triples = new Set<string>();
  const ids = new Set<number>();
  let conflicts = 0;
  for (const row of rows) {
    const triple = `${row.id},${row.firstFill},${row.lastFill}`;
    if (row.price.numerator === 0n && row.quantity.numerator === 0n) sentinels.push(row);
    else if (row.timeUs < period.startMs * 1000 || row.timeUs >= period.endMs * 1000) outside.push(row);
    else if (triples.has(triple)) duplicates.push(row);
    else {
      if (ids.has(row.id)) conflicts++;
      triples.add(triple);
      ids.add(row.id);
      ticks.push(valued(row, options));
    }
  }
  return { ticks, duplicates, sentinels, outside, conflicts };
}

function valued(row: CsvRow, { market, symbol }: ReferenceOptions): Tick {
  let base = row.quantity;
  let quote = times(row.price, row.quantity);
  if (market === 'cm') {
    const size: Rational = { numerator: BigInt(contractSizeUsd(symbol)), denominator: 1n };
    quote = times(row.quantity, size);
    base = dividedBy(quote, row.price);
  }
  return {
    ...row,
    priceValue: nearestDouble(row.price),
    base: nearestDouble(base),
    quote: nearestDouble(quote),
  };
}

function barsOf(ticks: readonly Tick[], options: ReferenceOptions): ReferenceBars {
  const byMinute = new Map<number, Tick[]>();
  for (const tick of ticks) {
    const minuteMs = (Math.floor(tick.timeUs / MINUTE_US) * MINUTE_US) / 1000;
    byMinute.set(minuteMs, [...(byMinute.get(minuteMs) ?? []), tick]);
  }
  const minutes = [...byMinute].sort(([a], [b]) => a - b);
  const bars = minutes.map(([minuteMs, group]) => barOf(minuteMs, group, options));
  const names = Object.keys(barOf(0, ticks.slice(0, 1), options)) as MinuteColumn[];
  const columns = names.map((name) => [name, bars.map((bar) => bar[name])] as const);
  return Object.fromEntries(columns) as Record<MinuteColumn, number[]>;
}

/** Order of ticks; two rows that share an id fall back on their fills. */
function inOrder(a: Tick, b: Tick): number {
  return a.timeUs - b.timeUs || a.id - b.id || a.firstFill - b.firstFill || a.lastFill - b.lastFill;
}

function barOf(
  minute: number,
  group: readonly Tick[],
  { thresholds }: ReferenceOptions,
): Record<MinuteColumn, number> {
  const { whaleUsd, retailUsd } = thresholds ?? { whaleUsd: 50_000, retailUsd: 1_000 };
  const ordered = [...group].sort(inOrder);
  const first = ordered[0];
  const last = ordered.at(-1);
  const buys = group.filter((tick) => !tick.buyerIsMaker);
  const sells = group.filter((tick) => tick.buyerIsMaker);
  const base = (some: readonly Tick[]): number => sumRoundedOnce(some.map((tick) => tick.base));
  const quote = (some: readonly Tick[]): number => sumRoundedOnce(some.map((tick) => tick.quote));
  const squares = (some: readonly Tick[]): number =>
    sumRoundedOnce(some.map((tick) => tick.quote * tick.quote));
  const fills = (some: readonly Tick[]): number =>
    some.reduce((sum, tick) => sum + (tick.lastFill - tick.firstFill + 1), 0);
  const whales = (some: readonly Tick[]): Tick[] => some.filter((tick) => tick.quote >= whaleUsd);
  const retail = (some: readonly Tick[]): Tick[] => some.filter((tick) => tick.quote <= retailUsd);
  return {
    minute,
    trade_count: group.length,
    base_volume: base(group),
    quote_volume: quote(group),
    taker_buy_qty: base(buys),
    taker_sell_qty: base(sells),
    taker_buy_quote: quote(buys),
    taker_sell_quote: quote(sells),
    taker_buy_quote_sq: squares(buys),
    taker_sell_quote_sq: squares(sells),
    taker_buy_trade_count: buys.length,
    taker_sell_trade_count: sells.length,
    whale_buy_quote: quote(whales(buys)),
    whale_sell_quote: quote(whales(sells)),
    retail_buy_quote: quote(retail(buys)),
    retail_sell_quote: quote(retail(sells)),
    first_ts: first?.timeUs ?? 0,
    price_first: first?.priceValue ?? 0,
    last_ts: last?.timeUs ?? 0,
    price_last: last?.priceValue ?? 0,
    price_high: Math.max(...group.map((tick) => tick.priceValue)),
    price_low: Math.min(...group.map((tick) => tick.priceValue)),
    fill_count: fills(group),
    taker_buy_fill_count: fills(buys),
    first_agg_id: Math.min(...group.map((tick) => tick.id)),
    last_agg_id: Math.max(...group.map((tick) => tick.id)),
    first_fill_id: Math.min(...group.map((tick) => tick.firstFill)),
    last_fill_id: Math.max(...group.map((tick) => tick.lastFill)),
  };
}
