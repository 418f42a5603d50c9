import type { Market } from '../market/index.js';
import type { RowAccount } from '../ticks/account.js';
import type { MinuteColumn } from '../ticks/minute-bars.js';
import type { Thresholds } from '../ticks/thresholds.js';
import type { EpochMs } from '../time/index.js';

/** An archive object that went into a month file of any kind. */
export interface ObjectSource {
  /** Key below the archive's root, as `objectKey` gives it. */
  readonly key: string;
  /** `2026-04` or `2026-04-13` */
  readonly period: string;
  readonly bytes: number;
  /** Of the ZIP, 64 lower-case hex digits. */
  readonly sha256: string;
  /** `missing`: the archive has no .CHECKSUM for it, so nothing was compared. */
  readonly checksum: ChecksumState;
  readonly memberName: string;
  readonly memberBytes: number;
  /** CRC-32 of the member as an unsigned number. */
  readonly crc32: number;
}

/** One archive object that went into a month. */
export interface SourceFacts extends ObjectSource {
  readonly account: RowAccount;
}

export const CHECKSUM_STATES = ['verified', 'missing'] as const;
export type ChecksumState = (typeof CHECKSUM_STATES)[number];

/** Why a period has no source. The layer itself cannot tell more than that it has none. */
export const MISSING_REASONS = [
  'not listed',
  'before listing',
  'after delisting',
  'failed',
  'not in the layer',
] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

export interface MissingPeriod {
  /** A day or a month. */
  readonly period: string;
  readonly reason: MissingReason;
  /** What failed, for instance the error's code. */
  readonly detail?: string;
}

/** What a comparison of the monthly object with the daily ones found, over the days that both cover. */
export interface Comparison {
  /** Which source the user asked for, or null: the one with more fills, minute by minute. */
  readonly prefer: 'monthly' | 'daily' | null;
  /** Days whose daily object was at hand. */
  readonly days: number;
  /** Minutes that either has on these days. */
  readonly minutesCompared: number;
  /** Of these, minutes not equal in every column, minutes that one lacks included. */
  readonly minutesDiffering: number;
  readonly minutesOnlyMonthly: number;
  readonly minutesOnlyDaily: number;
  /** Differing minutes that were taken from the daily objects. */
  readonly minutesTakenFromDaily: number;
  /** Columns that differ where both have the minute, with the number of minutes, in the order of the layer. */
  readonly columns: readonly { readonly column: MinuteColumn; readonly minutes: number }[];
  /** The first differing minutes, at most `COMPARISON_MINUTES_LISTED`. */
  readonly firstMinutes: readonly EpochMs[];
}

export const COMPARISON_MINUTES_LISTED = 20;

/** Where a month file comes from: what its footer says beside the bars. */
export interface LayerFacts {
  readonly schemaVersion: number;
  readonly tapemillVersion: string;
  readonly market: Market;
  readonly symbol: string;
  /** Month, `2026-04`. */
  readonly period: string;
  readonly thresholds: Thresholds;
  /** US dollars a contract stands for; null but for `cm`. */
  readonly contractSizeUsd: number | null;
  /** Sorted by period, then key. */
  readonly sources: readonly SourceFacts[];
  /** Days of the month that were asked for and have no source. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly comparison: Comparison | null;
  /** ISO 8601, or null. A time in the footer makes every build's bytes different; null keeps them repeatable. */
  readonly createdAtUtc: string | null;
}
