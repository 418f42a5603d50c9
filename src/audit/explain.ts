import {
  type Archive,
  KNOWN_DEFECTS,
  type KnownDefect,
  describeDefect,
  excuseFor,
  knownDefectsOf,
} from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { SourceFacts } from '../layer/index.js';
import { type Market, parseObjectKey } from '../market/index.js';
import { type SourceObjectFacts, sourceSeries } from '../sources/index.js';
import {
  MINUTE_COLUMN,
  MINUTE_COLUMNS,
  type MinuteBars,
  type MinuteColumn,
  sliceMinuteBars,
} from '../ticks/index.js';
import { DAY_MS, type Frequency, MINUTE_MS, dayPeriod, parsePeriod } from '../time/index.js';
import type { OffMinute } from './classify.js';
import { type Difference, compareMinutes } from './differences.js';
import { FIELDS, type Field, LAYER_FIELD } from './fields.js';
import { type FilledFormula, filledFormulas } from './filled-formulas.js';
import { seriesAtHand } from './klines-at-hand.js';
import { type ObjectRows, readObjectRows } from './object-rows.js';
import { reconcileMonth } from './reconcile.js';
import { type TapeMonth, readTape } from './symbol-tape.js';

export interface ExplainRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  /** Start of the minute or bar. */
  readonly startMs: number;
  /** A minute, or a bar of this length. */
  readonly frequency: Frequency | null;
  /** The bar whose formulas are shown. */
  readonly formulasOf: Frequency;
  readonly archive: Archive | null;
  /** Read the rows of the objects too. */
  readonly withRows: boolean;
  readonly knownDefects?: readonly KnownDefect[];
}

/** One field of a minute beside its kline. */
export interface FieldComparison {
  readonly field: Field;
  readonly column: MinuteColumn;
  /** Null where there is no bar, or no kline. */
  readonly layer: number | null;
  readonly kline: number | null;
  /** Kline minus layer; 0 when they agree, null when one lacks. */
  readonly delta: number | null;
}

export interface ExplainedMinute {
  readonly minute: number;
  /** `exact`, the class of the difference, `no kline`, or `no ticks` where nobody traded and no kline says otherwise. */
  readonly verdict: string;
  readonly off: OffMinute | null;
  readonly ticks: number;
  readonly baseVolume: number;
}

/** Everything that one number of the layer rests on. */
export interface Explanation {
  readonly market: Market;
  readonly symbol: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The minute's columns; null for a bar, and for a minute without ticks. */
  readonly columns:
    readonly { readonly name: MinuteColumn; readonly unit: string; readonly value: number }[] | null;
  /** Null for a bar. */
  readonly fields: readonly FieldComparison[] | null;
  /** The minutes asked for, and some on both sides of a single one. */
  readonly minutes: readonly ExplainedMinute[];
  readonly tickObjects: readonly SourceFacts[];
  readonly klineObjects: readonly SourceObjectFacts[];
  readonly anomalies: readonly string[];
  readonly bar: {
    readonly startMs: number;
    readonly frequency: Frequency;
    readonly formulas: readonly FilledFormula[];
  };
  readonly rows: readonly ObjectRows[] | null;
}

const NEIGHBOURS = 3;

/**
 * Follows a number from the bar to the rows of the object.
 * @throws `E_NO_LAYER` when the layer has no object of that day; as `readTape` and `readObjectRows`
 */
export async function explainMinute(request: ExplainRequest): Promise<Explanation> {
  const { market, symbol, startMs, frequency, formulasOf, archive, withRows } = request;
  const endMs = startMs + (frequency?.lengthMs ?? MINUTE_MS);
  const registry = [...(request.knownDefects ?? []), ...KNOWN_DEFECTS];
  const tape = await tapeOf(request, endMs);
  const month = reconcileMonth({
    ...tape,
    market,
    knownDefect: (minute) => {
      const known = excuseFor(market, symbol, minute, registry);
      return known && describeDefect(known);
    },
  });
  const off = new Map(month.off.map((minute) => [minute.minute, minute]));
  const margin = frequency === null ? NEIGHBOURS * MINUTE_MS : 0;
  const covers = ({ period }: { readonly period: string }): boolean => {
    const span = parsePeriod(period);
    return span.startMs < endMs && span.endMs > startMs;
  };
  const tickObjects = tape.facts.sources.filter(covers);
  const klineObjects = (tape.klinesAtHand.facts?.sources ?? []).filter(covers);
  const barStart = Math.floor(startMs / formulasOf.lengthMs) * formulasOf.lengthMs;
  const shown = frequency ?? formulasOf;
  const barOf = frequency === null ? barStart : startMs;
  const defects = knownDefectsOf(
    { market, dataType: 'aggTrades', symbol, startMs, endMs, cadence: null },
    registry,
  );
  const row = tape.bars.columns.minute.indexOf(startMs);
  return {
    ...{ market, symbol, startMs, endMs },
    columns: frequency !== null || row < 0 ? null : columnsAt(tape.bars, row),
    fields: frequency === null ? fieldsAt(tape, startMs) : null,
    minutes: explainedMinutes(tape, off, startMs - margin, endMs + margin),
    tickObjects,
    klineObjects,
    anomalies: [...defects.map(describeDefect), ...tickObjects.flatMap(oddities)],
    bar: {
      startMs: barOf,
      frequency: shown,
      formulas: filledFormulas(between(tape.bars, barOf, barOf + shown.lengthMs), shown, barOf),
    },
    rows: withRows && archive ? await rowsOf(archive, tickObjects, startMs, endMs) : null,
  };
}

