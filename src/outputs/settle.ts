import { rollUp } from '../bars/index.js';
import { TapemillError } from '../errors.js';
import { ORDER_FLOW_FACTORS, orderFlowFactors } from '../factors/index.js';
import {
  type FactorPaths,
  type MissingPeriod,
  type Publish,
  factorPaths,
  readMonth,
  sliceToSpan,
} from '../layer/index.js';
import type { Market } from '../market/index.js';
import { type DateRange, type EpochMs, type Frequency, formatIso, formatUtcSeconds } from '../time/index.js';
import { csvHeader, csvRows } from './csv.js';
import { readJson, whyLost } from './existing.js';
import { FactorParquet } from './factor-parquet.js';
import { findHoles, isPartial } from './holes.js';
import {
  type FactsReader,
  type MonthWithFacts,
  layerDigest,
  sourcesInRange,
  viewLayer,
} from './layer-view.js';
import { FACTOR_SCHEMA_VERSION, type FactorIdentity, type FactorMeta, whyStale } from './meta.js';
import { writeTableFiles } from './table-files.js';

export interface SettleRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly frequency: Frequency;
  /** Null: all that the layer has. */
  readonly range: DateRange | null;
  /** Gaps that the planner knows of, with the reason. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly tapemillVersion: string;
  /** ISO 8601; now, if absent. */
  readonly createdAtUtc?: string;
  /** How the files get their final names; at once, if absent. */
  readonly publish?: Publish;
  /** Reads the facts of a month file; from its footer, if absent. */
  readonly readFacts?: FactsReader;
}

export interface Settled {
  readonly status: 'written' | 'unchanged';
  /** Why the files were written, in words; null when they were not. */
  readonly reason: string | null;
  readonly rows: number;
  readonly paths: FactorPaths;
  readonly meta: FactorMeta;
}

/**
 * Brings the factor files of one symbol and frequency up to date with the minute layer: CSV, Parquet, and the
 * meta file last. Does nothing when the meta file says that they are already made of just this.
 *
 * Months are read one at a time: every frequency divides a day, so no bar straddles two. In memory are one month
 * of minutes and one row group of bars.
 * @throws `E_NO_LAYER` when the layer has no bar in the range; `E_LAYER`, `E_IO`, `E_DISK_FULL`, what `publish`
 *   throws, with the old files untouched
 */
export async function settleFactors(request: SettleRequest): Promise<Settled> {
  const state = await examine(request);
  const { paths, months, identity, reason } = state;
  if (reason === null) return unchanged(state);
  const meta = await writeTables(paths, months, request, identity);
  return { status: 'written', reason, rows: meta.rows, paths, meta };
}

/** What `settleFactors` would answer if it has nothing to write, else null. Reads no bar. @throws as it does */
export async function findSettled(request: SettleRequest): Promise<Settled | null> {
  const state = await examine(request);
  return state.reason === null ? unchanged(state) : null;
}

interface FactorState {
  readonly paths: FactorPaths;
  readonly months: readonly [MonthWithFacts, ...MonthWithFacts[]];
  readonly identity: FactorIdentity;
  readonly existing: unknown;
  /** Why the files must be written, in words; null when they are what they should be. */
  readonly reason: string | null;
}

async function examine(request: SettleRequest): Promise<FactorState> {
  const { dataDir, market, symbol, frequency, range, readFacts } = request;
  const paths = factorPaths(dataDir, market, symbol, frequency.label);
  const months = await viewLayer(dataDir, market, symbol, range, readFacts);
  const identity = identify(request, months);
  const existing = await readJson(paths.meta);
  const reason =
    existing === undefined ? 'new' : (whyStale(existing, identity) ?? (await whyLost(paths, existing)));
  return { paths, months, identity, existing, reason };
}

function unchanged({ paths, existing }: FactorState): Settled {
  const meta = existing as FactorMeta; // equal to the identity, and made by us as far as it was compared
  return { status: 'unchanged', reason: null, rows: meta.rows, paths, meta };
}

