import type { MissingPeriod } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { FileFacts } from '../outputs/index.js';
import type { SourceType } from './kind.js';

/** Version of the CSV files: their columns and how rows are chosen. Files of another version are written anew. */
export const SOURCE_CSV_VERSION = 1;

/** `….csv.meta.json`, names as on disk; up to `created_at_utc` the members are those of the seed pipeline. */
export interface SourceMeta {
  /** `partial` when a period that the exchange traded is missing. */
  readonly status: 'ok' | 'partial';
  readonly symbol: string;
  readonly data_type: SourceType;
  readonly market: Market;
  /** Of klines, `1h` …; null for the other types. */
  readonly interval: string | null;
  /** As the user wrote them, inclusive; null for all there is. */
  readonly requested_start: string | null;
  readonly requested_end: string | null;
  /** First and last `datetime`, printed as in the CSV; null when there is no row, as in a month without liquidations. */
  readonly min_ts: string | null;
  readonly max_ts: string | null;
  readonly rows: number;
  readonly created_at_utc: string;
  readonly missing_periods: readonly MissingPeriod[];
  readonly sources: readonly {
    readonly object: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly checksum: 'verified' | 'missing';
  }[];
  /** Null but for klines of `cm`. */
  readonly contract_size_usd: number | null;
  /** Sums over the accounts of the sources. */
  readonly row_account: {
    readonly rows: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly contradiction: number;
    readonly outside: number;
    readonly malformed: number;
    readonly missing: number;
  };
  readonly schema_version: number;
  readonly tapemill_version: string;
  /** SHA-256 of the facts of the months that were read: changes with anything that shaped them. */
  readonly layer_sha256: string;
  readonly files: { readonly csv: FileFacts };
}

/** What the rows are made from: two runs with equal identities give equal files. */
export type SourceIdentity = Pick<
  SourceMeta,
  | 'schema_version'
  | 'symbol'
  | 'data_type'
  | 'market'
  | 'interval'
  | 'requested_start'
  | 'requested_end'
  | 'contract_size_usd'
  | 'sources'
  | 'missing_periods'
  | 'layer_sha256'
>;

/** In the order in which a difference is worth telling. */
const IDENTITY: readonly (readonly [keyof SourceIdentity, string])[] = [
  ['schema_version', 'the schema version changed'],
  ['symbol', 'the symbol changed'],
  ['data_type', 'the data type changed'],
  ['market', 'the market changed'],
  ['interval', 'the interval changed'],
  ['requested_start', 'the requested range changed'],
  ['requested_end', 'the requested range changed'],
  ['contract_size_usd', 'the contract size changed'],
  ['sources', 'the source objects changed'],
  ['missing_periods', 'the missing periods changed'],
  ['layer_sha256', 'the stored months changed'],
];

/** Why a file with the meta data `existing` does not answer a request, in words, or null when it does. Believes nothing. */
export function whySourceStale(existing: unknown, wanted: SourceIdentity): string | null {
  if (typeof existing !== 'object' || existing === null) return 'the meta file is not ours';
  const found = new Map<string, unknown>(Object.entries(existing));
  for (const [member, reason] of IDENTITY) {
    if (JSON.stringify(found.get(member)) !== JSON.stringify(wanted[member])) return reason;
  }
  return null;
}
