/**
 * Ranks from 1 on, equal values sharing the average of theirs. No value may be NaN.
 * By sorting the values themselves and looking each up: faster than sorting their places.
 */
export function averageRanks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const first = firstFrom(sorted, value);
    const last = sorted[first + 1] === value ? lastOfRun(sorted, value, first + 1) : first;
    ranks[i] = (first + last) / 2 + 1;
  }
  return ranks;
}

/** Index of the first value that is ≥ `value`. */
function firstFrom(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the last value that equals `value`; one at or after `from` does. */
function lastOfRun(sorted: Float64Array, value: number, from: number): number {
  let low = from;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (sorted[middle]! > value) high = middle - 1;
    else low = middle;
  }
  return low;
}
