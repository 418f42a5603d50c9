import type { Frequency } from '../../time/index.js';
import { type FactorTable, makeTable } from '../factor-table.js';
import { type SideValues, difference, ratio, sideValues } from './bar-values.js';
import { SIZES, fillBuckets } from './buckets.js';
import { type Coverage, coverageOfEvents } from './coverage.js';
import { type LiquidationEvents, SIDE, checkEvents } from './events.js';
import { type Grid, makeGrid } from './grid.js';
import { mine } from './mining.js';
import { type EngineOptions, resolveEngineOptions } from './options.js';
import { checkOptionNames, frequencyOption } from './parameters.js';
import { sortEvents } from './sort-events.js';
import { hourlyQuantiles } from './thresholds.js';

/** What `process` can be told. */
export interface EngineParameters extends EngineOptions {
  /** Default: from the start of the first event's bar to the end of the last one's. */
  readonly coverage?: Coverage;
}

const PARAMETERS = ['bucketQuantiles', 'bucketWindowHours', 'miningWindows', 'miningQuantiles', 'coverage'];

const BOTH = ['long', 'short'] as const;

/**
 * Liquidations by size, where large and small are measured by what the hours before looked like, and their rolling
 * features. One row for every bar of the complete grid; NaN is null, and nothing is infinite.
 *
 * An event never influences a row before its own: cutting the events at the end of a bar leaves all rows up to it as they
 * are, bit for bit.
 */
export class LiquidationFactorEngine {
  private readonly frequency: Frequency;

  /** @throws `E_PERIOD` for a frequency that does not divide a day */
  constructor(options: { readonly freq: string | Frequency }) {
    checkOptionNames(options, ['freq']);
    this.frequency = frequencyOption(options.freq);
  }

  /** @throws `E_USAGE` for events or parameters that are not valid */
  process(events: LiquidationEvents, parameters: EngineParameters = {}): FactorTable {
    checkOptionNames(parameters, PARAMETERS);
    const {
      bucketQuantiles,
      bucketWindowHours: lookBacks,
      miningWindows: windows,
      miningQuantiles,
    } = resolveEngineOptions(parameters);
    checkEvents(events);
    const sorted = sortEvents(events);
    const grid = makeGrid(
      sorted,
      parameters.coverage ?? coverageOfEvents(sorted, this.frequency),
      this.frequency,
    );

    const outer = [bucketQuantiles[0]!, bucketQuantiles.at(-1)!];
    const hourly = hourlyQuantiles(sorted, outer);
    const sides = { long: sideValues(sorted, grid, 'long'), short: sideValues(sorted, grid, 'short') };
    const columns: Record<string, Float64Array> = {};
    for (const lookBack of lookBacks) {
      const buckets = fillBuckets(sorted, grid, hourly, lookBack);
      Object.assign(columns, bucketColumns(buckets, lookBack), derivedColumns(buckets, sides, lookBack));
    }
    Object.assign(columns, shapeColumns(sides));
    Object.assign(columns, mine(columns, windows, miningQuantiles, grid.firstBar));
    return tableOf(grid, columns);
  }
}

type Sides = Readonly<Record<(typeof BOTH)[number], SideValues>>;
type Buckets = ReturnType<typeof fillBuckets>;

function bucketColumns(buckets: Buckets, lookBack: number): Record<string, Float64Array> {
  const columns: Record<string, Float64Array> = {};
  for (const measure of ['sum', 'count'] as const) {
    for (const side of BOTH) {
      SIZES.forEach((size, index) => {
        columns[`${measure}_${side}_${size}_lb${lookBack}`] =
          buckets[SIDE[side] * SIZES.length + index]![measure];
      });
    }
  }
  return columns;
}

function derivedColumns(buckets: Buckets, sides: Sides, lookBack: number): Record<string, Float64Array> {
  const [SMALL, LARGE] = [SIZES.indexOf('small'), SIZES.indexOf('large')];
  const bucket = (side: (typeof BOTH)[number], size: number): Buckets[number] =>
    buckets[SIDE[side] * SIZES.length + size]!;
  const suffix = `_lb${lookBack}`;
  return {
    [`total_vol_long${suffix}`]: sides.long.sum,
    [`total_vol_short${suffix}`]: sides.short.sum,
    [`diff_net_burn_vol${suffix}`]: difference(sides.long.sum, sides.short.sum),
    [`diff_net_whale_vol${suffix}`]: difference(bucket('long', LARGE).sum, bucket('short', LARGE).sum),
    [`ratio_whale_long${suffix}`]: ratio(bucket('long', LARGE).sum, sides.long.sum),
    [`ratio_whale_short${suffix}`]: ratio(bucket('short', LARGE).sum, sides.short.sum),
    [`ratio_retail_long${suffix}`]: ratio(bucket('long', SMALL).count, sides.long.count),
    [`ratio_retail_short${suffix}`]: ratio(bucket('short', SMALL).count, sides.short.count),
  };
}

function shapeColumns({ long, short }: Sides): Record<string, Float64Array> {
  return {
    skew_long: long.skew,
    skew_short: short.skew,
    kurt_long: long.kurt,
    kurt_short: short.kurt,
    diff_skew: difference(long.skew, short.skew),
  };
}

function tableOf(grid: Grid, columns: Record<string, Float64Array>): FactorTable {
  return makeTable(grid.minute, Object.keys(columns), columns);
}
