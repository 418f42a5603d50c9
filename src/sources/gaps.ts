import type { EpochMs } from '../time/index.js';

/** Rows that a regular series should have and has not, `[from, to)`. */
export interface Gap {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** How many rows. */
  readonly missing: number;
}

export interface Gaps {
  /** How many gaps there are, and how many rows they lack together. */
  readonly spans: number;
  readonly missing: number;
  /** The first of them, at most `GAPS_LISTED`. */
  readonly list: readonly Gap[];
}

export const GAPS_LISTED = 1000;

/** What of a span a table should cover, and what its rows do cover. */
export interface Coverage {
  /** Where the first row should start, at the latest; null: the table's own first row. */
  readonly fromMs: EpochMs | null;
  /** Up to where the rows should reach; null: the end of the last row. */
  readonly toMs: EpochMs | null;
  /** Start of each row, ascending, and up to where no other row is expected. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Usual distance of two rows, to count those that are missing. */
  readonly stepMs: EpochMs;
}

/** Uncovered spans, oldest first. A table without rows lacks all. */
export function findGaps({ fromMs, toMs, starts, ends, stepMs }: Coverage): Gaps {
  const list: Gap[] = [];
  let spans = 0;
  let missing = 0;
  const note = (from: EpochMs, to: EpochMs): void => {
    if (to <= from) return;
    const gap = { from, to, missing: Math.max(1, Math.round((to - from) / stepMs)) };
    spans++;
    missing += gap.missing;
    if (list.length < GAPS_LISTED) list.push(gap);
  };
  let covered = fromMs ?? starts[0] ?? Infinity;
  for (let i = 0; i < starts.length; i++) {
    note(covered, starts[i]!);
    covered = Math.max(covered, ends[i]!);
  }
  if (toMs !== null) note(covered, toMs);
  return { spans, missing, list };
}
