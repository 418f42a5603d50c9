/** A straight line from values to pixels. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** @param low value at `from` px; `low < high` */
export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const slope = (to - from) / (high - low);
  return { low, high, at: (value) => from + (value - low) * slope };
}

/** Smallest and largest of the values that are not null, as far as there are any. */
export function extentOf(columns: Iterable<ArrayLike<number>>): readonly [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/** The extent with a little air; one value alone gets room on both sides. `anchored`: 0 is in it, without air there. */
export function paddedDomain(
  [low, high]: readonly [number, number],
  anchored: boolean,
): readonly [number, number] {
  const from = anchored ? Math.min(0, low) : low;
  const to = anchored ? Math.max(0, high) : high;
  const air = to > from ? (to - from) * 0.05 : Math.abs(to) * 0.05 || 1;
  return [
    anchored && from === 0 ? (to === 0 ? -air : 0) : from - air,
    anchored && to === 0 ? (from === 0 ? air : 0) : to + air,
  ];
}
