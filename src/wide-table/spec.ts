import type { WideFamily } from '../dataset/index.js';
import type { Market } from '../market/index.js';
import { type EpochMs, type Frequency, HOUR_MS, monthOf } from '../time/index.js';

/**
 * Version of the table: its columns, their formulas, how rows are chosen, and the files. Counted up with any change to what
 * a cell holds; files and cached months of another version are made anew.
 */
export const WIDE_TABLE_VERSION = 1;

/** A file of user factors, as it was when the build began. */
export interface FactorFile {
  readonly path: string;
  /** Over it and all that it imports. */
  readonly sha256: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** What a table is of; plain data, the same for every symbol and worker. */
export interface TableSpec {
  readonly dataDir: string;
  readonly market: Market;
  readonly frequency: Frequency;
  /** As the user wrote them, inclusive; null for all there is. */
  readonly start: string | null;
  readonly end: string | null;
  /** Rows: bars that start in `[startMs, endMs)`; infinite for all there is. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** Where history that is looked back to begins: the start of a month, or -Infinity. */
  readonly leadInMs: EpochMs;
  /** In the order of the columns. */
  readonly families: readonly WideFamily[];
  /** Those whose sources are read; your factors may need more than the table shows. */
  readonly reads: readonly WideFamily[];
  readonly factors: readonly FactorFile[];
}

/**
 * Rows before a row that its columns look back to: 720 (`volume_clean`) and one, and 168 hours (`returns_168h`); with room
 * for means of 24 rows of what looks a row back.
 */
export function historyRows({ lengthMs }: Frequency): number {
  return Math.max(721, Math.ceil((168 * HOUR_MS) / lengthMs)) + 25;
}

/**
 * Where reading begins for rows from `startMs` on: twice as far back as they look, so that holes of half of it do no harm.
 * @param windows of the user's factors, in rows; null is all that was before
 */
export function leadInStart(
  startMs: EpochMs,
  frequency: Frequency,
  windows: readonly (number | null)[],
): EpochMs {
  // Factors may be made of one another, so that their windows add up.
  const rows = windows.reduce<number>((sum, window) => sum + (window ?? Infinity), historyRows(frequency));
  const from = startMs - 2 * rows * frequency.lengthMs;
  return Number.isFinite(from) ? monthOf(Math.max(0, from)).startMs : -Infinity;
}

/** All of the spec that shapes a cell, for identities. */
export function specFacts(spec: TableSpec): object {
  const { market, frequency, start, end, families, factors } = spec;
  return {
    version: WIDE_TABLE_VERSION,
    market,
    frequency: frequency.label,
    start,
    end,
    families,
    factors: factors.map(({ sha256 }) => sha256),
  };
}
