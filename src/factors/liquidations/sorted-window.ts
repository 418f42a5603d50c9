import { type Quantile, quantileOfSorted } from './quantile.js';

/** The numbers of a sliding window in ascending order, in one piece of memory; entering and leaving move what lies above. */
export class SortedWindow {
  private readonly sorted: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    this.sorted = new Float64Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** There must be room for it. */
  add(x: number): void {
    const { sorted } = this;
    const at = this.countUpTo(x);
    sorted.copyWithin(at + 1, at, this.count++);
    sorted[at] = x;
  }

  /** `x` must be in the window. */
  remove(x: number): void {
    const at = this.countBelow(x);
    this.sorted.copyWithin(at, at + 1, this.count--);
  }

  /** Removes one number and adds another, moving only what lies between them. */
  replace(old: number, x: number): void {
    const { sorted } = this;
    const from = this.countBelow(old);
    if (x > old) {
      const to = this.countUpTo(x) - 1;
      sorted.copyWithin(from, from + 1, to + 1);
      sorted[to] = x;
    } else {
      const to = this.countBelow(x);
      sorted.copyWithin(to + 1, to, from);
      sorted[to] = x;
    }
  }

  /** Numbers < x. */
  countBelow(x: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Numbers ≤ x. */
  countUpTo(x: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The window must not be empty. */
  quantile(quantile: Quantile): number {
    return quantileOfSorted(this.sorted, this.count, quantile);
  }
}

/** Lets `entering` into the window and `leaving` out of it; NaN is null, which is never in a window. */
export function slide(window: SortedWindow, leaving: number, entering: number): void {
  if (Number.isNaN(leaving)) {
    if (!Number.isNaN(entering)) window.add(entering);
  } else if (Number.isNaN(entering)) window.remove(leaving);
  else window.replace(leaving, entering);
}
