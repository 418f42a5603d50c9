import { type Factor, listFactors, listLiquidationFactors } from '../factors/index.js';
import { WIDE_FAMILIES, type WideColumn, type WideColumnDefinition, type WideFamily } from './column.js';
import { CROSS } from './families/cross.js';
import { DUMPS } from './families/dumps.js';
import { FUNDING } from './families/funding.js';
import { LIQUIDITY } from './families/liquidity.js';
import { MOMENTUM } from './families/momentum.js';
import { OPEN_INTEREST } from './families/open-interest.js';
import { PRICE } from './families/price.js';
import { PRICE_VOLUME } from './families/price-volume.js';
import { QUALITY } from './families/quality.js';
import { SHAPE } from './families/shape.js';
import { TICKER } from './families/ticker.js';
import { TRIAD } from './families/triad.js';
import { UNIVERSE } from './families/universe.js';
import { VOLATILITY } from './families/volatility.js';
import { VOLUME_BY_RETURN } from './families/volume-by-return.js';

/** Order-flow columns come with this prefix, so that their prices and volumes are not those of group 1. */
export const ORDER_FLOW_PREFIX = 'at_';

/** Definitions by family; each family is a run of neighbouring columns. */
export const WIDE_COLUMNS: Readonly<Record<WideFamily, Readonly<Record<string, WideColumnDefinition>>>> = {
  price: PRICE,
  funding: FUNDING,
  triad: TRIAD,
  'open-interest': OPEN_INTEREST,
  dumps: DUMPS,
  ticker: TICKER,
  universe: UNIVERSE,
  quality: QUALITY,
  momentum: MOMENTUM,
  volatility: VOLATILITY,
  shape: SHAPE,
  liquidity: LIQUIDITY,
  'price-volume': PRICE_VOLUME,
  'volume-by-return': VOLUME_BY_RETURN,
  'order-flow': fromFactors(listFactors(), 'the bar has no tick', ORDER_FLOW_PREFIX),
  liquidations: fromFactors(
    listLiquidationFactors().filter(({ family }) => family === 'liquidations'),
    'no source says anything about the bar',
    '',
  ),
  cross: CROSS,
};

/** A factor as a column of the wide table, whose rows may be of bars that the factor's own table lacks. */
function fromFactors(
  factors: readonly Factor[],
  noRow: string,
  prefix: string,
): Record<string, WideColumnDefinition> {
  return Object.fromEntries(
    factors.map(({ name, type, unit, range, formula, inputs, window, whenEmpty, source }) => [
      `${prefix}${name}`,
      {
        type,
        unit,
        range,
        formula,
        inputs,
        window,
        whenNull: whenEmpty === null ? noRow : `${noRow}, or ${whenEmpty}`,
        source,
      },
    ]),
  );
}

/**
 * Every column of the wide table, in their order. Names of liquidations that depend on a window are patterns with `{w}`;
 * of dumps, tickers, order flow and liquidations a table has those that it was given a source of.
 */
export function listWideColumns(): WideColumn[] {
  return WIDE_FAMILIES.flatMap((family) =>
    Object.entries(WIDE_COLUMNS[family]).map(([name, definition]) => ({ name, family, ...definition })),
  );
}
