import { ExactSum } from '../../bars/index.js';
import { MINUTE_MS } from '../../time/index.js';
import { type FactorTable, makeTable } from '../factor-table.js';
import { SIDES, type Side, difference, forEachBar, nulls, ratio, sideValues, sumOf } from './bar-values.js';
import type { Coverage } from './coverage.js';
import { type LiquidationEvents, checkEvents } from './events.js';
import { type Grid, makeGrid } from './grid.js';
import { type LiquidationFactorOptions, resolveFactorOptions } from './options.js';
import { rollingRank } from './rolling-order.js';
import { rollingZ } from './rolling-z.js';
import { shapeOf } from './shape.js';
import { sortEvents } from './sort-events.js';

/** What was traded, one row per bar that has trades, sorted: `bars.columns` of `rollUp` is such a thing. */
export interface TradedBars {
  /** Start of the bar, ms since the epoch. */
  readonly minute: Float64Array;
  readonly price_close: Float64Array;
  readonly quote_volume: Float64Array;
}

/**
 * The factors of liquidations, on the complete grid: one row for every bar from the first to the last that the coverage
 * or an event touches. NaN is null; nothing is infinite. A bar that is not wholly covered has nulls in all columns but
 * `liquidation_covered`, even if there are events in it.
 *
 * @param traded null: then what is measured against prices and volumes is null
 * @throws `E_USAGE` for events or options that are not valid, `E_PERIOD` for a frequency that does not divide a day
 */
export function liquidationFactors(
  events: LiquidationEvents,
  coverage: Coverage,
  traded: TradedBars | null,
  options: LiquidationFactorOptions,
): FactorTable {
  const { frequency, zWindows, rankWindows } = resolveFactorOptions(options);
  checkEvents(events);
  const sorted = sortEvents(events);
  const grid = makeGrid(sorted, coverage, frequency);
  const close = alignTo(grid, traded, 'price_close');
  const volume = alignTo(grid, traded, 'quote_volume');

  const columns: Record<string, Float64Array> = {
    liquidation_covered: Float64Array.from(grid.covered),
    liquidation_lower_bound: nulls(grid).map((none, bar) =>
      grid.covered[bar] === 1 ? grid.lowerBound[bar]! : none,
    ),
  };
  for (const side of SIDES) Object.assign(columns, withPrefix(side, barColumns(sorted, grid, side, close)));
  const long = columns['liquidation_long_vol_sum']!;
  const short = columns['liquidation_short_vol_sum']!;
  const both = long.map((value, bar) => value + short[bar]!);
  columns['liquidation_imbalance'] = ratio(difference(long, short), both);
  columns['liquidation_blood_content'] = ratio(columns['liquidation_all_vol_sum']!, volume);
  for (const side of SIDES) {
    for (const measure of ['vol_sum', 'cnt']) {
      const name = `liquidation_${side}_${measure}`;
      const column = columns[name]!;
      for (const window of zWindows) columns[`${name}_z_${window}`] = rollingZ(column, window, grid.firstBar);
      for (const window of rankWindows) columns[`${name}_rank_${window}`] = rollingRank(column, window);
    }
  }
  return makeTable(grid.minute, Object.keys(columns), columns);
}

function withPrefix(side: Side, columns: Record<string, Float64Array>): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [`liquidation_${side}_${name}`, column]),
  );
}

/** The factors of one side that need no other bar. */
function barColumns(
  events: LiquidationEvents,
  grid: Grid,
  side: Side,
  close: Float64Array,
): Record<string, Float64Array> {
  const { sum, count, skew, kurt } = sideValues(events, grid, side);
  const largest = nulls(grid);
  const quantity = nulls(grid);
  const first = nulls(grid);
  const high = nulls(grid);
  const low = nulls(grid);
  const last = nulls(grid);
  const exact = new ExactSum();
  forEachBar(events, grid, side, (bar, rows) => {
    quantity[bar] = sumOf(exact, events.qty, rows);
    if (rows.length === 0) return;
    first[bar] = events.price[rows[0]!]!;
    last[bar] = events.price[rows[rows.length - 1]!]!;
    [, largest[bar]] = extremes(events.value, rows);
    [low[bar], high[bar]] = extremes(events.price, rows);
  });
  const vwap = ratio(sum, quantity);
  return {
    vol_sum: sum,
    cnt: count,
    amt_max: largest,
    amt_mean: ratio(sum, count),
    qty_sum: quantity,
    price_first: first,
    price_high: high,
    price_low: low,
    price_last: last,
    skew,
    kurt,
    ...burstColumns(events, grid, side, sum),
    whale_index: ratio(largest, sum),
    vwap,
    pain_depth: ratio(close, vwap).map((quotient) => quotient - 1),
  };
}

/** How the sum of a bar is spread over its minutes, those without events included. */
function burstColumns(
  events: LiquidationEvents,
  grid: Grid,
  side: Side,
  sum: Float64Array,
): Record<string, Float64Array> {
  const kurt = nulls(grid);
  const hhi = nulls(grid);
  const { minutes, lengthMs } = grid.frequency;
  const minuteSums = new Float64Array(minutes);
  const exact = Array.from({ length: minutes }, () => new ExactSum());
  forEachBar(events, grid, side, (bar, rows) => {
    const startUs = grid.startUs + bar * lengthMs * 1000;
    for (const minute of exact) minute.clear();
    for (let i = 0; i < rows.length; i++) {
      const minute = Math.floor((events.ts[rows[i]!]! - startUs) / (MINUTE_MS * 1000));
      exact[minute]!.add(events.value[rows[i]!]!);
    }
    for (let minute = 0; minute < minutes; minute++) minuteSums[minute] = exact[minute]!.value();
    const total = sum[bar]!;
    if (total > 0) hhi[bar] = minuteSums.reduce((shares, part) => shares + (part / total) ** 2, 0);
    kurt[bar] = shapeOf(minuteSums).kurt;
  });
  return { burst_kurt: kurt, burst_hhi: hhi };
}

/** Smallest and largest of a column over at least one row. */
function extremes(column: Float64Array, rows: Uint32Array): [number, number] {
  let smallest = Infinity;
  let largest = -Infinity;
  for (let i = 0; i < rows.length; i++) {
    const x = column[rows[i]!]!;
    if (x < smallest) smallest = x;
    if (x > largest) largest = x;
  }
  return [smallest, largest];
}

/** A column of the traded bars on the grid; null for bars that have no trades. */
function alignTo(grid: Grid, traded: TradedBars | null, name: 'price_close' | 'quote_volume'): Float64Array {
  const aligned = nulls(grid);
  if (traded === null) return aligned;
  for (let row = 0; row < traded.minute.length; row++) {
    const bar = traded.minute[row]! / grid.frequency.lengthMs - grid.firstBar;
    if (Number.isInteger(bar) && bar >= 0 && bar < grid.length) aligned[bar] = traded[name][row]!;
  }
  return aligned;
}
