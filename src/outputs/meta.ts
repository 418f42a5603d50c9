import type { MissingPeriod, WrittenFile } from '../layer/index.js';
import type { Market } from '../market/index.js';
import { whyDifferent } from './existing.js';

/** Version of the factor table: its columns and their formulas. Files of another version are written anew. */
export const FACTOR_SCHEMA_VERSION = 1;

/**
 * `{SYMBOL}_aggTrades.csv.meta.json`, names as on disk. Up to `created_at_utc` the members are those of the seed
 * pipeline.
 */
export interface FactorMeta {
  /** `partial` when a period that the exchange traded is missing. */
  readonly status: 'ok' | 'partial';
  readonly symbol: string;
  readonly data_type: 'aggTrades';
  readonly market: Market;
  /** Null for 1h, otherwise `5m`, `4h` … */
  readonly interval: string | null;
  /** As the user wrote them, inclusive; null for all there is. */
  readonly requested_start: string | null;
  readonly requested_end: string | null;
  /** Starts of the first and last bar, printed as in the CSV. */
  readonly min_ts: string;
  readonly max_ts: string;
  readonly rows: number;
  readonly created_at_utc: string;
  readonly missing_periods: readonly MissingPeriod[];
  readonly sources: readonly FactorSource[];
  readonly thresholds: { readonly whale_usd: number; readonly retail_usd: number };
  /** Null but for `cm`. */
  readonly contract_size_usd: number | null;
  readonly schema_version: number;
  readonly tapemill_version: string;
  /** SHA-256 of the facts of the months that were read: changes with anything that shaped them. */
  readonly layer_sha256: string;
  readonly files: { readonly csv: FileFacts; readonly parquet: FileFacts };
}

/** An archive object that lies, at least in part, in the range. */
export interface FactorSource {
  readonly object: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly checksum: 'verified' | 'missing';
}

export interface FileFacts extends WrittenFile {
  readonly name: string;
}

/** What the bars are made from: two runs with equal identities give equal files. */
export type FactorIdentity = Pick<
  FactorMeta,
  | 'schema_version'
  | 'symbol'
  | 'market'
  | 'interval'
  | 'requested_start'
  | 'requested_end'
  | 'thresholds'
  | 'contract_size_usd'
  | 'sources'
  | 'missing_periods'
  | 'layer_sha256'
>;

/** In the order in which a difference is worth telling. */
const IDENTITY: readonly (readonly [keyof FactorIdentity, string])[] = [
  ['schema_version', 'the schema version changed'],
  ['symbol', 'the symbol changed'],
  ['market', 'the market changed'],
  ['interval', 'the frequency changed'],
  ['requested_start', 'the requested range changed'],
  ['requested_end', 'the requested range changed'],
  ['thresholds', 'the thresholds changed'],
  ['contract_size_usd', 'the contract size changed'],
  ['sources', 'the source objects changed'],
  ['missing_periods', 'the missing periods changed'],
  ['layer_sha256', 'the minute layer changed'],
];

/** Why files with the meta data `existing` do not answer a request, in words, or null when they do. */
export function whyStale(existing: unknown, wanted: FactorIdentity): string | null {
  return whyDifferent(existing, wanted, IDENTITY);
}
