import { TapemillError } from '../errors.js';

/** `um`: USDT/USDC-margined futures; `cm`: coin-margined futures; `spot`. */
export type Market = 'um' | 'cm' | 'spot';
export const MARKETS: readonly Market[] = ['um', 'cm', 'spot'];

/** @throws `E_USAGE` */
export function parseMarket(text: string): Market {
  const market = MARKETS.find((candidate) => candidate === text);
  if (!market) {
    throw new TapemillError('E_USAGE', `expected a market out of ${MARKETS.join(', ')}, found "${text}"`);
  }
  return market;
}
