import { MARKETS } from '../market/index.js';
import type { OutsideSpan, RowAccount } from '../ticks/account.js';
import { MINUTE_COLUMNS } from '../ticks/minute-bars.js';
import type { Thresholds } from '../ticks/thresholds.js';
import { type Comparison, type LayerFacts, type SourceFacts } from './facts.js';
import { OBJECT_SHAPE, missingPeriod } from './object-shape.js';
import { LAYER_SCHEMA_VERSION } from './schema.js';
import * as shape from '../shape/index.js';
import { type FooterEntries, readFooter, toKeyValues } from '../shape/index.js';

/**
 * The facts as key-value metadata: plain text where one value says it all, so that
 * `parquet_kv_metadata` of DuckDB and its likes can be filtered on it, JSON for the rest.
 */
export function factsToKeyValues(facts: LayerFacts): [key: string, value: string][] {
  return toKeyValues([
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
  ]);
}

/**
 * Reads the facts back, believing nothing.
 * @throws `E_LAYER` when a key is absent, malformed, or of another schema version
 */
export function factsFromKeyValues(keyValues: FooterEntries, path: string): LayerFacts {
  return readFooter(keyValues, path, 'a month of the layer', (values) => ({
    schemaVersion: values.version('schema_version', LAYER_SCHEMA_VERSION),
    tapemillVersion: values.plain('version'),
    market: values.text('market', shape.oneOf(MARKETS)),
    symbol: values.plain('symbol'),
    period: values.text('period', shape.monthKey),
    thresholds: values.json('thresholds', thresholds),
    contractSizeUsd:
      values.optional('contract_size_usd') === null
        ? null
        : values.number('contract_size_usd', shape.positive),
    sources: values.json('sources', shape.list(source)),
    missingPeriods: values.json('missing_periods', shape.list(missingPeriod)),
    comparison: values.optional('comparison') === null ? null : values.json('comparison', comparison),
    createdAtUtc: values.optional('created_at_utc'),
  }));
}

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

const source = shape.record<SourceFacts>({ ...OBJECT_SHAPE, account });

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
