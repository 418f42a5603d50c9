import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { parsePeriod } from '../time/index.js';
import { OFF_CLASSES } from './classes.js';
import type { OffMinute } from './classify.js';
import { FIELDS } from './fields.js';
import { DAYS_TABLE, MINUTES_OFF_TABLE, OBJECTS_TABLE, qualityPath } from './quality-tables.js';
import type { DayTotals } from './reconcile.js';
import { type TableRow, type TableShape, readTable, writeTable } from './table-file.js';

/** What an audit found of one symbol, as rows; days and minutes of other days stay as they were. */
export interface SymbolQuality {
  readonly market: Market;
  readonly symbol: string;
  readonly objects: readonly TableRow[];
  readonly days: readonly DayTotals[];
  readonly off: readonly OffMinute[];
  /** Minutes without a kline, ms. */
  readonly withoutKline: readonly number[];
}

/**
 * Brings the quality ledger up to date: rows of the audited days take the place of older ones, objects those of the
 * same key, and all else stays. Each file is written whole under another name first.
 * @throws `E_IO`, `E_DISK_FULL`
 */
export async function updateQuality(dataDir: string, symbols: readonly SymbolQuality[]): Promise<void> {
  const subject = (row: TableRow): string => `${String(row['market'])} ${String(row['symbol'])}`;
  const audited = new Map(
    symbols.map(({ market, symbol, days }) => [`${market} ${symbol}`, new Set(days.map(({ day }) => day))]),
  );
  const dayOfMinute = (row: TableRow): string => new Date(row['minute'] as number).toISOString().slice(0, 10);
  const objects = symbols.flatMap((symbol) => symbol.objects);
  const keys = new Set(objects.map((row) => row['key']));

  await replace(dataDir, OBJECTS_TABLE, objects, (row) => keys.has(row['key'] ?? null), [
    ...['market', 'symbol', 'data_type', 'interval', 'period', 'key'],
  ]);
  await replace(
    dataDir,
    MINUTES_OFF_TABLE,
    symbols.flatMap(minuteRows),
    (row) => audited.get(subject(row))?.has(dayOfMinute(row)) === true,
    ['market', 'symbol', 'minute'],
  );
  // Last: a day that is listed here has its minutes in place.
  await replace(
    dataDir,
    DAYS_TABLE,
    symbols.flatMap(dayRows),
    (row) => audited.get(subject(row))?.has(String(row['day'])) === true,
    ['market', 'symbol', 'day'],
  );
}

async function replace(
  dataDir: string,
  shape: TableShape,
  rows: readonly TableRow[],
  isReplaced: (row: TableRow) => boolean,
  order: readonly string[],
): Promise<void> {
  const path = qualityPath(dataDir, shape);
  const old = await readTable(path, shape).catch((error: unknown) => {
    // Of another version, or damaged: all of it can be found out again.
    if (TapemillError.is(error) && error.code === 'E_LAYER') return [];
    throw error;
  });
  const all = [...old.filter((row) => !isReplaced(row)), ...rows];
  all.sort((a, b) => {
    for (const name of order) {
      const [x, y] = [a[name] ?? '', b[name] ?? ''];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
  await writeTable(path, shape, all);
}

function minuteRows({ market, symbol, off, withoutKline }: SymbolQuality): TableRow[] {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return [
    ...off.map(({ minute, class: name, partner, delta, gaps, explanation }) => ({
      ...{ market, symbol, minute, class: name, partner },
      ...Object.fromEntries(FIELDS.map((field, i) => [`d_${field}`, known(delta[i]!)])),
      missing_ids_inside: known(gaps.inside),
      missing_ids_before: known(gaps.before),
      missing_ids_after: known(gaps.after),
      explanation,
    })),
    ...withoutKline.map((minute) => ({
      ...{ market, symbol, minute, class: 'no-kline', partner: null },
      ...Object.fromEntries(FIELDS.map((field) => [`d_${field}`, null])),
      ...{ missing_ids_inside: null, missing_ids_before: null, missing_ids_after: null },
      explanation: 'There is no kline of the minute.',
    })),
  ];
}

function dayRows({ market, symbol, days }: SymbolQuality): TableRow[] {
  return days.map(({ day, totals }) => ({
    ...{ market, symbol, day, compared: totals.compared, exact: totals.exact },
    ...Object.fromEntries(OFF_CLASSES.map((name) => [name.replace('-', '_'), totals.off[name]])),
    without_kline: totals.withoutKline,
    base_off: totals.baseOff,
    quote_off: totals.quoteOff,
    worst_hour_error: totals.worstHour?.error ?? null,
    worst_day_error: totals.worstDay?.error ?? null,
  }));
}

/** What the ledger says of one symbol. */
export interface RecordedQuality {
  /** Audited days, with how many of their minutes were compared. */
  readonly days: ReadonlyMap<number, number>;
  /** Minutes that differ or lack a kline, ascending, with their class. */
  readonly minutes: readonly { readonly minute: number; readonly class: string }[];
}

/** @throws `E_LAYER`, `E_IO` */
export async function readQuality(dataDir: string, market: Market, symbol: string): Promise<RecordedQuality> {
  const isOurs = (row: TableRow): boolean => row['market'] === market && row['symbol'] === symbol;
  const days = (await readTable(qualityPath(dataDir, DAYS_TABLE), DAYS_TABLE)).filter(isOurs);
  const minutes = (await readTable(qualityPath(dataDir, MINUTES_OFF_TABLE), MINUTES_OFF_TABLE)).filter(
    isOurs,
  );
  return {
    days: new Map(days.map((row) => [parsePeriod(String(row['day'])).startMs, Number(row['compared'])])),
    minutes: minutes.map((row) => ({ minute: Number(row['minute']), class: String(row['class']) })),
  };
}
