import { TapemillError } from '../errors.js';
import { DAY_MS, type EpochMicros, type Period, formatIso } from '../time/index.js';

/**
 * What became of every row of a file: `rows` is always
 * `accepted + duplicate + contradictory + outside + malformed + ignored`. Times are those of accepted rows, in µs.
 */
export interface ImportAccount {
  readonly rows: number;
  readonly accepted: number;
  /** Equal in every column to an accepted row. */
  readonly duplicate: number;
  /** Of the same time as an accepted row further down in the file, with other values. Samples only. */
  readonly contradictory: number;
  /** More than a day away from the period in the file's name. */
  readonly outside: number;
  readonly malformed: number;
  /** Well-formed, but no event: other messages of a capture, other symbols, nothing filled. */
  readonly ignored: number;

  /** Rows, of whatever class, whose time is smaller than the largest one before them. They are sorted. */
  readonly unsorted: number;
  /** Accepted rows of the day before or after the period; they are stored where their time belongs. */
  readonly neighbours: number;
  readonly firstTs: EpochMicros | null;
  readonly lastTs: EpochMicros | null;
  readonly firstMalformed: {
    readonly line: number;
    readonly column: string | null;
    readonly text: string;
  } | null;
}

/** Share of malformed rows above which a file fails. */
export const MAX_MALFORMED_SHARE = 0.001;
/** Rows of a file beyond this do not fit the memory that one file may take. */
export const MAX_ROWS = 8_000_000;
const SHOWN = 200;

/** Counts while a file is read. Times in µs. */
export class Tally {
  rows = 0;
  outside = 0;
  malformed = 0;
  ignored = 0;
  unsorted = 0;
  #largestTs = -Infinity;
  #outsideSpan: [number, number] = [Infinity, -Infinity];
  #firstMalformed: ImportAccount['firstMalformed'] = null;

  /** @param period what the file's name says; null: nothing, no row is then outside */
  constructor(
    private readonly path: string,
    private readonly period: Pick<Period, 'key' | 'startMs' | 'endMs'> | null,
  ) {}

  row(line: number): void {
    if (++this.rows <= MAX_ROWS) return;
    throw new TapemillError('E_CSV_MALFORMED', `${this.path}: more than ${MAX_ROWS} rows; split the file`, {
      path: this.path,
      line,
      expected: `at most ${MAX_ROWS} rows`,
    });
  }

  /** @param column whose cell is at fault; null: the row as a whole */
  bad(line: number, column: string | null, text: string): void {
    this.malformed++;
    this.#firstMalformed ??= { line, column, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text };
  }

  /** Notes the time of a row and tells whether the row counts. */
  admits(ts: EpochMicros): boolean {
    if (ts < this.#largestTs) this.unsorted++;
    else this.#largestTs = ts;
    if (!this.period) return true;
    const { startMs, endMs } = this.period;
    if (ts >= (startMs - DAY_MS) * 1000 && ts < (endMs + DAY_MS) * 1000) return true;
    this.outside++;
    this.#outsideSpan = [Math.min(ts, this.#outsideSpan[0]), Math.max(ts, this.#outsideSpan[1])];
    return false;
  }

  /**
   * @param ts of the accepted rows, ascending
   * @throws `E_CSV_MALFORMED`, `E_CSV_TIME`
   */
  settle(ts: Float64Array, dropped: { duplicate: number; contradictory: number }): ImportAccount {
    const { path, rows, malformed, outside, ignored, unsorted } = this;
    const first = this.#firstMalformed;
    if (first && malformed > rows * MAX_MALFORMED_SHARE) {
      const at = first.column === null ? '' : `, column ${first.column}`;
      throw new TapemillError(
        'E_CSV_MALFORMED',
        `${path}: ${malformed} of ${rows} rows are malformed, more than ${MAX_MALFORMED_SHARE * 100} %; ` +
          `the first is line ${first.line}${at}: ${JSON.stringify(first.text)}`,
        {
          path,
          line: first.line,
          ...(first.column === null ? {} : { column: first.column }),
          found: first.text,
        },
      );
    }
    if (ts.length === 0 && outside > 0 && this.period) {
      const found = this.#outsideSpan.map((t) => formatIso(t / 1000)).join(' … ');
      throw new TapemillError(
        'E_CSV_TIME',
        `${path}: no row lies in ${this.period.key}; its ${outside} rows lie in ${found}`,
        { path, expected: this.period.key, found },
      );
    }
    const [startUs, endUs] = [(this.period?.startMs ?? 0) * 1000, (this.period?.endMs ?? 0) * 1000];
    const neighbours = this.period ? ts.filter((t) => t < startUs || t >= endUs).length : 0;
    return {
      rows,
      accepted: ts.length,
      ...dropped,
      outside,
      malformed,
      ignored,
      unsorted,
      neighbours,
      firstTs: ts[0] ?? null,
      lastTs: ts.at(-1) ?? null,
      firstMalformed: first,
    };
  }
}
