import type { TableColumn } from '../columns.js';
import { type Histogram, histogram, quantile, sortedValues, stabilityIndex } from './distribution.js';
import { Moments } from './moments.js';

/** What is known of one column over all symbols. */
export interface ColumnStatistics {
  readonly column: TableColumn;
  readonly rows: number;
  readonly nulls: number;
  /** Share of the rows that have a value, by month; null for a month without rows. */
  readonly coverage: readonly (number | null)[];
  /** Of all rows; NaN where there is no value. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** Of the sample. */
  readonly p1: number;
  readonly median: number;
  readonly p99: number;
  readonly histogram: Histogram | null;
  /** Stability index of the last third of the time against the first, of the sample; null of too few values. */
  readonly drift: number | null;
  /** There are values, and all of them are the same. */
  readonly isConstant: boolean;
}

const HISTOGRAM_BINS = 30;

/** Gathers one column, symbol after symbol. */
export class ColumnGatherer {
  private readonly moments = new Moments();
  private readonly present: Float64Array;

  constructor(
    readonly column: TableColumn,
    months: number,
  ) {
    this.present = new Float64Array(months);
  }

  /** @param monthOfRow number of the month of each value */
  add(values: Float64Array, monthOfRow: Int32Array): void {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      this.moments.add(value);
      this.present[monthOfRow[row]!]!++;
    }
  }

  /**
   * @param rowsOfMonth of the table
   * @param sample the column's values in the sample, null as NaN
   * @param third of the time in which each of them lies: 0, 1 or 2
   */
  finish(rowsOfMonth: Float64Array, sample: Float64Array, third: Uint8Array): ColumnStatistics {
    const { moments, present, column } = this;
    const rows = rowsOfMonth.reduce((sum, count) => sum + count, 0);
    const sorted = sortedValues(sample);
    const inThird = (wanted: number): Float64Array =>
      sortedValues(sample.filter((_, row) => third[row] === wanted));
    return {
      column,
      rows,
      nulls: rows - moments.count,
      coverage: Array.from(rowsOfMonth, (count, month) => (count === 0 ? null : present[month]! / count)),
      min: moments.count === 0 ? NaN : moments.min,
      max: moments.count === 0 ? NaN : moments.max,
      mean: moments.mean,
      deviation: moments.deviation,
      p1: quantile(sorted, 0.01),
      median: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
      histogram: histogram(sorted, HISTOGRAM_BINS),
      drift: stabilityIndex(inThird(0), inThird(2)),
      isConstant: moments.count > 0 && moments.min === moments.max,
    };
  }
}
