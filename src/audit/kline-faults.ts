import { BUY, BUY_QUOTE, CLOSE, COUNT, type FieldValues, HIGH, LOW, OPEN, QUOTE, VOLUME } from './fields.js';

/** Of an average price: what dividing rounded sums can be off by, and less than any tick. */
const PRICE_SLACK = 1e-9;

/** An amount of trades, and how far it may be off. */
export interface Amount {
  readonly base: number;
  readonly quote: number;
  readonly baseTolerance: number;
  readonly quoteTolerance: number;
}

/** Whether `quote / base` can be an average of prices from `low` to `high`. Nothing at all has any price. */
export function isPriceWithin(
  { base, quote, baseTolerance, quoteTolerance }: Amount,
  low: number,
  high: number,
): boolean {
  return (
    quote + quoteTolerance >= low * (base - baseTolerance) * (1 - PRICE_SLACK) &&
    quote - quoteTolerance <= high * (base + baseTolerance) * (1 + PRICE_SLACK)
  );
}

/** What no kline can say, in words; null when its values are possible. @param tolerance of each field */
export function klineFault(kline: FieldValues, tolerance: FieldValues): string | null {
  const [open, high, low, close] = [kline[OPEN]!, kline[HIGH]!, kline[LOW]!, kline[CLOSE]!];
  const [volume, quote, count] = [kline[VOLUME]!, kline[QUOTE]!, kline[COUNT]!];
  const [buy, buyQuote] = [kline[BUY]!, kline[BUY_QUOTE]!];
  const baseTolerance = tolerance[VOLUME]! + tolerance[BUY]!;
  const quoteTolerance = tolerance[QUOTE]! + tolerance[BUY_QUOTE]!;
  const isPossible = (base: number, quoteValue: number): boolean =>
    isPriceWithin({ base, quote: quoteValue, baseTolerance, quoteTolerance }, low, high);
  if (high < Math.max(open, close, low)) return 'its high is below another of its prices';
  if (low > Math.min(open, close)) return 'its low is above its open or close';
  if (buy > volume + baseTolerance) return 'its taker-buy volume is above its volume';
  if (buyQuote > quote + quoteTolerance) return 'its taker-buy quote volume is above its quote volume';
  if (count === 0 && volume > 0) return 'it has volume and no fill';
  if (!isPossible(volume, quote)) return 'its average price lies outside of low … high';
  if (!isPossible(buy, buyQuote)) return 'its average taker-buy price lies outside of low … high';
  if (!isPossible(volume - buy, quote - buyQuote))
    return 'its average taker-sell price lies outside of low … high';
  return null;
}
