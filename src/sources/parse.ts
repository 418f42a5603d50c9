import { TapemillError } from '../errors.js';
import { formatIso } from '../time/index.js';
import type { OutsideRows, SourceAccount } from './account.js';
import { Cells } from './cells.js';
import { type CsvLayout, sniffLayout, unknownLayout } from './csv-layout.js';
import { LINE_LIMIT_BYTES, LineScanner } from './csv-lines.js';
import { findGaps } from './gaps.js';
import type { ObjectContext, RowDraft, RowReader } from './kind.js';
import { SOURCE_KINDS } from './kinds.js';
import { RowCollector } from './rows.js';
import type { SourceTable } from './table.js';

export interface ParsedSource {
  readonly table: SourceTable;
  readonly account: SourceAccount;
}

/** Share of malformed rows above which an object fails, as for ticks. */
const MAX_MALFORMED_SHARE = 0.001;
/** A month of doubled 1m klines has 90,000 rows; more than this would be an attack on our memory. */
const MAX_ROWS = 1_000_000;
/** How much of a malformed line is kept for messages. */
const SHOWN_CHARACTERS = 200;

/** Makes clean rows and their account of the bytes of one CSV. Chunks may be cut anywhere. */
export class SourceParser {
  readonly #kind;
  readonly #lines = new LineScanner((line, number, whole) => {
    this.#line(line, number, whole);
  });
  readonly #collector: RowCollector;
  readonly #draft: RowDraft;
  readonly #read: RowReader;
  #layout: CsvLayout | null = null;
  #cells: Cells | null = null;
  #rows = 0;
  #malformed = 0;
  #firstMalformed: SourceAccount['firstMalformed'] = null;
  #outOfOrder = 0;
  #largest = -Infinity;
  #before: OutsideRows | null = null;
  #after: OutsideRows | null = null;

  /** @param object how errors call it */
  constructor(
    private readonly context: ObjectContext,
    private readonly object: string,
  ) {
    this.#kind = SOURCE_KINDS[context.dataType];
    const schema = this.#kind.schema(context.market);
    this.#collector = new RowCollector(schema);
    this.#draft = { values: new Float64Array(schema.columns.length), stamp: 0, place: 0, repairs: 0 };
    this.#read = this.#kind.reader(context);
  }

  /** @throws `E_CSV_LAYOUT` */
  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /** @throws `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_CSV_TIME` */
  finish(): ParsedSource {
    this.#lines.end();
    if (this.#layout === null) throw this.#unknown('', 'an empty file');
    const { table, duplicate, contradiction, repairs } = this.#collector.settle();
    const coverage = this.#kind.coverage(table, this.context);
    const time = table.columns['time']!;
    const account: SourceAccount = {
      rows: this.#rows,
      accepted: table.length,
      duplicate,
      contradiction,
      outside: (this.#before?.rows ?? 0) + (this.#after?.rows ?? 0),
      malformed: this.#malformed,
      repaired: this.#kind.repairs.flatMap((repair, bit) => {
        const rows = repairs.reduce((sum, bits) => sum + ((bits >> bit) & 1), 0);
        return rows > 0 ? [{ repair, rows }] : [];
      }),
      nulls: table.schema.columns.flatMap(({ name: column }) => {
        const rows = table.columns[column]!.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
        return rows > 0 ? [{ column, rows }] : [];
      }),
      outOfOrder: this.#outOfOrder,
      firstTime: time[0] ?? null,
      lastTime: time[table.length - 1] ?? null,
      outsideBefore: this.#before,
      outsideAfter: this.#after,
      gaps: coverage && findGaps(coverage),
      firstMalformed: this.#firstMalformed,
      header: this.#layout.header,
      timeUnit: this.#cells?.unit ?? null,
    };
    this.#assertUsable(account);
    return { table, account };
  }

  #line(line: string, number: number, whole: boolean): void {
    if (this.#layout === null || this.#cells === null) {
      if (!whole) throw this.#unknown(line, `more than ${LINE_LIMIT_BYTES} bytes`);
      this.#layout = sniffLayout(line, this.#kind.csv, this.context.dataType, this.object);
      this.#cells = new Cells(this.#kind.csv, this.#layout);
      if (this.#layout.header) return;
    }
    this.#row(this.#cells, line, number, whole);
  }

  #row(cells: Cells, line: string, number: number, whole: boolean): void {
    if (++this.#rows > MAX_ROWS) {
      throw new TapemillError('E_CSV_MALFORMED', `${this.object}: more than ${MAX_ROWS} rows`, {
        object: this.object,
        line: number,
        expected: `at most ${MAX_ROWS} rows`,
      });
    }
    const draft = this.#draft;
    cells.load(line);
    if (!whole) cells.bad = `a line of more than ${LINE_LIMIT_BYTES} bytes`;
    if (cells.bad === null) this.#read(cells, draft);
    if (cells.bad !== null) {
      this.#malformed++;
      this.#firstMalformed ??= { line: number, column: cells.bad, text: line.slice(0, SHOWN_CHARACTERS) };
      return;
    }
    cells.accept();
    const time = draft.values[0]!;
    if (draft.stamp < this.#largest) this.#outOfOrder++;
    else this.#largest = draft.stamp;
    if (draft.place < 0) this.#before = extend(this.#before, time);
    else if (draft.place > 0) this.#after = extend(this.#after, time);
    else this.#collector.add(draft);
  }

  #unknown(line: string, found: string): TapemillError {
    return unknownLayout(line, this.#kind.csv, this.context.dataType, this.object, found);
  }

  #assertUsable({ rows, malformed, firstMalformed, accepted, outside, ...account }: SourceAccount): void {
    const { object } = this;
    if (malformed > rows * MAX_MALFORMED_SHARE && firstMalformed) {
      const { line, column, text } = firstMalformed;
      throw new TapemillError(
        'E_CSV_MALFORMED',
        `${object}: ${malformed} of ${rows} rows are malformed, more than ${MAX_MALFORMED_SHARE * 100} %; ` +
          `the first is line ${line}, by ${column}: ${JSON.stringify(text)}`,
        { object, line, column, found: text },
      );
    }
    if (accepted === 0 && outside > 0) {
      const { firstTime } = account.outsideBefore ?? account.outsideAfter!;
      const { lastTime } = account.outsideAfter ?? account.outsideBefore!;
      const { key } = this.context.period;
      const found = `${formatIso(firstTime)} … ${formatIso(lastTime)}`;
      throw new TapemillError(
        'E_CSV_TIME',
        `${object}: no row lies in ${key}; the ${outside} rows lie in ${found}`,
        {
          object,
          expected: key,
          found,
        },
      );
    }
  }
}

function extend(span: OutsideRows | null, time: number): OutsideRows {
  if (span === null) return { rows: 1, firstTime: time, lastTime: time };
  return {
    rows: span.rows + 1,
    firstTime: Math.min(span.firstTime, time),
    lastTime: Math.max(span.lastTime, time),
  };
}
