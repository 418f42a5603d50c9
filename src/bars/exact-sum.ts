/**
 * The exact sum of doubles, rounded once (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic and Fast
 * Robust Geometric Predicates", as in Python's `math.fsum`).
 *
 * The sum is kept as partials that do not overlap, smallest magnitude first; each addition is free of error.
 * Hence the result depends neither on the order of the values nor on how they are grouped into calls. It is
 * NOT associative across rounded results: an hour summed from twelve 5m sums, each rounded, may differ from the
 * hour summed from its minutes by up to 12 half units in the last place of the parts.
 */
export class ExactSum {
  private readonly partials: number[] = [];

  /** `value` must be finite, and no partial sum may overflow. */
  add(value: number): void {
    const { partials } = this;
    let kept = 0;
    let x = value;
    for (let i = 0; i < partials.length; i++) {
      let y = partials[i]!;
      if (Math.abs(x) < Math.abs(y)) {
        const swap = x;
        x = y;
        y = swap;
      }
      const high = x + y;
      const low = y - (high - x); // exact, since |x| ≥ |y|
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials[kept] = x;
    partials.length = kept + 1;
  }

  /** The correctly rounded sum, ties to even; +0 for nothing at all. */
  value(): number {
    const { partials } = this;
    let n = partials.length;
    if (n === 0) return 0;
    let high = partials[--n]!;
    let low = 0;
    while (n > 0) {
      const x = high;
      const y = partials[--n]!;
      high = x + y;
      low = y - (high - x);
      if (low !== 0) break;
    }
    // `low` lies exactly half way only if nothing of its sign follows; then it has to round away.
    if (n > 0 && ((low < 0 && partials[n - 1]! < 0) || (low > 0 && partials[n - 1]! > 0))) {
      const doubled = low * 2;
      const rounded = high + doubled;
      if (doubled === rounded - high) high = rounded;
    }
    return high + 0; // no -0
  }

  clear(): void {
    this.partials.length = 0;
  }
}
