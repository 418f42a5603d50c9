import { TapemillError } from '../errors.js';
import { type Market, archiveSymbol, assertSymbol, normalizeSymbol, parseInterval } from '../market/index.js';
import { FUNDING_RATE } from './funding.js';
import type { SourceKind, SourceSeries, SourceType } from './kind.js';
import { KLINES } from './klines.js';
import { LIQUIDATION_SNAPSHOT } from './liquidations.js';
import { METRICS } from './metrics.js';
import { INDEX_PRICE_KLINES, MARK_PRICE_KLINES, PREMIUM_INDEX_KLINES } from './price-klines.js';

/** Every data type of the archive that is not ticks: what it holds, how it is published, when it is known. */
export const SOURCE_KINDS: Readonly<Record<SourceType, SourceKind>> = {
  klines: KLINES,
  markPriceKlines: MARK_PRICE_KLINES,
  indexPriceKlines: INDEX_PRICE_KLINES,
  premiumIndexKlines: PREMIUM_INDEX_KLINES,
  metrics: METRICS,
  fundingRate: FUNDING_RATE,
  liquidationSnapshot: LIQUIDATION_SNAPSHOT,
};

export const SOURCE_TYPES: readonly SourceType[] = Object.values(SOURCE_KINDS).map((kind) => kind.dataType);

/** A series as people name it. */
export interface SeriesRequest {
  readonly market: Market;
  readonly dataType: SourceType;
  /** A contract will do for coin-margined index prices, which are those of its pair. */
  readonly symbol: string;
  /** Of klines, `1m` … `1mo`; none for the other types. */
  readonly interval?: string | null;
}

/**
 * The series, spelled as the archive does.
 * @throws `E_USAGE` when the market has no such data, or for a missing, needless or unknown interval; `E_SYMBOL`
 */
export function sourceSeries({ market, dataType, symbol, interval = null }: SeriesRequest): SourceSeries {
  const refuse = (message: string): never => {
    throw new TapemillError('E_USAGE', message);
  };
  const kind = SOURCE_TYPES.includes(dataType) ? SOURCE_KINDS[dataType] : undefined;
  if (!kind) return refuse(`expected a data type out of ${SOURCE_TYPES.join(', ')}, found "${dataType}"`);
  if (!kind.markets.includes(market)) {
    return refuse(`${dataType} is published for ${kind.markets.join(' and ')}, not for ${market}`);
  }
  if (kind.hasInterval && interval === null) return refuse(`${dataType} needs an interval, for instance 1h`);
  if (!kind.hasInterval && interval !== null)
    return refuse(`${dataType} has no intervals, found "${interval}"`);
  const name = archiveSymbol(market, dataType, normalizeSymbol(symbol));
  assertSymbol(name);
  return { market, dataType, symbol: name, interval: interval === null ? null : parseInterval(interval) };
}

/** Three of the four sides of a series, for messages: `um klines 1h BTCUSDT`. */
export function describeSeries({ market, dataType, symbol, interval }: SourceSeries): string {
  return [market, dataType, ...(interval ? [interval.label] : []), symbol].join(' ');
}
