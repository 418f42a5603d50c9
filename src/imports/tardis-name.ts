import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { assertSymbol } from '../market/index.js';
import { type Period, parsePeriod } from '../time/index.js';

export const TARDIS_CHANNELS = ['liquidations', 'derivative_ticker', 'trades'] as const;
export type TardisChannel = (typeof TARDIS_CHANNELS)[number];

/** What Tardis calls the markets whose units are known here. */
const MARKET_OF = { 'binance-futures': 'um', 'binance-delivery': 'cm', binance: 'spot' } as const;
export type TardisExchange = keyof typeof MARKET_OF;
export const TARDIS_EXCHANGES = Object.keys(MARKET_OF) as readonly TardisExchange[];

/** `{exchange}_{channel}_{YYYY-MM-DD}_{SYMBOL}.csv.gz` */
export interface TardisName {
  readonly exchange: TardisExchange;
  readonly channel: TardisChannel;
  readonly day: Period;
  readonly symbol: string;
}

export function marketOfExchange(exchange: TardisExchange): Market {
  return MARKET_OF[exchange];
}

export function exchangeOfMarket(market: Market): TardisExchange {
  return TARDIS_EXCHANGES.find((exchange) => MARKET_OF[exchange] === market)!;
}

export function tardisFileName({ exchange, channel, day, symbol }: TardisName): string {
  return `${exchange}_${channel}_${day.key}_${symbol}.csv.gz`;
}

/** @throws `E_USAGE` */
export function parseExchange(text: string): TardisExchange {
  const exchange = TARDIS_EXCHANGES.find((candidate) => candidate === text);
  if (!exchange) {
    const expected = TARDIS_EXCHANGES.join(', ');
    throw new TapemillError('E_USAGE', `expected an exchange of Tardis out of ${expected}, found "${text}"`, {
      expected,
      found: text,
    });
  }
  return exchange;
}

/** @throws `E_USAGE` */
export function parseChannel(text: string): TardisChannel {
  const channel = TARDIS_CHANNELS.find((candidate) => candidate === text);
  if (!channel) {
    const expected = TARDIS_CHANNELS.join(', ');
    throw new TapemillError('E_USAGE', `expected a channel of Tardis out of ${expected}, found "${text}"`, {
      expected,
      found: text,
    });
  }
  return channel;
}

/** Name of any channel, `.csv` or `.csv.gz`; null when it is none of Tardis. @throws `E_USAGE`, `E_PERIOD`, `E_SYMBOL` */
export function parseTardisName(file: string): TardisName | null {
  const match =
    /^(?<exchange>[a-z0-9-]+)_(?<channel>[a-z0-9_]+)_(?<day>\d{4}-\d{2}-\d{2})_(?<symbol>[^.]+)\.csv(?:\.gz)?$/u.exec(
      file,
    )?.groups;
  const channel = TARDIS_CHANNELS.find((candidate) => candidate === match?.['channel']);
  if (!match || !channel) return null;
  const symbol = match['symbol']!.normalize('NFC');
  assertSymbol(symbol);
  return { exchange: parseExchange(match['exchange']!), channel, day: parsePeriod(match['day']!), symbol };
}
