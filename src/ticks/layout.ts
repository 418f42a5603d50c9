import { TapemillError } from '../errors.js';

/** The fields that the kernel wants, in the order of a usual row. */
const FIELDS = ['id', 'price', 'quantity', 'first', 'last', 'time', 'maker'] as const;
type Field = (typeof FIELDS)[number] | 'best';

/** Every published spelling of a column. A name that is not here is a new layout, and an error. */
const NAMES: Readonly<Record<string, Field>> = {
  agg_trade_id: 'id',
  aggregate_trade_id: 'id',
  a: 'id',
  price: 'price',
  p: 'price',
  quantity: 'quantity',
  qty: 'quantity',
  q: 'quantity',
  first_trade_id: 'first',
  f: 'first',
  last_trade_id: 'last',
  l: 'last',
  transact_time: 'time',
  timestamp: 'time',
  time: 'time',
  t: 'time',
  is_buyer_maker: 'maker',
  m: 'maker',
  is_best_match: 'best',
  best_price_match: 'best',
  is_best_price_match: 'best',
  was_the_trade_the_best_price_match: 'best',
};

export interface Layout {
  readonly header: boolean;
  readonly columnCount: number;
  /** Position of each of `FIELDS` in a row. */
  readonly positions: readonly number[];
}

const EXPECTED =
  'agg_trade_id, price, quantity, first_trade_id, last_trade_id, transact_time, is_buyer_maker[, is_best_match]';

/**
 * Tells from the first line of a file how its rows are laid out: by name when it is a header, by count when it
 * is a row. @throws `E_CSV_LAYOUT`, printing the line, for anything that is neither.
 */
export function sniffLayout(firstLine: string, object: string): Layout {
  const cells = firstLine
    .replace(/\r$/, '')
    .split(',')
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  if (/^\d+$/.test(cells[0] ?? '')) {
    if (cells.length === 7 || cells.length === 8) {
      return { header: false, columnCount: cells.length, positions: [0, 1, 2, 3, 4, 5, 6] };
    }
    throw unknownLayout(firstLine, object, `a row of ${cells.length} columns`);
  }
  const fields = cells.map(fieldNamed);
  const strange = cells.filter((_, i) => fields[i] === undefined);
  if (strange.length > 0)
    throw unknownLayout(firstLine, object, `unknown column ${strange.map((c) => `"${c}"`).join(', ')}`);
  if (new Set(fields).size !== fields.length) throw unknownLayout(firstLine, object, 'a column twice');
  const positions = FIELDS.map((field) => fields.indexOf(field));
  const missing = FIELDS.filter((_, i) => positions[i] === -1);
  if (missing.length > 0) throw unknownLayout(firstLine, object, `no column for ${missing.join(', ')}`);
  return { header: true, columnCount: cells.length, positions };
}

function fieldNamed(cell: string): Field | undefined {
  const name = cell.toLowerCase().replace(/[\s-]+/g, '_');
  // Its own names only: `constructor` is none.
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

export function unknownLayout(line: string, object: string, found: string): TapemillError {
  const shown = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return new TapemillError(
    'E_CSV_LAYOUT',
    `${object}: not a known aggTrades layout (${found}); line 1 is: ${JSON.stringify(shown)}`,
    { object, line: 1, expected: EXPECTED, found: shown },
  );
}
