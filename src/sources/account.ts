import type { EpochMs } from '../time/index.js';
import type { TimeUnit } from './cells.js';
import type { Gaps } from './gaps.js';

/** Rows that belong to another period, on one side of the object's own. */
export interface OutsideRows {
  readonly rows: number;
  readonly firstTime: EpochMs;
  readonly lastTime: EpochMs;
}

/**
 * What became of every row of an object: `rows` is always
 * `accepted + duplicate + contradiction + outside + malformed`. Kept as JSON in the footer of the month.
 */
export interface SourceAccount {
  readonly rows: number;
  readonly accepted: number;
  /** Says the same as an accepted row. */
  readonly duplicate: number;
  /** The same time as an accepted row, with other values. */
  readonly contradiction: number;
  /** Of another period than the object's. */
  readonly outside: number;
  readonly malformed: number;

  /** Accepted rows that were repaired, by what was done; a row may be in several. Only what occurred. */
  readonly repaired: readonly { readonly repair: string; readonly rows: number }[];
  /** Null cells of accepted rows, by column. Only columns that have some. */
  readonly nulls: readonly { readonly column: string; readonly rows: number }[];
  /** Rows whose time is smaller than the largest one before them in the file. */
  readonly outOfOrder: number;

  /** `time` of the first and last accepted row; null when there is none. */
  readonly firstTime: EpochMs | null;
  readonly lastTime: EpochMs | null;
  readonly outsideBefore: OutsideRows | null;
  readonly outsideAfter: OutsideRows | null;
  /** Null for events, which are not regular. */
  readonly gaps: Gaps | null;

  readonly firstMalformed: { readonly line: number; readonly column: string; readonly text: string } | null;
  readonly header: boolean;
  /** Null when the object has no good row. */
  readonly timeUnit: TimeUnit | null;
}
