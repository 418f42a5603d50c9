/** What the exchange and its archive call things. */
export { type Market, MARKETS, parseMarket } from './market.js';
export { assertSymbol, normalizeSymbol } from './symbol.js';
export { contractSizeUsd } from './contract.js';
export {
  type ObjectName,
  type DataType,
  DATA_TYPES,
  objectKey,
  objectFolder,
  checksumKey,
  parseObjectKey,
  streamOf,
} from './naming.js';
