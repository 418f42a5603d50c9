import type { TimeUnit } from '../../src/ticks/index.js';
import { type Rational, parseDecimal } from './exact.js';

/** Reading of an aggTrades CSV for the reference: whole text, regular expressions, one object a row. */

export interface CsvRow {
  readonly id: number;
  readonly price: Rational;
  readonly quantity: Rational;
  readonly firstFill: number;
  readonly lastFill: number;
  readonly timeUs: number;
  readonly buyerIsMaker: boolean;
}

export interface CsvFile {
  readonly header: boolean;
  readonly timeUnit: TimeUnit | null;
  /** Well-formed rows in file order. */
  readonly rows: readonly CsvRow[];
  readonly malformed: readonly { readonly line: number; readonly text: string }[];
}

const USUAL = ['agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'transact_time'];
const MAX_LINE_BYTES = 4096;
const QUOTED_BYTES = 256;

export function readCsv(csv: string): CsvFile {
  const lines = csv
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const header = !/^\s*"?\d/.test(lines[0] ?? '');
  const columns = header ? cellsOf(lines[0] ?? '') : [...USUAL, 'is_buyer_maker'];
  const columnCount = cellsOf(lines[0] ?? '').length;
  let timeUnit: TimeUnit | null = null;
  const rows: CsvRow[] = [];
  const malformed: { line: number; text: string }[] = [];
  lines.forEach((text, i) => {
    if (text === '' || (header && i === 0)) return;
    const cells = cellsOf(text);
    const row =
      cells.length === columnCount && text.length <= MAX_LINE_BYTES
        ? readRow((name) => cells[columns.indexOf(name)] ?? '')
        : null;
    // The first good row decides the unit of the file.
    timeUnit ??= row?.timeUnit ?? null;
    if (row !== null && row.timeUnit === timeUnit) rows.push(row);
    else malformed.push({ line: i + 1, text: text.slice(0, QUOTED_BYTES) });
  });
  return { header, timeUnit, rows, malformed };
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.replace(/^ +| +$/g, '').replace(/^"(.*)"$/, '$1'));
}

function readRow(cell: (name: string) => string): (CsvRow & { timeUnit: TimeUnit }) | null {
  const id = readInteger(cell('agg_trade_id'));
  const price = parseDecimal(cell('price'));
  const quantity = parseDecimal(cell('quantity'));
  const firstFill = readInteger(cell('first_trade_id'));
  const lastFill = readInteger(cell('last_trade_id'));
  const time = readTime(cell('transact_time'));
  const buyerIsMaker = readBoolean(cell('is_buyer_maker'));
  if (id === null || id < 0 || !price || !quantity || firstFill === null || lastFill === null) return null;
  if (!time || buyerIsMaker === null) return null;
  const isSentinel = price.numerator === 0n && quantity.numerator === 0n;
  if (!isSentinel && (price.numerator === 0n || firstFill < 0 || lastFill < firstFill)) return null;
  return { id, price, quantity, firstFill, lastFill, buyerIsMaker, ...time };
}

function readInteger(text: string): number | null {
  if (!/^(?:\d{1,16}|-0*[1-9]\d{0,15})$/.test(text)) return null;
  return Number.isSafeInteger(Number(text)) ? Number(text) : null;
}

function readBoolean(text: string): boolean | null {
  if (/^(?:true|1|t|yes|y)$/i.test(text)) return true;
  return /^(?:false|0|f|no|n)$/i.test(text) ? false : null;
}

function readTime(text: string): { timeUs: number; timeUnit: TimeUnit } | null {
  if (/^\d{13}$/.test(text)) return { timeUs: Number(text) * 1000, timeUnit: 'ms' };
  if (/^\d{16}$/.test(text)) {
    return Number.isSafeInteger(Number(text)) ? { timeUs: Number(text), timeUnit: 'us' } : null;
  }
  const iso = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|z|\+00:?00| UTC)?$/.exec(text);
  if (!iso) return null;
  const seconds = `${iso[1]}T${iso[2]}`;
  const timeMs = Date.parse(`${seconds}Z`);
  // Date.parse knows 24:00:00 and, on some engines, 30 February; the spelling must survive.
  if (Number.isNaN(timeMs) || timeMs < 0 || !new Date(timeMs).toISOString().startsWith(seconds)) return null;
  return { timeUs: timeMs * 1000 + Number((iso[3] ?? '').slice(0, 6).padEnd(6, '0')), timeUnit: 'iso' };
}
