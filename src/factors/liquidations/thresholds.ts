import { HOUR_MS } from '../../time/index.js';
import { type LiquidationEvents, checkEvents } from './events.js';
import { eventStarts } from './grid.js';
import { quantilesOption, wholeNumberOption } from './parameters.js';
import { type Quantile, quantileOfSorted } from './quantile.js';
import { sortEvents } from './sort-events.js';
import { WindowMean } from './window-mean.js';

const HOUR_US = HOUR_MS * 1000;

/** Quantiles of the values of each UTC hour, from the first to the last hour with events; NaN for an hour without. */
export interface HourlyQuantiles {
  /** Hours since 1970. */
  readonly firstHour: number;
  readonly hours: number;
  /** One column per quantile, one row per hour; quote. */
  readonly columns: readonly Float64Array[];
}

/** The events must be sorted by time. Both sides count together. */
export function hourlyQuantiles(events: LiquidationEvents, quantiles: readonly Quantile[]): HourlyQuantiles {
  const { ts, value, length } = events;
  const firstHour = length === 0 ? 0 : Math.floor(ts[0]! / HOUR_US);
  const hours = length === 0 ? 0 : Math.floor(ts[length - 1]! / HOUR_US) - firstHour + 1;
  const columns = quantiles.map(() => new Float64Array(hours).fill(NaN));
  const starts = eventStarts(ts, firstHour * HOUR_US, HOUR_US, hours);
  for (let hour = 0; hour < hours; hour++) {
    if (starts[hour] === starts[hour + 1]) continue;
    const sorted = value.slice(starts[hour], starts[hour + 1]).sort();
    quantiles.forEach((quantile, index) => {
      columns[index]![hour] = quantileOfSorted(sorted, sorted.length, quantile);
    });
  }
  return { firstHour, hours, columns };
}

/**
 * What is in force in each hour: the mean of a column of hourly quantiles over those of the `lookBack` hours before it
 * that had events. NaN where none had.
 */
export function inForce(hourly: Float64Array, lookBack: number): Float64Array {
  const window = new WindowMean();
  return hourly.map((_, hour) => {
    const leaving = hourly[hour - lookBack - 1] ?? NaN;
    const entering = hourly[hour - 1] ?? NaN;
    if (!Number.isNaN(leaving)) window.remove(leaving);
    if (!Number.isNaN(entering)) window.add(entering);
    return window.mean();
  });
}

/** Thresholds of size, hour by hour. */
export interface SizeThresholds {
  readonly length: number;
  /** Start of the hour, ms since the epoch. */
  readonly hour: Float64Array;
  /** By the quantile's name, `q50`; quote; NaN where no threshold is in force. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * The thresholds that `LiquidationFactorEngine` applies in each hour from the first to the last with events: to look at,
 * to draw, to explain why an event was `large`.
 *
 * @throws `E_USAGE` for events or parameters that are not valid
 */
export function sizeThresholds(
  events: LiquidationEvents,
  parameters: { readonly quantiles: number | readonly number[]; readonly windowHours: number },
): SizeThresholds {
  const quantiles = quantilesOption('quantiles', parameters.quantiles, 1);
  const lookBack = wholeNumberOption('windowHours', parameters.windowHours, 'hours');
  checkEvents(events);
  const { firstHour, hours, columns } = hourlyQuantiles(sortEvents(events), quantiles);
  return {
    length: hours,
    hour: Float64Array.from({ length: hours }, (_, hour) => (firstHour + hour) * HOUR_MS),
    columns: Object.fromEntries(
      quantiles.map(({ label }, index) => [`q${label}`, inForce(columns[index]!, lookBack)]),
    ),
  };
}
