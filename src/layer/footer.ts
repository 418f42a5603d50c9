import { TapemillError } from '../errors.js';
import { MARKETS } from '../market/index.js';
import type { OutsideSpan, RowAccount } from '../ticks/account.js';
import { MINUTE_COLUMNS } from '../ticks/minute-bars.js';
import type { Thresholds } from '../ticks/thresholds.js';
import {
  CHECKSUM_STATES,
  MISSING_REASONS,
  type Comparison,
  type LayerFacts,
  type MissingPeriod,
  type SourceFacts,
} from './facts.js';
import { LAYER_SCHEMA_VERSION } from './schema.js';
import * as shape from '../shape/index.js';

/** Prefix of every key; others in the footer (a rewrite by another tool adds some) are left alone. */
const PREFIX = 'tapemill.';

/**
 * The facts as key-value metadata: plain text where one value says it all, so that
 * `parquet_kv_metadata` of DuckDB and its likes can be filtered on it, JSON for the rest.
 */
export function factsToKeyValues(facts: LayerFacts): [key: string, value: string][] {
  const entries: [string, string | null][] = [
    ['schema_version', String(facts.schemaVersion)],
    ['version', facts.tapemillVersion],
    ['market', facts.market],
    ['symbol', facts.symbol],
    ['period', facts.period],
    ['thresholds', JSON.stringify(facts.thresholds)],
    ['contract_size_usd', facts.contractSizeUsd === null ? null : String(facts.contractSizeUsd)],
    ['sources', JSON.stringify(facts.sources)],
    ['missing_periods', JSON.stringify(facts.missingPeriods)],
    ['comparison', facts.comparison === null ? null : JSON.stringify(facts.comparison)],
    ['created_at_utc', facts.createdAtUtc],
  ];
  return entries.flatMap(([key, value]) => (value === null ? [] : [[PREFIX + key, value]]));
}

/**
 * Reads the facts back, believing nothing.
 * @throws `E_LAYER` when a key is absent, malformed, or of another schema version
 */
export function factsFromKeyValues(
  keyValues: readonly { readonly key: string; readonly value?: string | undefined }[],
  path: string,
): LayerFacts {
  const values = new Map(keyValues.map(({ key, value }) => [key, value]));
  const optional = (key: string): string | null => values.get(PREFIX + key) ?? null;
  const plain = (key: string): string => {
    const value = optional(key);
    if (value === null) throw new shape.ShapeError(PREFIX + key, 'to be in the footer', undefined);
    return value;
  };
  const json = <T>(key: string, reader: shape.Shape<T>): T => reader(JSON.parse(plain(key)), PREFIX + key);
  try {
    // First, because nothing else need be where we look for it when this differs.
    const schemaVersion = shape.count(Number(plain('schema_version')), 'tapemill.schema_version');
    if (schemaVersion !== LAYER_SCHEMA_VERSION) {
      throw new shape.ShapeError('tapemill.schema_version', String(LAYER_SCHEMA_VERSION), schemaVersion);
    }
    const contractSizeUsd = optional('contract_size_usd');
    return {
      schemaVersion,
      tapemillVersion: plain('version'),
      market: shape.oneOf(MARKETS)(plain('market'), 'tapemill.market'),
      symbol: plain('symbol'),
      period: monthKey(plain('period'), 'tapemill.period'),
      thresholds: json('thresholds', thresholds),
      contractSizeUsd:
        contractSizeUsd === null
          ? null
          : shape.positive(Number(contractSizeUsd), 'tapemill.contract_size_usd'),
      sources: json('sources', shape.list(source)),
      missingPeriods: json('missing_periods', shape.list(missingPeriod)),
      comparison: optional('comparison') === null ? null : json('comparison', comparison),
      createdAtUtc: optional('created_at_utc'),
    };
  } catch (error) {
    if (!(error instanceof shape.ShapeError || error instanceof SyntaxError)) throw error;
    throw new TapemillError(
      'E_LAYER',
      `${path} is not a month of the layer: ${error.message}`,
      { path },
      { cause: error },
    );
  }
}

const monthKey = shape.matching(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month YYYY-MM');
const periodKey = shape.matching(/^\d{4}-\d{2}(-\d{2})?$/, 'YYYY-MM or YYYY-MM-DD');

const thresholds = shape.record<Thresholds>({ whaleUsd: shape.notNegative, retailUsd: shape.notNegative });

const outside = shape.nullOr(
  shape.record<OutsideSpan>({ rows: shape.count, firstTs: shape.integer, lastTs: shape.integer }),
);

const idRange: shape.Shape<readonly [number, number]> = (value, place) => {
  const [from, to, ...rest] = shape.list(shape.integer)(value, place);
  if (from === undefined || to === undefined || rest.length > 0)
    throw new shape.ShapeError(place, '[from, to]', value);
  return [from, to];
};

const account = shape.record<RowAccount>({
  rows: shape.count,
  accepted: shape.count,
  duplicate: shape.count,
  sentinel: shape.count,
  outside: shape.count,
  malformed: shape.count,
  zeroQuantity: shape.count,
  outOfOrder: shape.count,
  conflictingIds: shape.count,
  firstAggId: shape.nullOr(shape.integer),
  lastAggId: shape.nullOr(shape.integer),
  firstTs: shape.nullOr(shape.integer),
  lastTs: shape.nullOr(shape.integer),
  missingAggIds: shape.count,
  missingAggIdRanges: shape.count,
  missingAggIdList: shape.list(idRange),
  tradeIdGaps: shape.count,
  outsideBefore: outside,
  outsideAfter: outside,
  firstMalformed: shape.nullOr(
    shape.record<{ line: number; text: string }>({ line: shape.count, text: shape.text }),
  ),
  header: shape.flag,
  timeUnit: shape.nullOr(shape.oneOf(['ms', 'us', 'iso'] as const)),
});

const source = shape.record<SourceFacts>({
  key: shape.text,
  period: periodKey,
  bytes: shape.count,
  sha256: shape.matching(/^[0-9a-f]{64}$/, '64 hex digits'),
  checksum: shape.oneOf(CHECKSUM_STATES),
  memberName: shape.text,
  memberBytes: shape.count,
  crc32: shape.count,
  account,
});

const missingPeriod = shape.record<MissingPeriod>(
  { period: periodKey, reason: shape.oneOf(MISSING_REASONS), detail: shape.text },
  ['detail'],
);

const comparison = shape.record<Comparison>({
  prefer: shape.nullOr(shape.oneOf(['monthly', 'daily'] as const)),
  days: shape.count,
  minutesCompared: shape.count,
  minutesDiffering: shape.count,
  minutesOnlyMonthly: shape.count,
  minutesOnlyDaily: shape.count,
  minutesTakenFromDaily: shape.count,
  columns: shape.list(
    shape.record<Comparison['columns'][number]>({
      column: shape.oneOf(MINUTE_COLUMNS),
      minutes: shape.count,
    }),
  ),
  firstMinutes: shape.list(shape.integer),
});
