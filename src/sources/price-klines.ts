import type { CsvColumn } from './csv-layout.js';
import type { SourceDialect, SourceKind, SourceType } from './kind.js';
import { KLINE_CSV, KLINE_REPAIRS, PRICE_COLUMNS, klineCoverage, neverNull, readPrices } from './klines.js';
import { TIME_COLUMNS } from './table.js';

/** Klines of a price that nobody trades at: their volumes are 0 and their count is a placeholder. */

/** Only times and prices are read. */
const PRICE_CSV: readonly CsvColumn[] = KLINE_CSV.map((column) =>
  ['open_time', 'open', 'high', 'low', 'close', 'close_time'].includes(column.name)
    ? column
    : { ...column, ignored: true },
);

const DIALECTS: readonly SourceDialect[] = [
  {
    markets: ['um', 'cm'],
    from: null,
    until: null,
    says: 'a header or none; volume fields are 0 and count is a placeholder (60 in a 1m kline), none of them trades',
  },
];

/** Indexes are differences of prices, hence of any sign. */
const PREMIUM_COLUMNS = [
  ...TIME_COLUMNS,
  neverNull('open', '1', 'first premium index'),
  neverNull('high', '1', 'largest premium index'),
  neverNull('low', '1', 'smallest premium index'),
  neverNull('close', '1', 'last premium index'),
];

function priceKind(
  dataType: SourceType,
  title: string,
  own: Partial<Pick<SourceKind, 'dialects'>> = {},
): SourceKind {
  const isPremium = dataType === 'premiumIndexKlines';
  return {
    dataType,
    title,
    markets: ['um', 'cm'],
    hasInterval: true,
    cadences: ['month', 'day'],
    known: 'at close_time + 1, which is the end of the interval',
    dialects: [...DIALECTS, ...(own.dialects ?? [])],
    csv: PRICE_CSV,
    repairs: KLINE_REPAIRS,
    csvRows: 'each',
    schema: () => ({
      columns: isPremium ? PREMIUM_COLUMNS : PRICE_COLUMNS,
      sameWhen: 'time',
      moreIsRight: null,
    }),
    reader: (context) => {
      const interval = context.interval!;
      return (cells, row) => {
        readPrices(context, interval, cells, row, (column) => {
          const value = cells.decimal(column);
          if (!isPremium && value <= 0) cells.refuse(column);
          return value;
        });
      };
    },
    coverage: klineCoverage,
  };
}

export const MARK_PRICE_KLINES = priceKind(
  'markPriceKlines',
  'Mark price klines: the price that liquidations and unrealised profit go by',
);

export const INDEX_PRICE_KLINES = priceKind(
  'indexPriceKlines',
  'Index price klines: the average of the underlying over spot markets',
  {
    dialects: [
      {
        markets: ['cm'],
        from: null,
        until: null,
        says: 'published by pair, BTCUSD, not by contract, BTCUSD_PERP',
      },
    ],
  },
);

export const PREMIUM_INDEX_KLINES = priceKind(
  'premiumIndexKlines',
  'Premium index klines: how far the contract trades from its index, as a share; what funding is computed from',
);
