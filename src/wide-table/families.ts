import { WIDE_FAMILIES, type WideFamily } from '../dataset/index.js';
import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { WIDE_DUMPS, isAnyImported } from './inputs/index.js';

/** Other spellings of families. */
const ALIASES: Readonly<Record<string, WideFamily>> = {
  orderflow: 'order-flow',
  order_flow: 'order-flow',
  openinterest: 'open-interest',
  oi: 'open-interest',
  metrics: 'open-interest',
  liquidation: 'liquidations',
  pricevolume: 'price-volume',
  correlation: 'price-volume',
  volumebyreturn: 'volume-by-return',
  doc: 'volume-by-return',
  tickers: 'ticker',
  time: 'universe',
};

/** The families that are named, in the order of the columns. @throws `E_USAGE` with the list of what there is */
export function parseFamilies(names: readonly string[]): WideFamily[] {
  const wanted = new Set(
    names.map((name) => {
      const plain = name.trim().toLowerCase();
      const found = WIDE_FAMILIES.find((family) => family === plain) ?? ALIASES[plain];
      if (found) return found;
      const expected = WIDE_FAMILIES.join(', ');
      throw new TapemillError('E_USAGE', `expected families out of ${expected}, found "${name}"`, {
        expected,
        found: name,
      });
    }),
  );
  return WIDE_FAMILIES.filter((family) => wanted.has(family));
}

/**
 * All families; those of what users bring, dumps and tickers, only when anything of the kind was imported for the market.
 * @throws `E_IO`
 */
export async function defaultFamilies(dataDir: string, market: Market): Promise<WideFamily[]> {
  const absent = new Set<WideFamily>();
  if (!(await isAnyImported(dataDir, market, 'derivative_ticker'))) absent.add('ticker');
  const dumps = await Promise.all(WIDE_DUMPS.map((dump) => isAnyImported(dataDir, market, dump)));
  if (!dumps.includes(true)) absent.add('dumps');
  return WIDE_FAMILIES.filter((family) => !absent.has(family));
}
