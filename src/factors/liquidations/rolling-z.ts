/**
 * `(x − mean) / sample standard deviation` of each row, over the `window` rows before it: null (NaN) when fewer than half
 * of those, or fewer than two, are there and not null, when all are equal, and when the row itself is null.
 *
 * Rows are laid out in blocks of `window`, by their number since 1970:
 *
 * ```
 *      previous block         this block
 *   . . . . [ suffix . . ][ prefix . ] x . . .
 *           └──── the window before x ──┘
 * ```
 *
 * Every window is a suffix of one block and a prefix of the next, whose moments are merged (Chan, Golub and LeVeque
 * 1979). Nothing is ever subtracted again, so a spike leaves no trace once it is out; the cost of a row does
 * not depend on the window; and its bits depend only on the rows of its window.
 *
 * @param firstRow number since 1970 of the column's first row
 */
export function rollingZ(column: Float64Array, window: number, firstRow: number): Float64Array {
  const fewest = Math.max(2, Math.ceil(window / 2));
  const z = new Float64Array(column.length).fill(NaN);
  const suffixes = new MomentColumns(Math.min(window, column.length));
  const prefix = new Moments();
  let suffixStart = 0;
  let suffixEnd = 0;

  for (let row = 0; row < column.length; row++) {
    if ((firstRow + row) % window === 0) {
      suffixStart = Math.max(0, row - window);
      suffixEnd = row;
      prefix.clear();
      for (let at = suffixEnd - 1; at >= suffixStart; at--) {
        prefix.add(column[at]!);
        suffixes.set(at - suffixStart, prefix);
      }
      prefix.clear();
    }
    const oldest = Math.max(suffixStart, row - window);
    const hasSuffix = oldest < suffixEnd;
    z[row] = hasSuffix
      ? suffixes.mergedZ(oldest - suffixStart, prefix, column[row]!, fewest)
      : zOf(column[row]!, prefix.count, prefix.mean, prefix.meanRest, prefix.squares, fewest);
    prefix.add(column[row]!);
  }
  return z;
}

function zOf(
  x: number,
  count: number,
  mean: number,
  meanRest: number,
  squares: number,
  fewest: number,
): number {
  if (count < fewest || squares === 0) return NaN;
  return (x - mean - meanRest) / Math.sqrt(squares / (count - 1));
}

/**
 * Count, mean and sum of squared distances from the mean of numbers that are added (Welford 1962); nulls are passed over.
 * The mean is a sum of two doubles: distances from it stay exact where it is large and the spread is small.
 */
class Moments {
  count = 0;
  mean = 0;
  meanRest = 0;
  squares = 0;

  clear(): void {
    this.count = 0;
    this.mean = 0;
    this.meanRest = 0;
    this.squares = 0;
  }

  add(x: number): void {
    if (Number.isNaN(x)) return;
    this.count++;
    const distance = x - this.mean - this.meanRest;
    const step = distance / this.count;
    const mean = this.mean + step;
    // What the addition of `step` rounded away (Knuth's two-sum).
    const added = mean - this.mean;
    this.meanRest += this.mean - (mean - added) + (step - added);
    this.mean = mean;
    this.squares += distance * (x - this.mean - this.meanRest);
  }
}

/** The moments of every suffix of a block. */
class MomentColumns {
  private readonly count: Float64Array;
  private readonly mean: Float64Array;
  private readonly meanRest: Float64Array;
  private readonly squares: Float64Array;

  constructor(length: number) {
    this.count = new Float64Array(length);
    this.mean = new Float64Array(length);
    this.meanRest = new Float64Array(length);
    this.squares = new Float64Array(length);
  }

  set(at: number, moments: Moments): void {
    this.count[at] = moments.count;
    this.mean[at] = moments.mean;
    this.meanRest[at] = moments.meanRest;
    this.squares[at] = moments.squares;
  }

  /** z of `x` against the numbers of suffix `at` and of `prefix` together. */
  mergedZ(at: number, prefix: Moments, x: number, fewest: number): number {
    const [ours, theirs] = [this.count[at]!, prefix.count];
    const count = ours + theirs;
    if (count < fewest) return NaN;
    const mean = this.mean[at]!;
    const meanRest = this.meanRest[at]!;
    const squares = this.squares[at]!;
    if (theirs === 0) return zOf(x, count, mean, meanRest, squares, fewest);
    if (ours === 0) return zOf(x, count, prefix.mean, prefix.meanRest, prefix.squares, fewest);

    const distance = prefix.mean - mean + (prefix.meanRest - meanRest);
    const shift = (distance * theirs) / count;
    return zOf(x, count, mean, meanRest + shift, squares + prefix.squares + distance * shift * ours, fewest);
  }
}
