import type { CsvColumn } from './csv-layout.js';
import type { ObjectContext, RowReader, SourceKind } from './kind.js';
import { neverNull } from './klines.js';
import { type SourceColumn, TIME_COLUMNS } from './table.js';

/** Forced orders. The exchange shows one a symbol and second at most, so sums of them are lower bounds. */

const CSV: readonly CsvColumn[] = [
  { name: 'time' },
  { name: 'side' },
  { name: 'order_type' },
  { name: 'time_in_force' },
  { name: 'original_quantity' },
  { name: 'price' },
  { name: 'average_price' },
  { name: 'order_status' },
  { name: 'last_fill_quantity' },
  { name: 'accumulated_fill_quantity' },
];
const [TIME, SIDE, ORDER_TYPE, TIME_IN_FORCE, QUANTITY, PRICE, AVERAGE, STATUS, LAST, ACCUMULATED] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;

const COLUMNS: readonly SourceColumn[] = [
  ...TIME_COLUMNS,
  neverNull(
    'side',
    '',
    '-1: the order sold, a long was liquidated; 1: it bought, a short was liquidated',
    'int64',
  ),
  neverNull('original_quantity', 'base (cm: contracts)', 'quantity of the order'),
  neverNull('price', 'quote/base', 'limit of the order: the bankruptcy price, not one that was traded'),
  neverNull('average_price', 'quote/base', 'average price of its fills; 0 when there is none'),
  neverNull('last_fill_quantity', 'base (cm: contracts)', 'quantity of the last fill'),
  neverNull('accumulated_fill_quantity', 'base (cm: contracts)', 'quantity of all fills so far'),
  neverNull('is_filled', '', '1 when order_status is FILLED, else 0', 'int64'),
];

/** `LIMIT`, `IOC`, `PARTIALLY_FILLED`: read to tell a damaged row, not kept. */
const TOKEN = /^[A-Z_]{1,30}$/i;

function reader({ period }: ObjectContext): RowReader {
  return (cells, row) => {
    const time = cells.time(TIME);
    const side = cells.text(SIDE).toUpperCase();
    if (side !== 'BUY' && side !== 'SELL') cells.refuse(SIDE);
    for (const column of [ORDER_TYPE, TIME_IN_FORCE, STATUS]) {
      if (!TOKEN.test(cells.text(column))) cells.refuse(column);
    }
    const isFilled = cells.text(STATUS).toUpperCase() === 'FILLED';
    const amounts = [QUANTITY, PRICE, AVERAGE, LAST, ACCUMULATED].map((column) => cells.amount(column));
    row.values.set([time, time, side === 'SELL' ? -1 : 1, ...amounts, isFilled ? 1 : 0]);
    row.stamp = time;
    row.repairs = 0;
    row.place = time < period.startMs ? -1 : time >= period.endMs ? 1 : 0;
  };
}

export const LIQUIDATION_SNAPSHOT: SourceKind = {
  dataType: 'liquidationSnapshot',
  title: 'Liquidations: forced orders, at most one a symbol and second',
  markets: ['cm', 'um'],
  hasInterval: false,
  cadences: ['day'],
  known: 'at the event',
  dialects: [
    {
      markets: ['um'],
      from: null,
      until: '2024-03-31',
      says: 'no longer provided; mirrors may still have it',
    },
    {
      markets: ['cm', 'um'],
      from: null,
      until: null,
      says: 'every row is there twice; a day without events is a header',
    },
  ],
  csv: CSV,
  repairs: [],
  csvRows: 'each',
  schema: () => ({ columns: COLUMNS, sameWhen: 'row', moreIsRight: null }),
  reader,
  coverage: () => null,
};
