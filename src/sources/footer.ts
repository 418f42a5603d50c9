import { OBJECT_SHAPE, missingPeriod } from '../layer/index.js';
import * as shape from '../shape/index.js';
import { type FooterEntries, readFooter, toKeyValues } from '../shape/index.js';
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

/** The facts as key-value metadata: plain text where one value says it all, JSON for the rest. */
export function factsToKeyValues(facts: SourceMonthFacts): [key: string, value: string][] {
  const { contractSizeUsd, comparison } = facts;
  return toKeyValues([
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
  ]);
}

/**
 * Reads the facts back, believing nothing.
 * @throws `E_LAYER` when a key is absent, malformed, or of another schema version
 */
export function factsFromKeyValues(keyValues: FooterEntries, path: string): SourceMonthFacts {
  return readFooter(keyValues, path, 'a month of a source', (values) => ({
    schemaVersion: values.version('source_schema_version', SOURCE_SCHEMA_VERSION),
    tapemillVersion: values.plain('version'),
    market: values.text('market', shape.oneOf(MARKETS)),
    dataType: values.text('data_type', shape.oneOf(SOURCE_TYPES)),
    interval: values.optional('interval'),
    symbol: values.plain('symbol'),
    period: values.text('period', shape.monthKey),
    contractSizeUsd:
      values.optional('contract_size_usd') === null
        ? null
        : values.number('contract_size_usd', shape.positive),
    sources: values.json('sources', shape.list(source)),
    missingPeriods: values.json('missing_periods', shape.list(missingPeriod)),
    comparison: values.optional('comparison') === null ? null : values.json('comparison', comparison),
  }));
}

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

const source = shape.record<SourceObjectFacts>({ ...OBJECT_SHAPE, account });

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
