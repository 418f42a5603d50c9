import { type Frequency, HOUR_MS } from '../../time/index.js';
import {
  type NumberOrList,
  checkOptionNames,
  frequencyOption,
  quantilesOption,
  wholeNumbersOption,
} from './parameters.js';
import type { Quantile } from './quantile.js';

export interface LiquidationFactorOptions {
  readonly freq: string | Frequency;
  /** Bars before a bar that its z looks at; default: those of 24 hours. */
  readonly zWindows?: NumberOrList;
  /** Bars ending with a bar among which it is ranked; default: those of 168 hours. */
  readonly rankWindows?: NumberOrList;
}

/** Options of `liquidationFactors` with the defaults filled in; lists ascend and repeat nothing. */
export interface ResolvedFactorOptions {
  readonly frequency: Frequency;
  /** Bars. */
  readonly zWindows: readonly number[];
  /** Bars. */
  readonly rankWindows: readonly number[];
}

/** @throws `E_USAGE`, `E_PERIOD` for a frequency that does not divide a day */
export function resolveFactorOptions(options: LiquidationFactorOptions): ResolvedFactorOptions {
  checkOptionNames(options, ['freq', 'zWindows', 'rankWindows']);
  const frequency = frequencyOption(options.freq);
  const barsOf = (hours: number): number => (hours * HOUR_MS) / frequency.lengthMs;
  return {
    frequency,
    zWindows: wholeNumbersOption('zWindows', options.zWindows ?? barsOf(24), 'bars', 0),
    rankWindows: wholeNumbersOption('rankWindows', options.rankWindows ?? barsOf(168), 'bars', 0),
  };
}

/** What the engine can be told of sizes and of mining. Of every list the order does not matter. */
export interface EngineOptions {
  /** Hourly quantiles that separate sizes: the smallest ends `small`, the largest begins `large`. Default [0.5, 0.9]. */
  readonly bucketQuantiles?: NumberOrList;
  /** Hours that thresholds look back, L in `_lb{L}`. Default 24. */
  readonly bucketWindowHours?: NumberOrList;
  /** Bars that mining looks back, W in `_w{W}`; an empty list mines nothing. Default [24, 96, 672]. */
  readonly miningWindows?: NumberOrList;
  /** Quantiles to break out of, Q in `_q{100Q}`. Default [0.9, 0.95, 0.99]. */
  readonly miningQuantiles?: NumberOrList;
}

/** The same with the defaults filled in; lists ascend and repeat nothing. */
export interface ResolvedEngineOptions {
  readonly bucketQuantiles: readonly Quantile[];
  /** Hours. */
  readonly bucketWindowHours: readonly number[];
  /** Bars. */
  readonly miningWindows: readonly number[];
  readonly miningQuantiles: readonly Quantile[];
}

/** @throws `E_USAGE` */
export function resolveEngineOptions(options: EngineOptions): ResolvedEngineOptions {
  const {
    bucketQuantiles = [0.5, 0.9],
    bucketWindowHours = 24,
    miningWindows = [24, 96, 672],
    miningQuantiles = [0.9, 0.95, 0.99],
  } = options;
  return {
    bucketQuantiles: quantilesOption('bucketQuantiles', bucketQuantiles, 1),
    bucketWindowHours: wholeNumbersOption('bucketWindowHours', bucketWindowHours, 'hours', 1),
    miningWindows: wholeNumbersOption('miningWindows', miningWindows, 'bars', 0),
    miningQuantiles: quantilesOption('miningQuantiles', miningQuantiles, 0),
  };
}
