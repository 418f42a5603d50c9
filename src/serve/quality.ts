import {
  CLASS_MEANING,
  DAYS_TABLE,
  FIELDS,
  MINUTES_OFF_TABLE,
  OBJECTS_TABLE,
  OFF_CLASSES,
  type TableRow,
  blemishes,
  exactShare,
  qualityPath,
  readTable,
} from '../audit/index.js';
import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import type {
  AuditCounts,
  MonthAnswer,
  QualityAnswer,
  SymbolQuality,
  WorstMinute,
  WorstObject,
} from './api.js';
import { FileMemory, fileStamp } from './file-memory.js';

const WORST_OBJECTS = 50;
const WORST_MINUTES = 100;
/** Counts of an object that are no blemish by themselves. */
const PLAIN_COUNTS: readonly string[] = ['bytes', 'rows', 'accepted', 'trade_id_gaps', 'out_of_order'];

/** What the last audits found, out of the tables that they left. */
export class QualityRoom {
  readonly #days: FileMemory<TableRow[]>;
  readonly #minutes: FileMemory<TableRow[]>;
  readonly #objects: FileMemory<TableRow[]>;

  constructor(private readonly dataDir: string) {
    this.#days = new FileMemory((path) => readTable(path, DAYS_TABLE), 1);
    this.#minutes = new FileMemory((path) => readTable(path, MINUTES_OFF_TABLE), 1);
    this.#objects = new FileMemory((path) => readTable(path, OBJECTS_TABLE), 1);
  }

  async isThere(): Promise<boolean> {
    return (await fileStamp(qualityPath(this.dataDir, DAYS_TABLE))) !== null;
  }

  /** @throws `E_NO_LAYER` when nothing was audited, `E_LAYER`, `E_IO` */
  async answer(market: Market): Promise<QualityAnswer> {
    const days = await this.#rows(this.#days, DAYS_TABLE, market);
    if (days.length === 0) {
      throw new TapemillError('E_NO_LAYER', `nothing of ${market} was audited; \`tapemill audit\` does it`, {
        found: market,
      });
    }
    const objects = await this.#rows(this.#objects, OBJECTS_TABLE, market);
    const minutes = await this.#rows(this.#minutes, MINUTES_OFF_TABLE, market);
    return {
      market,
      symbols: [...grouped(days, (row) => String(row['symbol']))].map(([symbol, own]) =>
        symbolQuality(symbol, own),
      ),
      classMeanings: CLASS_MEANING,
      worstObjects: largest(objects, WORST_OBJECTS, blemishes).map(worstObject),
      worstMinutes: largest(minutes, WORST_MINUTES, quoteOff).map(worstMinute),
    };
  }

  /** Null when no day of the month was audited. @throws `E_LAYER`, `E_IO` */
  async ofMonth(market: Market, symbol: string, month: string): Promise<MonthAnswer['audit']> {
    const days = (await this.#rows(this.#days, DAYS_TABLE, market)).filter(
      (row) => row['symbol'] === symbol && String(row['day']).startsWith(`${month}-`),
    );
    return days.length === 0 ? null : { ...counts(days), days: days.length };
  }

  async #rows(
    memory: FileMemory<TableRow[]>,
    table: typeof DAYS_TABLE,
    market: Market,
  ): Promise<readonly TableRow[]> {
    const rows = (await memory.get(qualityPath(this.dataDir, table))) ?? [];
    return rows.filter((row) => row['market'] === market);
  }
}

function symbolQuality(symbol: string, days: readonly TableRow[]): SymbolQuality {
  const keys = days.map((row) => String(row['day'])).sort();
  const months = [...grouped(days, (row) => String(row['day']).slice(0, 7))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return {
    symbol,
    firstDay: keys[0]!,
    lastDay: keys.at(-1)!,
    days: days.length,
    ...counts(days),
    months: months.map(([month, own]) => ({ month, days: own.length, ...counts(own) })),
    baseOff: sum(days, 'base_off'),
    quoteOff: sum(days, 'quote_off'),
    worstHourError: max(days, 'worst_hour_error'),
    worstDayError: max(days, 'worst_day_error'),
  };
}

function counts(days: readonly TableRow[]): AuditCounts {
  const [compared, exact] = [sum(days, 'compared'), sum(days, 'exact')];
  const classes = OFF_CLASSES.map((name) => [name, sum(days, name.replace('-', '_'))] as const);
  return {
    compared,
    exact,
    exactShare: exactShare({ compared, exact }),
    classes: Object.fromEntries(classes.filter(([, count]) => count > 0)),
    withoutKline: sum(days, 'without_kline'),
  };
}

function worstObject(row: TableRow): WorstObject {
  const found = OBJECTS_TABLE.columns
    .filter(
      ({ name, type }) => type === 'int64' && !PLAIN_COUNTS.includes(name) && Number(row[name] ?? 0) > 0,
    )
    .map(({ name }) => [name, Number(row[name])] as const);
  const text = (name: string): string | null => {
    const cell = row[name] ?? null;
    return cell === null ? null : String(cell);
  };
  return {
    symbol: String(row['symbol']),
    dataType: String(row['data_type']),
    interval: text('interval'),
    period: String(row['period']),
    key: String(row['key']),
    rows: Number(row['rows']),
    blemishes: blemishes(row),
    checksum: String(row['checksum']),
    knownDefect: text('known_defect'),
    counts: Object.fromEntries(found),
  };
}

function worstMinute(row: TableRow): WorstMinute {
  const deltas = FIELDS.map((field) => [field, Number(row[`d_${field}`] ?? 0)] as const);
  return {
    symbol: String(row['symbol']),
    at: Number(row['minute']) / 1000,
    class: String(row['class']),
    explanation: String(row['explanation']),
    deltas: Object.fromEntries(deltas.filter(([, delta]) => delta !== 0)),
  };
}

/** A difference in something else than volume counts, however little: it is listed after all that have one. */
function quoteOff(row: TableRow): number {
  return Math.max(Math.abs(Number(row['d_quote_volume'] ?? 0)), Number.MIN_VALUE);
}

/** Those with the largest values above 0, the largest first. */
function largest(rows: readonly TableRow[], count: number, value: (row: TableRow) => number): TableRow[] {
  return rows
    .map((row) => ({ row, value: value(row) }))
    .filter((one) => one.value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ row }) => row);
}

function grouped(rows: readonly TableRow[], key: (row: TableRow) => string): Map<string, TableRow[]> {
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function sum(rows: readonly TableRow[], name: string): number {
  return rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
}

function max(rows: readonly TableRow[], name: string): number | null {
  const found = rows.flatMap((row) => (row[name] === null ? [] : [Number(row[name])]));
  return found.length === 0 ? null : found.reduce((a, b) => Math.max(a, b));
}
