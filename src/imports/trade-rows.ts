import type { Period } from '../time/index.js';
import { findColumns } from './csv-table.js';
import { type ReadFile, readFileBytes } from './file-bytes.js';
import { lineBatches, splitCsv } from './lines.js';
import { assertSame, parseMicros } from './tardis.js';
import type { TardisName } from './tardis-name.js';

const COLUMNS = {
  columns: ['exchange', 'symbol', 'timestamp', 'local_timestamp', 'id', 'side', 'price', 'amount'].map(
    (name) => ({ names: [name] }),
  ),
};
/** What the tick kernel reads. */
const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n';
/** Rows of the day before are among those that arrived in its first minutes. */
const STRAGGLER_MS = 600_000;

/** Takes lines of a Tardis trades file, gives rows of aggTrades: a trade is a tick of one fill. */
class TradeRows {
  #places: readonly number[] | null = null;
  #numbered: boolean | null = null;
  #nextNumber = 1;
  #line = 0;
  /** Rows of the moment, for files whose rows have no number: by text, the number each was given. */
  #moment = { localTs: '', numbers: new Map<string, number>() };

  constructor(
    private readonly path: string,
    private readonly name: TardisName,
  ) {}

  /** Text of as many rows as there are lines, the header being the first of them. */
  rowsOf(lines: readonly string[]): string {
    let out = '';
    for (const text of lines) out += `${this.#row(text)}\n`;
    return out;
  }

  /** The same of rows from another file, in the standard order of columns. */
  more(lines: readonly string[]): string {
    this.#places = COLUMNS.columns.map((_, place) => place);
    return this.rowsOf(lines);
  }

  #row(text: string): string {
    this.#line++;
    if (text.trim() === '') return '';
    const cells = splitCsv(text);
    if (!this.#places) {
      this.#places = findColumns(this.path, COLUMNS, cells, this.#line);
      return HEADER.trimEnd();
    }
    const [exchange, symbol, ts, localTs, id, side, price, amount] = this.#places.map(
      (place) => cells[place],
    );
    if (amount === undefined || price === undefined || exchange === undefined || symbol === undefined)
      return text;
    assertSame(this.path, this.#line, 'exchange', this.name.exchange, exchange);
    assertSame(this.path, this.#line, 'symbol', this.name.symbol, symbol);
    // As it is, the row has a column too many for the kernel, which counts and quotes it as malformed.
    if ((side !== 'buy' && side !== 'sell') || parseMicros(ts!) === null) return text;
    const number = this.#numberOf(id!, localTs!, text);
    return number === null
      ? text
      : `${number},${price},${amount},${number},${number},${ts!},${side === 'sell' ? 'true' : 'false'}`;
  }

  /** The first row decides for all whether ids are numbers. */
  #numberOf(id: string, localTs: string, text: string): string | number | null {
    const isNumber = /^\d{1,15}$/.test(id);
    this.#numbered ??= isNumber;
    if (this.#numbered) return isNumber ? id : null;
    // Equal rows arrived at the same moment, hence stand together: the second gets the first one's number, and is
    // then a duplicate.
    if (this.#moment.localTs !== localTs) this.#moment = { localTs, numbers: new Map() };
    const { numbers } = this.#moment;
    const number = numbers.get(text) ?? this.#nextNumber++;
    numbers.set(text, number);
    return number;
  }
}

/**
 * A trades file as the bytes of an aggTrades CSV, with the rows of the next day's file that bear this day's time.
 * @param onRead told what the file is, when all of it was read
 * @throws `E_GZIP`, `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_IMPORT_SYMBOL`, `E_IO`
 */
export async function* aggTradesBytes(
  path: string,
  name: TardisName,
  stragglers: readonly string[],
  onRead: (read: ReadFile) => void,
): AsyncGenerator<Uint8Array, void, void> {
  const rows = new TradeRows(path, name);
  const batches = lineBatches(path, readFileBytes(path));
  let isEmpty = true;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        onRead(next.value);
        break;
      }
      isEmpty = false;
      yield Buffer.from(rows.rowsOf(next.value));
    }
  } finally {
    await batches.return(undefined as never);
  }
  // A day without trades is published as an empty file.
  if (isEmpty) yield Buffer.from(HEADER);
  if (stragglers.length > 0) yield Buffer.from(rows.more(stragglers));
}

/**
 * Rows at the head of the next day's file that bear the time of `day`, in the standard order of columns: files are cut
 * by the time a message arrived.
 * @throws as `aggTradesBytes`
 */
export async function readStragglers(path: string, day: Period): Promise<string[]> {
  const found: string[] = [];
  let places: readonly number[] | null = null;
  const untilUs = (day.endMs + STRAGGLER_MS) * 1000;
  for await (const lines of lineBatches(path, readFileBytes(path))) {
    for (const text of lines) {
      const cells = splitCsv(text);
      if (!places) {
        places = findColumns(path, COLUMNS, cells, 1);
        continue;
      }
      const ordered = places.map((place) => cells[place] ?? '');
      const [ts, localTs] = [parseMicros(ordered[2]!), parseMicros(ordered[3]!)];
      if (localTs !== null && localTs >= untilUs) return found;
      if (ts !== null && ts >= day.startMs * 1000 && ts < day.endMs * 1000) found.push(ordered.join(','));
    }
  }
  return found;
}
