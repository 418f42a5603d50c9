import type { Coverage } from '../../factors/index.js';
import type { Market } from '../../market/index.js';
import { DAY_MS, type EpochMs, dayPeriod } from '../../time/index.js';
import { whyDifferent } from '../existing.js';
import { type Hole, collapseDays } from '../holes.js';
import type { FileFacts } from '../meta.js';
import type { Origin } from './origins.js';
import type { LiquidationParameters } from './plan.js';

/** Version of the files: how rows are chosen and columns are laid out. Files of another version are written anew. */
export const LIQUIDATION_SCHEMA_VERSION = 1;

/** `no source`: nothing covers the day. `covered in part`: something covers a part of it. */
export type LiquidationHole = Hole<'no source' | 'covered in part'>;

/** `{SYMBOL}_liquidations.csv.meta.json`, names as on disk; up to `created_at_utc` as of the order-flow files. */
export interface LiquidationMeta {
  /** `partial` when a day between the first and the last, or of the requested range, is not wholly covered. */
  readonly status: 'ok' | 'partial';
  readonly symbol: string;
  readonly data_type: 'liquidations';
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
  readonly missing_periods: readonly LiquidationHole[];
  readonly sources: readonly {
    readonly origin: Origin;
    readonly object: string;
    readonly sha256: string;
    readonly bytes: number;
  }[];
  readonly parameters: LiquidationParameters;
  /** Bars that are wholly covered, and those of them that are lower bounds at least in part. */
  readonly covered_rows: number;
  readonly lower_bound_rows: number;
  /** Events in the rows by their origin, and those of other origins that were left out on days that two have. */
  readonly events: {
    readonly taken: Readonly<Partial<Record<Origin, number>>>;
    readonly set_aside: number;
  };
  /** Days whose closes and volumes come from `minute layer`, `klines 1h` …; empty: from nowhere, they are null. */
  readonly traded_days: Readonly<Record<string, number>>;
  /** SHA-256 of the facts of the months that closes and volumes were read from. */
  readonly traded_sha256: string;
  readonly formulas_version: number;
  readonly schema_version: number;
  readonly tapemill_version: string;
  readonly files: { readonly csv: FileFacts; readonly parquet: FileFacts };
}

/** What the rows are made from: two runs with equal identities give equal files. */
export type LiquidationIdentity = Pick<
  LiquidationMeta,
  | 'schema_version'
  | 'formulas_version'
  | 'symbol'
  | 'market'
  | 'interval'
  | 'requested_start'
  | 'requested_end'
  | 'parameters'
  | 'sources'
  | 'missing_periods'
  | 'traded_days'
  | 'traded_sha256'
>;

/** In the order in which a difference is worth telling. */
const IDENTITY: readonly (readonly [keyof LiquidationIdentity, string])[] = [
  ['schema_version', 'the schema version changed'],
  ['formulas_version', 'the formulas changed'],
  ['symbol', 'the symbol changed'],
  ['market', 'the market changed'],
  ['interval', 'the frequency changed'],
  ['requested_start', 'the requested range changed'],
  ['requested_end', 'the requested range changed'],
  ['parameters', 'the parameters changed'],
  ['sources', 'the sources of liquidations changed'],
  ['missing_periods', 'the missing periods changed'],
  ['traded_days', 'the minute layer or the klines changed'],
  ['traded_sha256', 'the minute layer or the klines changed'],
];

/** Why files with the meta data `existing` do not answer a request, in words, or null when they do. */
export function whyStale(existing: unknown, wanted: LiquidationIdentity): string | null {
  return whyDifferent(existing, wanted, IDENTITY);
}

/** Days that share an instant with `[startMs, endMs)` and are not wholly covered, whole months as months. */
export function findHoles(coverage: Coverage, startMs: EpochMs, endMs: EpochMs): LiquidationHole[] {
  const holes: [EpochMs, LiquidationHole][] = [];
  let span = 0;
  for (let { startMs: day } = dayPeriod(startMs); day < endMs; day += DAY_MS) {
    const [from, to] = [day * 1000, (day + DAY_MS) * 1000];
    while (span < coverage.length && coverage.endUs[span]! <= from) span++;
    let knownUs = 0;
    for (let next = span; next < coverage.length && coverage.startUs[next]! < to; next++) {
      knownUs += Math.min(to, coverage.endUs[next]!) - Math.max(from, coverage.startUs[next]!);
    }
    if (knownUs === to - from) continue;
    holes.push([day, { period: '', reason: knownUs === 0 ? 'no source' : 'covered in part' }]);
  }
  return collapseDays(holes);
}
