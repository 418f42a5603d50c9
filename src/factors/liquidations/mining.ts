import type { Quantile } from './quantile.js';
import { rollingBreakouts } from './rolling-order.js';
import { rollingZ } from './rolling-z.js';

/** What is mined of a column beside its z: breakouts of it, of its absolute values, or none. */
type Breakouts = 'plain' | 'absolute' | 'none';

/** Null for a column that is not mined: totals, ratios and kurtosis. */
export function breakoutsOf(column: string): Breakouts | null {
  if (column.startsWith('sum_') || column.startsWith('count_')) return 'plain';
  if (column.startsWith('diff_')) return 'absolute';
  return column.startsWith('skew_') ? 'none' : null;
}

/**
 * Every `sum_`, `count_`, `diff_` and `skew_` column against its own past.
 *
 * @param firstBar number since 1970 of the first row
 */
export function mine(
  columns: Readonly<Record<string, Float64Array>>,
  windows: readonly number[],
  quantiles: readonly Quantile[],
  firstBar: number,
): Record<string, Float64Array> {
  const mined: Record<string, Float64Array> = {};
  for (const [name, column] of Object.entries(columns)) {
    const breakouts = breakoutsOf(name);
    if (breakouts === null) continue;
    const absolute = breakouts === 'absolute';
    const levels = absolute ? column.map(Math.abs) : column;
    for (const window of windows) {
      mined[`feat_z_${name}_w${window}`] = rollingZ(column, window, firstBar);
      if (breakouts === 'none' || quantiles.length === 0) continue;
      rollingBreakouts(levels, window, quantiles).forEach((breakout, index) => {
        const feature = absolute ? 'feat_brkabs' : 'feat_brk';
        mined[`${feature}_${name}_w${window}_q${quantiles[index]!.label}`] = breakout;
      });
    }
  }
  return mined;
}
