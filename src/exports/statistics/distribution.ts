/** Values without nulls, ascending. */
export function sortedValues(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** Linear interpolation between neighbours (type 7, as numpy and pandas); NaN of nothing. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const below = sorted[low] ?? NaN;
  const above = sorted[low + 1] ?? below;
  return below + (above - below) * (at - low);
}

export interface Histogram {
  /** Left edge of the first bin and right edge of the last. */
  readonly from: number;
  readonly to: number;
  /** Values in each of the equally wide bins. */
  readonly counts: readonly number[];
  /** Values left and right of the bins. */
  readonly below: number;
  readonly above: number;
}

/** Bins between the 1 % and the 99 % quantile, so that a few extremes do not squeeze all others into one. */
export function histogram(sorted: Float64Array, bins: number): Histogram | null {
  if (sorted.length === 0) return null;
  let [from, to] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  if (from === to) [from, to] = [sorted[0]!, sorted.at(-1)!];
  const counts = new Array<number>(bins).fill(0);
  let below = 0;
  let above = 0;
  for (const value of sorted) {
    if (value < from) below++;
    else if (value > to) above++;
    else counts[to === from ? 0 : Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins))]!++;
  }
  return { from, to, counts, below, above };
}

export const DRIFT_BINS = 10;
/** Fewer values than this in a third say nothing. */
export const DRIFT_FEWEST = 100;
const SMALLEST_SHARE = 1e-4;

/**
 * Population stability index: Σ (b − a) · ln(b / a) over bins, a and b being the shares of the earlier and the later
 * values in it, at least 1e-4. Ten bins are cut at the deciles of the earlier values, equal deciles making one cut; of at
 * most ten different values each is a bin. Below 0.1 nothing has changed to speak of, above 0.25 much has, as its users
 * have it. Null of fewer than 100 values either side.
 * @param earlier ascending
 * @param later ascending
 */
export function stabilityIndex(earlier: Float64Array, later: Float64Array): number | null {
  if (Math.min(earlier.length, later.length) < DRIFT_FEWEST) return null;
  const cuts = cutsOf(earlier, later);
  const before = shares(earlier, cuts);
  const after = shares(later, cuts);
  return before.reduce((sum, a, bin) => {
    const b = after[bin]!;
    return sum + (b - a) * Math.log(b / a);
  }, 0);
}

/** Where a bin ends, its end included; the last one has none. */
function cutsOf(earlier: Float64Array, later: Float64Array): number[] {
  const different = new Set<number>();
  for (const values of [earlier, later]) {
    for (const value of values) {
      different.add(value);
      if (different.size > DRIFT_BINS) break;
    }
  }
  if (different.size <= DRIFT_BINS) return [...different].sort((a, b) => a - b).slice(0, -1);
  const deciles = Array.from({ length: DRIFT_BINS - 1 }, (_, i) => quantile(earlier, (i + 1) / DRIFT_BINS));
  return [...new Set(deciles)];
}

/** Shares of the values in (−∞, cut 1], (cut 1, cut 2] … (last cut, ∞). */
function shares(sorted: Float64Array, cuts: readonly number[]): number[] {
  const counts = new Array<number>(cuts.length + 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < cuts.length && value > cuts[bin]!) bin++;
    counts[bin]!++;
  }
  return counts.map((count) => Math.max(count / sorted.length, SMALLEST_SHARE));
}
