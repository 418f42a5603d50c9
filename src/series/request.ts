import type { Market } from '../market/index.js';
import { type EpochMs, FREQUENCIES, type Frequency, MINUTE, parseFrequencyAmong } from '../time/index.js';

/** Lengths of bars that can be looked at, the shortest first. */
export const SERIES_FREQUENCIES: readonly Frequency[] = [MINUTE, ...FREQUENCIES];

/** Reads `1m` and all that `parseFrequency` reads. @throws `E_PERIOD` with the list of what there is */
export function parseSeriesFrequency(text: string): Frequency {
  return parseFrequencyAmong(text, SERIES_FREQUENCIES);
}

/** `[startMs, endMs)` */
export interface SeriesSpan {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

export interface SeriesRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly span: SeriesSpan;
  readonly frequency: Frequency;
  /** Names of `listSeriesColumns`, or of factors of a wide table that is built. */
  readonly columns: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Columns of one symbol on a complete grid of bars: no bar between the first and the last is left out. The first and last
 * are the first and last in the span that any of the columns has a value in; there may be none.
 */
export interface Series {
  readonly frequency: Frequency;
  /** Starts of the bars, ms since the epoch, evenly spaced. */
  readonly minute: Float64Array;
  /** Those asked for, each as long as `minute`; NaN is null. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Why a column has no value at all in the span. */
  readonly missing: Readonly<Record<string, string>>;
}

/** What a provider found: columns on bars of its own, ascending, or why there are none. */
export type Provided =
  | { readonly minute: Float64Array; readonly columns: Readonly<Record<string, Float64Array>> }
  | { readonly why: string };

export interface SeriesColumn {
  readonly name: string;
  readonly family: string;
  readonly unit: string;
  readonly formula: string;
  /** In words; null when it never is. */
  readonly whenNull: string | null;
  /** Where the definition comes from. */
  readonly source: string;
  /** Amounts per bar, whose sum over bars means something. Everything else is a level. */
  readonly isFlow: boolean;
}

/** Where columns come from. */
export interface SeriesProvider {
  readonly columns: readonly SeriesColumn[];
  /** @param names of its columns, at least one. @throws `E_LAYER`, `E_IO` */
  read(request: SeriesRequest, names: readonly string[]): Promise<Provided>;
}