function identify(
  request: SettleRequest,
  months: readonly [MonthWithFacts, ...MonthWithFacts[]],
): FactorIdentity {
  const { market, symbol, frequency, range } = request;
  const sources = sourcesInRange(months, range);
  const known = [...request.missingPeriods, ...months.flatMap((month) => month.facts.missingPeriods)];
  const { thresholds, contractSizeUsd } = months[0].facts;
  return {
    schema_version: FACTOR_SCHEMA_VERSION,
    symbol,
    market,
    interval: frequency.label === '1h' ? null : frequency.label,
    requested_start: range?.start ?? null,
    requested_end: range?.end ?? null,
    thresholds: { whale_usd: thresholds.whaleUsd, retail_usd: thresholds.retailUsd },
    contract_size_usd: contractSizeUsd,
    sources: sources.map(({ facts }) => ({
      object: facts.key,
      sha256: facts.sha256,
      bytes: facts.bytes,
      checksum: facts.checksum,
    })),
    missing_periods: findHoles(
      sources.map(({ period }) => period),
      known,
      range,
    ),
    layer_sha256: layerDigest(months),
  };
}

async function writeTables(
  paths: FactorPaths,
  months: readonly MonthWithFacts[],
  request: SettleRequest,
  identity: FactorIdentity,
): Promise<FactorMeta> {
  return writeTableFiles(paths, request.publish, async (csv, parquet) => {
    const encoder = new FactorParquet([
      ['tapemill.factor_schema_version', String(FACTOR_SCHEMA_VERSION)],
      ['tapemill.market', identity.market],
      ['tapemill.symbol', identity.symbol],
      ['tapemill.frequency', request.frequency.label],
      ['tapemill.thresholds', JSON.stringify(identity.thresholds)],
    ]);
    let rows = 0;
    let firstMinute = NaN;
    let lastMinute = NaN;
    await csv.write(Buffer.from(csvHeader(ORDER_FLOW_FACTORS)));
    for (const { path } of months) {
      const { bars } = await readMonth(path);
      const table = orderFlowFactors(
        rollUp(request.range ? sliceToSpan(bars, request.range) : bars, request.frequency),
      );
      if (table.length === 0) continue;
      if (rows === 0) firstMinute = table.minute[0]!;
      lastMinute = table.minute[table.length - 1]!;
      rows += table.length;
      await csv.write(Buffer.from(csvRows(table)));
      await parquet.write(encoder.append(table));
    }
    if (rows === 0) {
      throw new TapemillError('E_NO_LAYER', `the minute layer has no bar of ${request.symbol} in the range`, {
        path: request.dataDir,
      });
    }
    await parquet.write(encoder.finish());
    return (files) => describe(request, identity, { rows, firstMinute, lastMinute, files });
  });
}

interface Written {
  readonly rows: number;
  readonly firstMinute: EpochMs;
  readonly lastMinute: EpochMs;
  readonly files: FactorMeta['files'];
}

function describe(request: SettleRequest, identity: FactorIdentity, written: Written): FactorMeta {
  return {
    status: isPartial(identity.missing_periods) ? 'partial' : 'ok',
    symbol: identity.symbol,
    data_type: 'aggTrades',
    market: identity.market,
    interval: identity.interval,
    requested_start: identity.requested_start,
    requested_end: identity.requested_end,
    min_ts: formatUtcSeconds(written.firstMinute),
    max_ts: formatUtcSeconds(written.lastMinute),
    rows: written.rows,
    created_at_utc: request.createdAtUtc ?? formatIso(Date.now()),
    missing_periods: identity.missing_periods,
    sources: identity.sources,
    thresholds: identity.thresholds,
    contract_size_usd: identity.contract_size_usd,
    schema_version: identity.schema_version,
    tapemill_version: request.tapemillVersion,
    layer_sha256: identity.layer_sha256,
    files: written.files,
  };
}
