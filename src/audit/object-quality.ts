import { type KnownDefect, describeDefect, knownDefectsOf } from '../archive/index.js';
import type { SourceFacts } from '../layer/index.js';
import { type DataType, type Market, parseObjectKey } from '../market/index.js';
import type { SourceObjectFacts } from '../sources/index.js';
import { parsePeriod } from '../time/index.js';
import type { TableRow } from './table-file.js';

/** A row of the objects table for an object of ticks. */
export function tickObjectRow(
  market: Market,
  symbol: string,
  { account, ...source }: SourceFacts,
  registry: readonly KnownDefect[],
): TableRow {
  return {
    ...common(market, symbol, 'aggTrades', null, source, registry),
    rows: account.rows,
    accepted: account.accepted,
    duplicate: account.duplicate,
    outside: account.outside,
    malformed: account.malformed,
    sentinel: account.sentinel,
    zero_quantity: account.zeroQuantity,
    out_of_order: account.outOfOrder,
    conflicting_ids: account.conflictingIds,
    missing_agg_ids: account.missingAggIds,
    trade_id_gaps: account.tradeIdGaps,
    contradiction: null,
    missing_rows: null,
    first_time: account.firstTs === null ? null : Math.floor(account.firstTs / 1000),
    last_time: account.lastTs === null ? null : Math.floor(account.lastTs / 1000),
  };
}

/** The same for an object of another source. */
export function sourceObjectRow(
  { market, symbol, dataType, interval }: SourceOf,
  { account, ...source }: SourceObjectFacts,
  registry: readonly KnownDefect[],
): TableRow {
  return {
    ...common(market, symbol, dataType, interval, source, registry),
    rows: account.rows,
    accepted: account.accepted,
    duplicate: account.duplicate,
    outside: account.outside,
    malformed: account.malformed,
    sentinel: null,
    zero_quantity: null,
    out_of_order: account.outOfOrder,
    conflicting_ids: null,
    missing_agg_ids: null,
    trade_id_gaps: null,
    contradiction: account.contradiction,
    missing_rows: account.gaps?.missing ?? null,
    first_time: account.firstTime,
    last_time: account.lastTime,
  };
}

export interface SourceOf {
  readonly market: Market;
  readonly symbol: string;
  readonly dataType: DataType;
  readonly interval: string | null;
}

/** Rows that are no plain accepted row, over all ways to be one: by this the worst objects are found. */
export function blemishes(row: TableRow): number {
  const names = [
    ...['duplicate', 'outside', 'malformed', 'sentinel', 'zero_quantity', 'conflicting_ids'],
    ...['missing_agg_ids', 'contradiction', 'missing_rows'],
  ];
  return names.reduce((sum, name) => sum + Number(row[name] ?? 0), row['checksum'] === 'missing' ? 1 : 0);
}

function common(
  market: Market,
  symbol: string,
  dataType: DataType,
  interval: string | null,
  source: Omit<SourceFacts | SourceObjectFacts, 'account'>,
  registry: readonly KnownDefect[],
): Record<string, string | number | null> {
  const { key, period, bytes, sha256, checksum } = source;
  const { startMs, endMs } = parsePeriod(period);
  const cadence = parseObjectKey(key).period.kind === 'month' ? ('monthly' as const) : ('daily' as const);
  const [known] = knownDefectsOf({ market, dataType, symbol, startMs, endMs, cadence }, registry);
  return {
    ...{ market, symbol, data_type: dataType, interval, period, key, bytes, sha256, checksum },
    known_defect: known ? describeDefect(known) : null,
  };
}
