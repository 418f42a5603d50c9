import { ExactSum } from '../../bars/index.js';

/** 2²⁷ + 1: splits a double into two halves of at most 26 bits (Veltkamp). */
const SPLITTER = 134_217_729;

/**
 * The mean of a window that slides: numbers enter and leave it. The sum is exact, so nothing of what has left remains,
 * and the mean of equal numbers is that number. It depends on the content of the window alone.
 */
export class WindowMean {
  private readonly sum = new ExactSum();
  private count = 0;

  add(x: number): void {
    this.sum.add(x);
    this.count++;
  }

  /** `x` must be in the window. */
  remove(x: number): void {
    this.sum.add(-x);
    this.count--;
  }

  /** NaN for an empty window. */
  mean(): number {
    const { sum, count } = this;
    const estimate = sum.value() / count;
    if (count < 2) return estimate;
    // One step of Newton with the exact remainder, for rounding the sum before dividing may miss by a bit.
    const scaled = SPLITTER * estimate;
    const high = scaled - (scaled - estimate);
    const low = estimate - high;
    sum.add(-high * count);
    sum.add(-low * count);
    const remainder = sum.value();
    sum.add(high * count);
    sum.add(low * count);
    return estimate + remainder / count;
  }
}
