import { type EpochMs, MINUTE_MS } from '../time/index.js';
import { type CsvColumn, type CsvLayout, splitCells } from './csv-layout.js';

export type TimeUnit = 'ms' | 'us' | 'iso';

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const INTEGER = /^\d{1,16}$/;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|[+-]00:?00)?)?$/;
const BLANKS: readonly string[] = ['', 'null', 'nan', 'none'];

/**
 * The cells of the row at hand, by the position of their column in the list of expected ones. A getter that cannot
 * read its cell returns NaN (or an empty text) and notes the column in `bad`: the row is malformed.
 */
export class Cells {
  /** The first column of the row that cannot be read; null for a good row. */
  bad: string | null = null;
  /** Of the times of the file, set by its first good row. */
  unit: TimeUnit | null = null;
  /** The last time read was a date alone. */
  dateOnly = false;
  #cells: readonly string[] = [];
  #rowUnit: TimeUnit | null = null;

  constructor(
    private readonly columns: readonly CsvColumn[],
    private readonly layout: CsvLayout,
  ) {}

  load(line: string): void {
    this.#cells = splitCells(line);
    this.#rowUnit = null;
    this.bad = null;
    if (this.#cells.length !== this.layout.columnCount) this.bad = `${this.#cells.length} columns`;
  }

  /** To be called after a row that was read without fault. */
  accept(): void {
    this.unit ??= this.#rowUnit;
  }

  refuse(column: number): void {
    this.bad ??= this.columns[column]!.name;
  }

  text(column: number): string {
    return this.#cells[this.layout.positions[column]!] ?? '';
  }

  /** A plain or scientific number. */
  decimal(column: number): number {
    const cell = this.text(column);
    const value = DECIMAL.test(cell) ? Number(cell) : NaN;
    if (Number.isFinite(value)) return value + 0; // -0 is 0
    this.refuse(column);
    return NaN;
  }

  /** The same, at least 0. */
  amount(column: number): number {
    const value = this.decimal(column);
    if (value < 0) this.refuse(column);
    return value;
  }

  /** NaN for a blank cell. */
  amountOrNull(column: number): number {
    return BLANKS.includes(this.text(column).toLowerCase()) ? NaN : this.amount(column);
  }

  /** A count: digits only. */
  count(column: number): number {
    const cell = this.text(column);
    const value = INTEGER.test(cell) ? Number(cell) : NaN;
    if (Number.isSafeInteger(value)) return value;
    this.refuse(column);
    return NaN;
  }

  /** 13 digits are ms, 16 digits µs (rounded down to ms), else ISO 8601 in UTC; one unit for the whole file. */
  time(column: number): EpochMs {
    const cell = this.text(column);
    this.dateOnly = false;
    const [value, unit] = this.#parseTime(cell);
    const expected = this.unit ?? this.#rowUnit;
    if (Number.isNaN(value) || (expected !== null && unit !== expected)) {
      this.refuse(column);
      return NaN;
    }
    this.#rowUnit = unit;
    return value;
  }

  #parseTime(cell: string): readonly [EpochMs, TimeUnit] {
    if (INTEGER.test(cell)) {
      if (cell.length === 13) return [Number(cell), 'ms'];
      return [cell.length === 16 ? Math.floor(Number(cell) / 1000) : NaN, 'us'];
    }
    const match = ISO.exec(cell);
    if (!match) return [NaN, 'iso'];
    const [, date, hour, minute, second = '0', fraction = ''] = match;
    const day = Date.parse(`${date!}T00:00:00Z`);
    this.dateOnly = hour === undefined;
    const outOfClock = Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59;
    // `Date` takes 31 February for a day in March.
    const isReal = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date!);
    if (outOfClock || !isReal) return [NaN, 'iso'];
    const sinceMidnight = Number(hour ?? 0) * 60 + Number(minute ?? 0);
    const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
    return [day + sinceMidnight * MINUTE_MS + Number(second) * 1000 + ms, 'iso'];
  }
}
