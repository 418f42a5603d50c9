/** Quote value of a single tick, in quote currency (US dollars on most markets). */
export interface Thresholds {
  /** A tick is a whale's when its quote is at least this. */
  readonly whaleUsd: number;
  /** A tick is retail when its quote is at most this. */
  readonly retailUsd: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = { whaleUsd: 50_000, retailUsd: 1_000 };
