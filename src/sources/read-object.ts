import type { ArchiveObject, ObjectFacts } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import { contractSizeUsd } from '../market/index.js';
import { DAY_MS, type Period, parsePeriod } from '../time/index.js';
import type { SourceAccount } from './account.js';
import { type SeriesRequest, describeSeries, sourceSeries } from './kinds.js';
import { type ParsedSource, SourceParser } from './parse.js';
import type { SourceTable } from './table.js';

/** The object to read: its series, and the period of its name. */
export interface ObjectRequest extends SeriesRequest {
  /** `2024-01` or `2024-01-05`. Rows of other periods are counted as outside. */
  readonly period: Period | string;
}

/** Clean rows of one object, and where they come from. */
export interface SourcePart {
  readonly period: Period;
  readonly facts: ObjectFacts;
  readonly table: SourceTable;
  readonly account: SourceAccount;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/**
 * Reads one object of the archive to its end. Nothing depends on the order of its rows, but which of two rows that
 * contradict each other counts. The object stays open.
 * @throws `E_USAGE`, `E_SYMBOL` for a series that cannot be; `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_CSV_TIME`; and
 *   whatever reading the ZIP throws
 */
export async function readSourceObject(
  object: Pick<ArchiveObject, 'facts' | 'read'>,
  request: ObjectRequest,
  { signal }: ReadOptions = {},
): Promise<SourcePart> {
  const parser = parserOf(request, object.facts.key);
  for await (const chunk of object.read()) {
    signal?.throwIfAborted();
    parser.push(chunk);
  }
  signal?.throwIfAborted();
  const { table, account } = parser.finish();
  return { period: periodOf(request), facts: object.facts, table, account };
}

/** The same for the bytes of a CSV that are at hand. @param object how errors call it */
export function parseSource(csv: Uint8Array, request: ObjectRequest, object?: string): ParsedSource {
  const parser = parserOf(
    request,
    object ?? `${describeSeries(sourceSeries(request))} ${periodOf(request).key}`,
  );
  parser.push(csv);
  return parser.finish();
}

function periodOf({ period }: ObjectRequest): Period {
  return typeof period === 'string' ? parsePeriod(period) : period;
}

function parserOf(request: ObjectRequest, object: string): SourceParser {
  const series = sourceSeries(request);
  const period = periodOf(request);
  const { interval, market, dataType, symbol } = series;
  if (interval && period.kind === 'day' && (interval.lengthMs === null || interval.lengthMs > DAY_MS)) {
    // What a daily object could hold of it is a kline that has not ended, with values of no known time.
    throw new TapemillError(
      'E_USAGE',
      `${object}: ${interval.label} klines are read from monthly objects only`,
      {
        object,
      },
    );
  }
  const contractSize = market === 'cm' && dataType === 'klines' ? contractSizeUsd(symbol) : null;
  return new SourceParser({ ...series, period, contractSizeUsd: contractSize }, object);
}
