import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type ArchiveObject, openObject } from '../../src/archive/index.js';
import { type ErrorCode, TapemillError } from '../../src/errors.js';
import { type ObjectName, objectKey, parseInterval } from '../../src/market/index.js';
import {
  type ObjectRequest,
  type ParsedSource,
  type SourceMonthFacts,
  type SourcePart,
  type SourceTable,
  SOURCE_SCHEMA_VERSION,
  parseSource,
  readSourceObject,
} from '../../src/sources/index.js';
import { formatIso, parsePeriod } from '../../src/time/index.js';
import { buildZip } from '../archive/zip-builder.js';

/** A folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-sources-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const KLINE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
export const METRICS_HEADER =
  'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,' +
  'sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio';
export const FUNDING_HEADER = 'calc_time,funding_interval_hours,last_funding_rate';
export const LIQUIDATION_HEADER =
  'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity';

export const KLINES_1H: ObjectRequest = {
  market: 'um',
  dataType: 'klines',
  interval: '1h',
  symbol: 'XYZUSDT',
  period: '2024-01-05',
};
export const METRICS: ObjectRequest = {
  market: 'um',
  dataType: 'metrics',
  symbol: 'XYZUSDT',
  period: '2024-01-05',
};
export const FUNDING: ObjectRequest = {
  market: 'um',
  dataType: 'fundingRate',
  symbol: 'XYZUSDT',
  period: '2024-01',
};
export const LIQUIDATIONS: ObjectRequest = {
  market: 'cm',
  dataType: 'liquidationSnapshot',
  symbol: 'BTCUSD_PERP',
  period: '2024-10-01',
};

/** Epoch ms of an ISO text without zone, UTC. */
export function at(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? '' : 'T00:00:00'}Z`);
}

export function parse(request: ObjectRequest, ...lines: readonly string[]): ParsedSource {
  return parseSource(Buffer.from(lines.map((line) => `${line}\n`).join('')), request);
}

/** The rows of a table as objects, null for NaN. */
export function rowsOf({ schema, columns, length }: SourceTable): Record<string, number | null>[] {
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(
      schema.columns.map(({ name }) => {
        const value = columns[name]![row]!;
        return [name, Number.isNaN(value) ? null : value];
      }),
    ),
  );
}

/** One column, times as ISO texts without the milliseconds that are zero. */
export function times(table: SourceTable, name = 'time'): string[] {
  return Array.from(table.columns[name]!, (ms) => formatIso(ms).replace('.000Z', 'Z'));
}

export function codeOf(doing: () => unknown): ErrorCode | 'none' {
  return errorOf(doing)?.code ?? 'none';
}

export function errorOf(doing: () => unknown): TapemillError | undefined {
  try {
    doing();
    return undefined;
  } catch (error) {
    if (error instanceof TapemillError) return error;
    throw error;
  }
}

/** A kline of XYZUSDT: the volume grows with `n`, so that all differ. */
export function klineLine(
  openMs: number,
  lengthMs: number,
  n: number,
  own: Record<number, string> = {},
): string {
  const price = 100 + (n % 50) / 10;
  const cells = [
    openMs,
    price,
    price + 1,
    price - 1,
    price + 0.5,
    10 + n,
    openMs + lengthMs - 1,
    1000 + n,
    5 + n,
    4,
    400,
    0,
  ];
  return cells.map((cell, index) => own[index] ?? String(cell)).join(',');
}

/** `count` klines in a row. */
export function klineLines(startMs: number, lengthMs: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => klineLine(startMs + n * lengthMs, lengthMs, n));
}

export function metricsLine(
  stamp: string,
  openInterest: number | string,
  ...ratios: (number | string)[]
): string {
  const [a = 1.1, b = 1.2, c = 1.3, d = 0.9] = ratios;
  return [stamp, 'XYZUSDT', openInterest, Number(openInterest) * 2, a, b, c, d].join(',');
}

/** 288 rows from the first stamp on. */
export function metricsDay(firstStamp: string): string[] {
  return Array.from({ length: 288 }, (_, n) => {
    const stamp = new Date(at(firstStamp) + n * 300_000).toISOString().slice(0, 19).replace('T', ' ');
    return metricsLine(stamp, 1000 + n);
  });
}

/** A ZIP of the archive on disk, opened. */
export async function objectOf(folder: string, request: ObjectRequest, csv: string): Promise<ArchiveObject> {
  const period = typeof request.period === 'string' ? parsePeriod(request.period) : request.period;
  const name: ObjectName = {
    market: request.market,
    dataType: request.dataType,
    symbol: request.symbol,
    period,
    ...(request.interval ? { interval: parseInterval(request.interval).label } : {}),
  };
  const key = objectKey(name);
  const path = join(folder, key.replaceAll('/', '+'));
  const member = key.slice(key.lastIndexOf('/') + 1).replace(/\.zip$/, '.csv');
  await writeFile(path, buildZip({ members: [{ name: member, data: csv }] }));
  return openObject(path, { key, expectedSha256: null });
}

export async function partOf(
  folder: string,
  request: ObjectRequest,
  ...lines: string[]
): Promise<SourcePart> {
  const object = await objectOf(folder, request, lines.map((line) => `${line}\n`).join(''));
  try {
    return await readSourceObject(object, request);
  } finally {
    await object.close();
  }
}

export function factsOf(request: ObjectRequest, own: Partial<SourceMonthFacts> = {}): SourceMonthFacts {
  const period = typeof request.period === 'string' ? request.period : request.period.key;
  return {
    schemaVersion: SOURCE_SCHEMA_VERSION,
    tapemillVersion: '0.1.0',
    market: request.market,
    dataType: request.dataType,
    interval: request.interval ?? null,
    symbol: request.symbol,
    period: period.slice(0, 7),
    contractSizeUsd: null,
    sources: [],
    missingPeriods: [],
    comparison: null,
    ...own,
  };
}
