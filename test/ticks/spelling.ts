import type { Decimal, TapeRow } from './tape.js';

/** How rows are written. The same values in any spelling must give the same bars. */
export interface Spelling {
  readonly price: (value: Decimal) => string;
  readonly quantity: (value: Decimal) => string;
  readonly time: (timeMs: number) => string;
  readonly boolean: (value: boolean) => string;
  readonly cell: (text: string) => string;
  /** Names in the order of the file; none of them are written without `header`. */
  readonly columns: readonly Column[];
  readonly header: boolean;
  readonly lineEnd: '\n' | '\r\n';
}

export type Column =
  | 'agg_trade_id'
  | 'price'
  | 'quantity'
  | 'first_trade_id'
  | 'last_trade_id'
  | 'transact_time'
  | 'is_buyer_maker'
  | 'is_best_match';

export const COLUMNS: readonly Column[] = [
  'agg_trade_id',
  'price',
  'quantity',
  'first_trade_id',
  'last_trade_id',
  'transact_time',
  'is_buyer_maker',
];

/** `0.0004452` */
export function plain({ mantissa, places }: Decimal): string {
  if (places <= 0) return `${mantissa * 10n ** BigInt(-places)}`;
  const digits = String(mantissa).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** `4.452E-4`, as whole files of the archive are written. */
export function scientific({ mantissa, places }: Decimal): string {
  const digits = String(mantissa);
  const fraction = digits.slice(1) || '0';
  return `${digits.slice(0, 1)}.${fraction}E${digits.length - 1 - places}`;
}

export const DECIMAL_STYLES: Readonly<Record<string, (value: Decimal) => string>> = {
  plain,
  scientific,
  padded: (value) => (value.places > 0 ? `${plain(value)}000` : `${plain(value)}.00`),
  leading: (value) => `00${plain(value)}`,
  short: (value) => plain(value).replace(/^0\./, '.'),
  pointed: (value) => (value.places > 0 ? plain(value) : `${plain(value)}.`),
  exponent: ({ mantissa, places }) => `${mantissa}e${-places}`,
  signed: ({ mantissa, places }) => `${mantissa}E${places > 0 ? '-' : '+'}${Math.abs(places)}`,
};

export const TIME_STYLES = {
  ms: (timeMs: number) => String(timeMs),
  us: (timeMs: number) => `${timeMs}000`,
  iso: (timeMs: number) => new Date(timeMs).toISOString(),
  isoSpace: (timeMs: number) => new Date(timeMs).toISOString().replace('T', ' ').replace('Z', ''),
  isoOffset: (timeMs: number) => new Date(timeMs).toISOString().replace('Z', '000+00:00'),
  isoUtc: (timeMs: number) => new Date(timeMs).toISOString().replace('T', ' ').replace('Z', ' UTC'),
} as const;

export const BOOLEAN_STYLES: Readonly<Record<string, (value: boolean) => string>> = {
  true: String,
  True: (value) => (value ? 'True' : 'False'),
  TRUE: (value) => (value ? 'TRUE' : 'FALSE'),
  '1': (value) => (value ? '1' : '0'),
  t: (value) => (value ? 't' : 'f'),
  yes: (value) => (value ? 'yes' : 'no'),
};

export const USUAL: Spelling = {
  price: plain,
  quantity: plain,
  time: TIME_STYLES.ms,
  boolean: String,
  cell: (text) => text,
  columns: COLUMNS,
  header: true,
  lineEnd: '\n',
};

export function lineOf(row: TapeRow, spelling: Spelling = USUAL): string {
  const { cell } = spelling;
  const texts: Record<Column, string> = {
    agg_trade_id: String(row.id),
    price: spelling.price(row.price),
    quantity: spelling.quantity(row.quantity),
    first_trade_id: String(row.firstFill),
    last_trade_id: String(row.lastFill),
    transact_time: spelling.time(row.timeMs),
    is_buyer_maker: spelling.boolean(row.buyerIsMaker),
    is_best_match: spelling.boolean(true),
  };
  return spelling.columns.map((column) => cell(texts[column])).join(',');
}

export function csvOf(rows: readonly TapeRow[], spelling: Spelling = USUAL): string {
  const header = spelling.header ? [spelling.columns.join(',')] : [];
  return [...header, ...rows.map((row) => lineOf(row, spelling)), ''].join(spelling.lineEnd);
}
