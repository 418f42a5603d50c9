import { TapemillError } from '../errors.js';
import { MISSING_REASONS, type MissingPeriod } from '../layer/index.js';
import * as shape from '../shape/index.js';
import { MARKETS } from '../market/index.js';
import type { OutsideRows, SourceAccount } from './account.js';
import type { SourceComparison } from './assemble.js';
import {
  SOURCE_SCHEMA_VERSION,
  type SourceMonthFacts,
  type SourceObjectFacts,
  sortSources,
} from './facts.js';
import type { Gap, Gaps } from './gaps.js';
import { SOURCE_TYPES } from './kinds.js';

/** Prefix of every key; others in the footer are left alone. */
const PREFIX = 'tapemill.';

/** The facts as key-value metadata: plain text where one value says it all, JSON for the rest. */
export function factsToKeyValues(facts: SourceMonthFacts): [key: string, value: string][] {
  const { contractSizeUsd, comparison } = facts;
  const entries: [string, string | null][] = [
    ['source_schema_version', String(facts.schemaVersion)],
    ['version', facts.tapemillVersion],
    ['market', facts.market],
    ['data_type', facts.dataType],
    ['interval', facts.interval],
    ['symbol', facts.symbol],
    ['period', facts.period],
    ['contract_size_usd', contractSizeUsd === null ? null : String(contractSizeUsd)],
    ['sources', JSON.stringify(sortSources(facts.sources))],
    ['missing_periods', JSON.stringify(facts.missingPeriods)],
    ['comparison', comparison === null ? null : JSON.stringify(comparison)],
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
): SourceMonthFacts {
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
    const schemaVersion = shape.count(
      Number(plain('source_schema_version')),
      `${PREFIX}source_schema_version`,
    );
    if (schemaVersion !== SOURCE_SCHEMA_VERSION) {
      throw new shape.ShapeError(
        `${PREFIX}source_schema_version`,
        String(SOURCE_SCHEMA_VERSION),
        schemaVersion,
      );
    }
    const contractSize = optional('contract_size_usd');
    return {
      schemaVersion,
      tapemillVersion: plain('version'),
      market: shape.oneOf(MARKETS)(plain('market'), `${PREFIX}market`),
      dataType: shape.oneOf(SOURCE_TYPES)(plain('data_type'), `${PREFIX}data_type`),
      interval: optional('interval'),
      symbol: plain('symbol'),
      period: monthKey(plain('period'), `${PREFIX}period`),
      contractSizeUsd:
        contractSize === null ? null : shape.positive(Number(contractSize), `${PREFIX}contract_size_usd`),
      sources: json('sources', shape.list(source)),
      missingPeriods: json('missing_periods', shape.list(missingPeriod)),
      comparison: optional('comparison') === null ? null : json('comparison', comparison),
    };
  } catch (error) {
    if (!(error instanceof shape.ShapeError || error instanceof SyntaxError)) throw error;
    throw new TapemillError(
      'E_LAYER',
      `${path} is not a month of a source: ${error.message}`,
      { path },
      { cause: error },
    );
  }
}

const monthKey = shape.matching(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month YYYY-MM');
const periodKey = shape.matching(/^\d{4}-\d{2}(-\d{2})?$/, 'YYYY-MM or YYYY-MM-DD');

const outside = shape.nullOr(
  shape.record<OutsideRows>({ rows: shape.count, firstTime: shape.integer, lastTime: shape.integer }),
);

const gaps = shape.nullOr(
  shape.record<Gaps>({
    spans: shape.count,
    missing: shape.count,
    list: shape.list(shape.record<Gap>({ from: shape.integer, to: shape.integer, missing: shape.count })),
  }),
);

const account = shape.record<SourceAccount>({
  rows: shape.count,
  accepted: shape.count,
  duplicate: shape.count,
  contradiction: shape.count,
  outside: shape.count,
  malformed: shape.count,
  repaired: shape.list(
    shape.record<SourceAccount['repaired'][number]>({ repair: shape.text, rows: shape.count }),
  ),
  nulls: shape.list(shape.record<SourceAccount['nulls'][number]>({ column: shape.text, rows: shape.count })),
  outOfOrder: shape.count,
  firstTime: shape.nullOr(shape.integer),
  lastTime: shape.nullOr(shape.integer),
  outsideBefore: outside,
  outsideAfter: outside,
  gaps,
  firstMalformed: shape.nullOr(
    shape.record<NonNullable<SourceAccount['firstMalformed']>>({
      line: shape.count,
      column: shape.text,
      text: shape.text,
    }),
  ),
  header: shape.flag,
  timeUnit: shape.nullOr(shape.oneOf(['ms', 'us', 'iso'] as const)),
});

const source = shape.record<SourceObjectFacts>({
  key: shape.text,
  period: periodKey,
  bytes: shape.count,
  sha256: shape.matching(/^[0-9a-f]{64}$/, '64 hex digits'),
  checksum: shape.oneOf(['verified', 'missing'] as const),
  memberName: shape.text,
  memberBytes: shape.count,
  crc32: shape.count,
  account,
});

const missingPeriod = shape.record<MissingPeriod>(
  { period: periodKey, reason: shape.oneOf(MISSING_REASONS), detail: shape.text },
  ['detail'],
);

const comparison = shape.record<SourceComparison>({
  prefer: shape.nullOr(shape.oneOf(['monthly', 'daily'] as const)),
  days: shape.count,
  rowsCompared: shape.count,
  rowsDiffering: shape.count,
  rowsOnlyMonthly: shape.count,
  rowsOnlyDaily: shape.count,
  rowsTakenFromDaily: shape.count,
  firstTimes: shape.list(shape.integer),
});
