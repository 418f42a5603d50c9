/** What the exchange and its archive call things. */
export { type Market, MARKETS, parseMarket } from './market.js';
export { assertSymbol, normalizeSymbol } from './symbol.js';
export { contractSizeUsd } from './contract.js';
export {
  type ObjectName,
  type DataType,
  DATA_TYPES,
  archiveSymbol,
  objectKey,
  objectFolder,
  checksumKey,
  parseObjectKey,
  streamOf,
} from './naming.js';
export {
  type KlineInterval,
  KLINE_INTERVALS,
  intervalEnd,
  isIntervalStart,
  parseInterval,
} from './interval.js';
