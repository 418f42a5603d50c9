/**
 * Count, extremes, mean and standard deviation of a stream of values, null as NaN, by Welford's recurrence ("Note on a
 * method for calculating corrected sums of squares and products", 1962). Values are taken in one order, so the bits repeat.
 */
export class Moments {
  count = 0;
  min = Infinity;
  max = -Infinity;
  private average = 0;
  private squares = 0;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.count++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const delta = value - this.average;
    this.average += delta / this.count;
    this.squares += delta * (value - this.average);
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.count === 0 ? NaN : this.average;
  }

  /** Of the sample, divided by n − 1; NaN of fewer than two. */
  get deviation(): number {
    return this.count < 2 ? NaN : Math.sqrt(this.squares / (this.count - 1));
  }
}