async function tapeOf(
  { dataDir, market, symbol, startMs, archive }: ExplainRequest,
  endMs: number,
): Promise<TapeMonth> {
  const day = dayPeriod(startMs);
  const range = { start: day.key, end: day.key, startMs: day.startMs, endMs: Math.max(endMs, day.endMs) };
  const klines = seriesAtHand(
    dataDir,
    sourceSeries({ market, dataType: 'klines', symbol, interval: '1m' }),
    archive,
  );
  for await (const tape of readTape(dataDir, market, symbol, range, klines)) return tape;
  throw new TapemillError('E_NO_LAYER', `the layer has no object of ${symbol} (${market}) for ${day.key}`, {
    path: dataDir,
  });
}

function columnsAt({ columns }: MinuteBars, row: number): NonNullable<Explanation['columns']> {
  return MINUTE_COLUMNS.map((name) => ({ name, unit: MINUTE_COLUMN[name].unit, value: columns[name][row]! }));
}

function fieldsAt(tape: TapeMonth, minute: number): FieldComparison[] {
  const row = tape.bars.columns.minute.indexOf(minute);
  const klineRow = tape.klines.time.indexOf(minute);
  const delta = klineRow < 0 ? null : differenceAt(tape, row, klineRow)?.delta;
  return FIELDS.map((field, i) => {
    const column = LAYER_FIELD[field];
    const layer = row < 0 ? null : tape.bars.columns[column][row]!;
    const kline = klineRow < 0 ? null : tape.klines[field][klineRow]!;
    return {
      field,
      column,
      layer,
      kline,
      delta: layer === null || kline === null ? null : (delta?.[i] ?? 0),
    };
  });
}

/** Undefined when they agree. */
function differenceAt(tape: TapeMonth, row: number, klineRow: number): Difference | undefined {
  let found: Difference | undefined;
  const names = ['time', ...FIELDS] as const;
  const klines = Object.fromEntries(
    names.map((name) => [name, tape.klines[name].subarray(klineRow, klineRow + 1)]),
  ) as TapeMonth['klines'];
  const bars = row < 0 ? sliceMinuteBars(tape.bars, 0, 0) : sliceMinuteBars(tape.bars, row, row + 1);
  compareMinutes(
    { market: tape.facts.market, bars, klines },
    {
      exact: () => undefined,
      differs: (difference) => (found = difference),
      alone: () => undefined,
    },
  );
  return found;
}

function explainedMinutes(
  tape: TapeMonth,
  off: ReadonlyMap<number, OffMinute>,
  fromMs: number,
  toMs: number,
): ExplainedMinute[] {
  const { bars, klines } = tape;
  const minutes: ExplainedMinute[] = [];
  for (let minute = fromMs; minute < toMs; minute += MINUTE_MS) {
    const row = bars.columns.minute.indexOf(minute);
    const hasKline = klines.time.includes(minute);
    const difference = off.get(minute) ?? null;
    minutes.push({
      minute,
      verdict: difference?.class ?? (hasKline ? 'exact' : row < 0 ? 'no ticks' : 'no kline'),
      off: difference,
      ticks: row < 0 ? 0 : bars.columns.trade_count[row]!,
      baseVolume: row < 0 ? 0 : bars.columns.base_volume[row]!,
    });
  }
  return minutes;
}

function between(bars: MinuteBars, fromMs: number, toMs: number): MinuteBars {
  const { minute } = bars.columns;
  const first = minute.findIndex((start) => start >= fromMs);
  const end = minute.findIndex((start) => start >= toMs);
  return first < 0 ? sliceMinuteBars(bars, 0, 0) : sliceMinuteBars(bars, first, end < 0 ? bars.length : end);
}

/** What the row account of an object says beside its good rows. */
function oddities({ period, checksum, account }: SourceFacts): string[] {
  const counted: (readonly [number, string])[] = [
    [account.duplicate, 'duplicate rows were dropped'],
    [account.sentinel, 'sentinel rows (price 0, quantity 0) were dropped'],
    [account.outside, 'rows of another period were dropped'],
    [account.malformed, 'malformed rows were dropped'],
    [account.zeroQuantity, 'rows have quantity 0'],
    [account.outOfOrder, 'rows are out of order'],
    [account.conflictingIds, 'rows share their agg_trade_id with another'],
    [account.missingAggIds, 'agg_trade_ids are missing'],
  ];
  return [
    ...counted
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${period}: ${count.toLocaleString('en-US')} ${what}`),
    ...(checksum === 'missing' ? [`${period}: the archive has no checksum of the object`] : []),
  ];
}

async function rowsOf(
  archive: Archive,
  objects: readonly SourceFacts[],
  startMs: number,
  endMs: number,
): Promise<ObjectRows[]> {
  // Where days stand beside their month, they are what is quickest to read.
  const days = objects.filter(({ key }) => parseObjectKey(key).period.kind === 'day');
  const chosen = days.length * DAY_MS >= endMs - startMs - DAY_MS && days.length > 0 ? days : objects;
  const rows: ObjectRows[] = [];
  for (const object of chosen) rows.push(await readObjectRows(archive, object, startMs, endMs));
  return rows;
}
