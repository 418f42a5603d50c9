import { intervalEnd, isIntervalStart, type KlineInterval, type Market } from '../market/index.js';
import { DAY_MS } from '../time/index.js';
import type { Cells } from './cells.js';
import type { CsvColumn } from './csv-layout.js';
import type { Coverage } from './gaps.js';
import type { ObjectContext, RowDraft, RowReader, SourceKind } from './kind.js';
import { type SourceColumn, type SourceTable, TIME_COLUMNS } from './table.js';

/** Header names of the archive; the aliases are those of its README and of REST clients. */
export const KLINE_CSV: readonly CsvColumn[] = [
  { name: 'open_time' },
  { name: 'open' },
  { name: 'high' },
  { name: 'low' },
  { name: 'close' },
  { name: 'volume' },
  { name: 'close_time' },
  { name: 'quote_volume', aliases: ['quote_asset_volume'] },
  { name: 'count', aliases: ['number_of_trades', 'trades'] },
  { name: 'taker_buy_volume', aliases: ['taker_buy_base_asset_volume', 'taker_buy_base_volume'] },
  { name: 'taker_buy_quote_volume', aliases: ['taker_buy_quote_asset_volume'] },
  { name: 'ignore', ignored: true },
];

const [OPEN_TIME, OPEN, HIGH, LOW, CLOSE, VOLUME, CLOSE_TIME, QUOTE, COUNT, BUY, BUY_QUOTE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;

const EARLY_CLOSE = 1;
export const KLINE_REPAIRS = ['available_at is the end of the interval, close_time is earlier'];

export function neverNull(
  name: string,
  unit: string,
  meaning: string,
  type: SourceColumn['type'] = 'double',
): SourceColumn {
  return { name, type, unit, meaning, whenNull: null, compared: true };
}

export const PRICE_COLUMNS: readonly SourceColumn[] = [
  ...TIME_COLUMNS,
  neverNull('open', 'quote/base', 'first price'),
  neverNull('high', 'quote/base', 'largest price'),
  neverNull('low', 'quote/base', 'smallest price'),
  neverNull('close', 'quote/base', 'last price'),
];

const TRADE_COLUMNS: readonly SourceColumn[] = [
  ...PRICE_COLUMNS,
  neverNull('volume', 'base', 'base volume'),
  neverNull('quote_volume', 'quote (cm: US dollars)', 'quote volume; on cm contracts × contract size'),
  neverNull('count', 'fills', 'number of trades', 'int64'),
  neverNull('taker_buy_volume', 'base', 'base volume of trades whose buyer was the taker'),
  neverNull('taker_buy_quote_volume', 'quote (cm: US dollars)', 'quote volume of the same'),
];

const CONTRACT_COLUMNS: readonly SourceColumn[] = [
  neverNull('contracts', 'contracts', 'volume in contracts: the volume of the archive'),
  neverNull('taker_buy_contracts', 'contracts', 'contracts of trades whose buyer was the taker'),
];

/** Reads times, prices and place of a kline of any type into the first six values. */
export function readPrices(
  { period }: ObjectContext,
  interval: KlineInterval,
  cells: Cells,
  row: RowDraft,
  price: (column: number) => number,
): void {
  const { values } = row;
  const open = cells.time(OPEN_TIME);
  const close = cells.time(CLOSE_TIME);
  if (cells.bad !== null) return;
  const end = intervalEnd(interval, open);
  // Of another interval or none: in the wrong folder, or damaged.
  if (!isIntervalStart(interval, open)) cells.refuse(OPEN_TIME);
  if (close < open || close >= end) cells.refuse(CLOSE_TIME);
  values[0] = open;
  values[1] = end;
  for (const column of [OPEN, HIGH, LOW, CLOSE]) values[1 + column] = price(column);
  if (values[1 + HIGH]! < values[1 + LOW]!) cells.refuse(HIGH);
  row.stamp = open;
  row.repairs = close + 1 === end ? 0 : EARLY_CLOSE;
  // A kline longer than a day may straddle the ends of its object.
  row.place = end <= period.startMs ? -1 : open >= period.endMs ? 1 : 0;
}

/** Every interval of the period; of those longer than a day only from the first row to the last. */
export function klineCoverage(table: SourceTable, context: ObjectContext): Coverage {
  const interval = context.interval!;
  const { time, available_at } = table.columns as { time: Float64Array; available_at: Float64Array };
  const regular = interval.lengthMs !== null && interval.lengthMs <= DAY_MS;
  return {
    fromMs: regular ? context.period.startMs : null,
    toMs: regular ? context.period.endMs : null,
    starts: time,
    ends: available_at,
    stepMs: interval.lengthMs ?? 30 * DAY_MS,
  };
}

function reader(context: ObjectContext): RowReader {
  const interval = context.interval!;
  const { contractSizeUsd } = context;
  return (cells, row) => {
    const price = (column: number): number => {
      const value = cells.amount(column);
      if (value === 0) cells.refuse(column);
      return value;
    };
    readPrices(context, interval, cells, row, price);
    const { values } = row;
    const [volume, quote] = [cells.amount(VOLUME), cells.amount(QUOTE)];
    const [buy, buyQuote] = [cells.amount(BUY), cells.amount(BUY_QUOTE)];
    values[8] = cells.count(COUNT);
    if (contractSizeUsd === null) {
      values.set([volume, quote], 6);
      values.set([buy, buyQuote], 9);
      return;
    }
    // The header of cm says volume and quote_volume; they hold contracts and base volume.
    values.set([quote, volume * contractSizeUsd], 6);
    values.set([buyQuote, buy * contractSizeUsd, volume, buy], 9);
  };
}

export const KLINES: SourceKind = {
  dataType: 'klines',
  title: 'Klines: prices and volumes of trades, as the exchange itself counts them',
  markets: ['um', 'cm', 'spot'],
  hasInterval: true,
  cadences: ['month', 'day'],
  known: 'at close_time + 1, which is the end of the interval',
  dialects: [
    {
      markets: ['um', 'cm'],
      from: null,
      until: null,
      says: 'a header or none, whatever the date; daily and monthly objects of a period may differ in it',
    },
    { markets: ['spot'], from: null, until: '2024-12-31', says: 'no header; times in ms' },
    { markets: ['spot'], from: '2025-01-01', until: null, says: 'no header; times in µs' },
    {
      markets: ['cm'],
      from: null,
      until: null,
      says: 'volume and taker_buy_volume are contracts, quote_volume and taker_buy_quote_volume base volume',
    },
  ],
  csv: KLINE_CSV,
  repairs: KLINE_REPAIRS,
  csvRows: 'each',
  schema: (market: Market) => ({
    columns: market === 'cm' ? [...TRADE_COLUMNS, ...CONTRACT_COLUMNS] : TRADE_COLUMNS,
    sameWhen: 'time',
    moreIsRight: 'count',
  }),
  reader,
  coverage: klineCoverage,
};
