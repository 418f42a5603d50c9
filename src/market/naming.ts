import { type Period, parsePeriod } from '../time/index.js';
import { TapemillError } from '../errors.js';
import type { Market } from './market.js';

/** Data types of the public archive, as its folders spell them. */
export const DATA_TYPES = [
  'aggTrades',
  'klines',
  'markPriceKlines',
  'indexPriceKlines',
  'premiumIndexKlines',
  'fundingRate',
  'metrics',
  'liquidationSnapshot',
  'trades',
] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** Names one object of the archive. */
export interface ObjectName {
  readonly market: Market;
  readonly dataType: DataType;
  readonly symbol: string;
  readonly period: Period;
  /** Only for the kline types: `1m`, `1h` … */
  readonly interval?: string;
}

function marketFolder(market: Market): string {
  return market === 'spot' ? 'data/spot' : `data/futures/${market}`;
}

/**
 * What the archive calls a symbol in the folder of a data type: the same, but coin-margined index prices are those of
 * the pair, `BTCUSD` for `BTCUSD_PERP` and `BTCUSD_240329` alike.
 */
export function archiveSymbol(market: Market, dataType: DataType, symbol: string): string {
  return market === 'cm' && dataType === 'indexPriceKlines' ? symbol.replace(/_(PERP|\d{6})$/, '') : symbol;
}

/** `data/futures/um/daily/aggTrades/BTCUSDT`, without a slash at the end. */
export function objectFolder(name: Omit<ObjectName, 'period'>, kind: Period['kind']): string {
  const cadence = kind === 'month' ? 'monthly' : 'daily';
  const folder = `${marketFolder(name.market)}/${cadence}/${name.dataType}/${name.symbol}`;
  return name.interval === undefined ? folder : `${folder}/${name.interval}`;
}

/** Key of the ZIP below the archive's root: `data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-05.zip`. */
export function objectKey(name: ObjectName): string {
  const middle = name.interval ?? name.dataType;
  return `${objectFolder(name, name.period.kind)}/${name.symbol}-${middle}-${name.period.key}.zip`;
}

export function checksumKey(key: string): string {
  return `${key}.CHECKSUM`;
}

/**
 * The inverse of `objectKey` for names as published, month not padded included (`…-2020-8.zip`).
 * @throws `E_USAGE` when the key is none of the archive's
 */
export function parseObjectKey(key: string): ObjectName {
  const match =
    /^data\/(?:futures\/(?<futures>um|cm)|spot)\/(?:daily|monthly)\/(?<dataType>[A-Za-z]+)\/(?<symbol>[^/]+)\/(?:(?<interval>[^/]+)\/)?(?<file>[^/]+)\.zip$/u.exec(
      key,
    );
  const date = /-(?<year>\d{4})-(?<month>\d{1,2})(?:-(?<day>\d{1,2}))?$/.exec(match?.groups?.['file'] ?? '');
  const dataType = DATA_TYPES.find((candidate) => candidate === match?.groups?.['dataType']);
  if (!match?.groups || !date?.groups || !dataType) {
    throw new TapemillError('E_USAGE', `"${key}" is not the key of an archive object`, { object: key });
  }
  const parts = [date.groups['year'], date.groups['month'], date.groups['day']].filter(
    (part) => part !== undefined,
  );
  const futures = match.groups['futures'];
  const interval = match.groups['interval'];
  return {
    market: futures === 'um' || futures === 'cm' ? futures : 'spot',
    dataType,
    symbol: match.groups['symbol'] ?? '',
    period: parsePeriod(parts.map((part) => part.padStart(2, '0')).join('-')),
    ...(interval === undefined ? {} : { interval }),
  };
}

/** What a symbol's objects of one kind are called where they are remembered: `aggTrades`, `klines:1m`. */
export function streamOf({ dataType, interval }: Pick<ObjectName, 'dataType' | 'interval'>): string {
  return interval === undefined ? dataType : `${dataType}:${interval}`;
}
