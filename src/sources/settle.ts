import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import { AtomicFile, type MissingPeriod, type Publish, atomicWriteFile } from '../layer/index.js';
import { findHoles, isPartial } from '../outputs/index.js';
import { type DateRange, formatIso, parsePeriod } from '../time/index.js';
import { SourceCsv } from './csv.js';
import type { SourceSeries } from './kind.js';
import { SOURCE_KINDS, type SeriesRequest, describeSeries, sourceSeries } from './kinds.js';
import { SOURCE_CSV_VERSION, type SourceIdentity, type SourceMeta, whySourceStale } from './meta.js';
import { type SourceCsvPaths, sourceCsvPaths } from './paths.js';
import { type SourceFactsReader, type SourceMonthFile, readSourceRows, viewSource } from './read-rows.js';

export interface SettleSourceRequest extends SeriesRequest {
  readonly dataDir: string;
  /** Null: all that is stored. */
  readonly range: DateRange | null;
  /** Gaps that the planner knows of, with the reason. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly tapemillVersion: string;
  /** ISO 8601; now, if absent. */
  readonly createdAtUtc?: string;
  /** Called for each of the two files, the CSV and its meta file. */
  readonly publish?: Publish;
  /** Reads the facts of a month file; from its footer, if absent. */
  readonly readFacts?: SourceFactsReader;
  readonly signal?: AbortSignal;
}

export interface SettledSource {
  readonly status: 'written' | 'unchanged';
  /** Why the files were written, in words; null when they were not. */
  readonly reason: string | null;
  readonly rows: number;
  readonly paths: SourceCsvPaths;
  readonly meta: SourceMeta;
}

/**
 * Brings the CSV of one series up to date with its stored months, and the meta file last. Does nothing when the meta
 * file says that it is already made of just this. One month is in memory at a time.
 * @throws `E_USAGE`, `E_SYMBOL`; `E_NO_LAYER` when no row lies in the range; `E_LAYER`, `E_IO`, `E_DISK_FULL`, or what
 *   `publish` throws, with the old files untouched
 */
export async function settleSource(request: SettleSourceRequest): Promise<SettledSource> {
  const state = await examine(request);
  const { series, paths, months, identity, reason } = state;
  if (reason === null) return unchanged(state);
  const { rows, first, last, file } = await writeCsv(paths, months, series, request);
  const meta: SourceMeta = {
    status: isPartial(identity.missing_periods) ? 'partial' : 'ok',
    symbol: series.symbol,
    data_type: series.dataType,
    market: series.market,
    interval: identity.interval,
    requested_start: identity.requested_start,
    requested_end: identity.requested_end,
    min_ts: first === '' ? null : first,
    max_ts: last === '' ? null : last,
    rows,
    created_at_utc: request.createdAtUtc ?? formatIso(Date.now()),
    missing_periods: identity.missing_periods,
    sources: identity.sources,
    contract_size_usd: identity.contract_size_usd,
    row_account: sumAccounts(months),
    schema_version: identity.schema_version,
    tapemill_version: request.tapemillVersion,
    layer_sha256: identity.layer_sha256,
    files: { csv: file },
  };
  await atomicWriteFile(paths.meta, Buffer.from(`${JSON.stringify(meta, null, 2)}\n`), request.publish);
  return { status: 'written', reason, rows, paths, meta };
}

/** What `settleSource` would answer if it has nothing to write, else null. Reads no row. @throws as it does */
export async function findSettledSource(request: SettleSourceRequest): Promise<SettledSource | null> {
  const state = await examine(request);
  return state.reason === null ? unchanged(state) : null;
}

interface CsvState {
  readonly series: SourceSeries;
  readonly paths: SourceCsvPaths;
  readonly months: readonly SourceMonthFile[];
  readonly identity: SourceIdentity;
  readonly existing: unknown;
  /** Why the files must be written, in words; null when they are what they should be. */
  readonly reason: string | null;
}

async function examine(request: SettleSourceRequest): Promise<CsvState> {
  const series = sourceSeries(request);
  const paths = sourceCsvPaths(request.dataDir, series);
  const reach = reachOf(request, series);
  const months = await viewSource(request.dataDir, series, reach, request.readFacts);
  const identity = identify(request, series, months);
  const existing = await readJson(paths.meta);
  const reason =
    existing === undefined
      ? 'new'
      : (whySourceStale(existing, identity) ?? (await whyLost(paths.csv, existing)));
  return { series, paths, months, identity, existing, reason };
}

function unchanged({ paths, existing }: CsvState): SettledSource {
  const meta = existing as SourceMeta; // equal to the identity, and made by us as far as it was compared
  return { status: 'unchanged', reason: null, rows: meta.rows, paths, meta };
}

/** A value that becomes known as the range ends belongs to its last hour, and may be stored in the month after it. */
function reachOf(
  { range }: SettleSourceRequest,
  { dataType }: SourceSeries,
): Pick<DateRange, 'startMs' | 'endMs'> | null {
  if (range === null || SOURCE_KINDS[dataType].csvRows !== 'hourly') return range;
  return { startMs: range.startMs, endMs: range.endMs + 1 };
}

