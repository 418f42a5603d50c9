import type { EpochMicros } from '../time/index.js';

export type TimeUnit = 'ms' | 'us' | 'iso';

/** Rows whose time is not in the period of the object's name, on one side of it. */
export interface OutsideSpan {
  readonly rows: number;
  readonly firstTs: EpochMicros;
  readonly lastTs: EpochMicros;
}

/**
 * What became of every row of an object: `rows` is always
 * `accepted + duplicate + sentinel + outside + malformed`. Ids and times are those of accepted rows, null when
 * there is none. Kept as JSON in the footer of the layer.
 */
export interface RowAccount {
  readonly rows: number;
  readonly accepted: number;
  /** The same `(agg_trade_id, first_trade_id, last_trade_id)` as an accepted row. */
  readonly duplicate: number;
  /** Price 0 and quantity 0. */
  readonly sentinel: number;
  readonly outside: number;
  readonly malformed: number;

  /** Accepted rows with a price and quantity 0. */
  readonly zeroQuantity: number;
  /** Rows whose time is smaller than the largest one before them in the file. */
  readonly outOfOrder: number;
  /** Accepted rows that carry the `agg_trade_id` of another accepted row, with other fills. */
  readonly conflictingIds: number;

  readonly firstAggId: number | null;
  readonly lastAggId: number | null;
  readonly firstTs: EpochMicros | null;
  readonly lastTs: EpochMicros | null;

  /** `agg_trade_id`s between the first and the last that no row of the file carries. */
  readonly missingAggIds: number;
  readonly missingAggIdRanges: number;
  /** The first of these ranges, `[from, to]` inclusive, at most 1,000. */
  readonly missingAggIdList: readonly (readonly [number, number])[];
  /** Neighbouring rows with successive `agg_trade_id`s between which trade ids are left out. Normal on futures. */
  readonly tradeIdGaps: number;

  readonly outsideBefore: OutsideSpan | null;
  readonly outsideAfter: OutsideSpan | null;
  readonly firstMalformed: { readonly line: number; readonly text: string } | null;

  readonly header: boolean;
  readonly timeUnit: TimeUnit | null;
}