function identify(
  { range, missingPeriods }: SettleSourceRequest,
  { symbol, dataType, market, interval }: SourceSeries,
  months: readonly SourceMonthFile[],
): SourceIdentity {
  const sources = months
    .flatMap((month) => month.facts.sources)
    .filter(({ period }) => {
      const { startMs, endMs } = parsePeriod(period);
      return range === null || (startMs < range.endMs && endMs > range.startMs);
    });
  const known = [...missingPeriods, ...months.flatMap((month) => month.facts.missingPeriods)];
  const periods = sources.map(({ period }) => parsePeriod(period));
  return {
    schema_version: SOURCE_CSV_VERSION,
    symbol,
    data_type: dataType,
    market,
    interval: interval?.label ?? null,
    requested_start: range?.start ?? null,
    requested_end: range?.end ?? null,
    contract_size_usd: months[0]?.facts.contractSizeUsd ?? null,
    sources: sources.map(({ key, sha256, bytes, checksum }) => ({ object: key, sha256, bytes, checksum })),
    missing_periods: findHoles(periods, known, range),
    layer_sha256: digest(months),
  };
}

/** Over all facts but those that change without changing a row. */
function digest(months: readonly SourceMonthFile[]): string {
  const hash = createHash('sha256');
  for (const { facts } of months) hash.update(JSON.stringify({ ...facts, tapemillVersion: null }));
  return hash.digest('hex');
}

function sumAccounts(months: readonly SourceMonthFile[]): SourceMeta['row_account'] {
  const accounts = months.flatMap(({ facts }) => facts.sources.map(({ account }) => account));
  const sum = (name: 'rows' | 'accepted' | 'duplicate' | 'contradiction' | 'outside' | 'malformed'): number =>
    accounts.reduce((total, account) => total + account[name], 0);
  return {
    rows: sum('rows'),
    accepted: sum('accepted'),
    duplicate: sum('duplicate'),
    contradiction: sum('contradiction'),
    outside: sum('outside'),
    malformed: sum('malformed'),
    missing: accounts.reduce((total, { gaps }) => total + (gaps?.missing ?? 0), 0),
  };
}

/** Content of a JSON file; undefined when there is none or it is not JSON. @throws `E_IO` */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT')) return undefined;
    throw fromSystemError(error, 'reading', path);
  }
}

/** Whether the CSV is still the one that the meta file speaks of, by its size. */
async function whyLost(csv: string, existing: unknown): Promise<string | null> {
  const recorded = existing as { files?: { csv?: { bytes?: unknown } } };
  const size = (await stat(csv).catch(() => undefined))?.size;
  if (size === undefined) return `${basename(csv)} is gone`;
  return size === recorded.files?.csv?.bytes ? null : `${basename(csv)} has another size than recorded`;
}

async function writeCsv(
  paths: SourceCsvPaths,
  months: readonly SourceMonthFile[],
  series: SourceSeries,
  {
    range,
    signal,
    publish = (rename) => {
      rename();
    },
  }: SettleSourceRequest,
): Promise<{ rows: number; first: string; last: string; file: SourceMeta['files']['csv'] }> {
  const kind = SOURCE_KINDS[series.dataType];
  const schema = kind.schema(series.market);
  const isEvent = schema.sameWhen === 'row';
  const csv = new SourceCsv(kind, schema, range);
  const file = await AtomicFile.create(paths.csv);
  const total = { rows: 0, first: '', last: '' };
  try {
    const write = async ({ text, rows, first, last }: ReturnType<SourceCsv['finish']>): Promise<void> => {
      if (rows === 0) return;
      if (total.rows === 0) total.first = first;
      total.last = last;
      total.rows += rows;
      await file.write(Buffer.from(text));
    };
    await file.write(Buffer.from(csv.header));
    for await (const { table, facts } of readSourceRows(months, signal)) {
      await write(csv.append(table, parsePeriod(facts.period).endMs));
    }
    await write(csv.finish());
    // A month without liquidations says something; one without klines is not there.
    if (months.length === 0 || (total.rows === 0 && !isEvent)) {
      const span = range === null ? '' : ` from ${range.start} to ${range.end}`;
      throw new TapemillError('E_NO_LAYER', `nothing is stored of ${describeSeries(series)}${span}`, {
        path: paths.csv,
      });
    }
    signal?.throwIfAborted();
  } catch (error) {
    await file.abort();
    throw fromSystemError(error, 'writing', paths.csv);
  }
  const written = await file.commit((rename) => {
    publish(() => {
      // From here until the new meta file is there, the CSV is nobody's: a crash must not leave the old one.
      rmSync(paths.meta, { force: true });
      rename();
    });
  });
  return { ...total, file: { name: basename(paths.csv), ...written } };
}
