/** Decimals as exact fractions of 10^-18: slow, obvious, and nothing of the simulator in it. */
export const ONE = 10n ** 18n;

export function decimal(text: string): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?:E(-?\d+))?$/.exec(text);
  if (!match) throw new Error(`"${text}" is no decimal`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const power = 18 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (power >= 0) return digits * 10n ** BigInt(power);
  if (digits % 10n ** BigInt(-power) !== 0n) throw new Error(`"${text}" is finer than 10^-18`);
  return digits / 10n ** BigInt(-power);
}

export interface Tick {
  readonly aggId: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly firstFill: number;
  readonly lastFill: number;
  readonly timeMs: number;
  readonly takerBuy: boolean;
}

/** A line in the order of the archive; microseconds are cut to milliseconds. */
export function parseTick(line: string): Tick {
  const [aggId = '', price = '', quantity = '', firstFill = '', lastFill = '', time = '', maker = ''] =
    line.split(',');
  return {
    aggId: Number(aggId),
    price: decimal(price),
    quantity: decimal(quantity),
    firstFill: Number(firstFill),
    lastFill: Number(lastFill),
    timeMs: Number(time.length === 16 ? time.slice(0, 13) : time),
    takerBuy: maker.toLowerCase() === 'false',
  };
}

export interface SlowKline {
  readonly openMs: number;
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
  readonly quote: bigint;
  readonly fills: number;
  readonly takerBuyVolume: bigint;
  readonly takerBuyQuote: bigint;
}

/** Klines of the intervals that have a tick. `contractUsd` makes `quote` base volume, 8 decimals rounded per tick. */
export function slowKlines(
  ticks: readonly Tick[],
  lengthMs: number,
  contractUsd?: number,
): Map<number, SlowKline> {
  const klines = new Map<number, SlowKline>();
  for (const tick of ticks) {
    const openMs = Math.floor(tick.timeMs / lengthMs) * lengthMs;
    const before = klines.get(openMs);
    const quote =
      contractUsd === undefined ? (tick.price * tick.quantity) / ONE : baseVolume(tick, BigInt(contractUsd));
    klines.set(openMs, {
      openMs,
      open: before?.open ?? tick.price,
      high: before && before.high > tick.price ? before.high : tick.price,
      low: before && before.low < tick.price ? before.low : tick.price,
      close: tick.price,
      volume: (before?.volume ?? 0n) + tick.quantity,
      quote: (before?.quote ?? 0n) + quote,
      fills: (before?.fills ?? 0) + tick.lastFill - tick.firstFill + 1,
      takerBuyVolume: (before?.takerBuyVolume ?? 0n) + (tick.takerBuy ? tick.quantity : 0n),
      takerBuyQuote: (before?.takerBuyQuote ?? 0n) + (tick.takerBuy ? quote : 0n),
    });
  }
  return klines;
}

function baseVolume(tick: Tick, contractUsd: bigint): bigint {
  const unit = ONE / 10n ** 8n;
  const exact = tick.quantity * contractUsd * ONE * 10n;
  const tenths = exact / tick.price / unit;
  return ((tenths + 5n) / 10n) * unit;
}

export function parseKline(line: string): SlowKline {
  const cells = line.split(',');
  const [openMs, open, high, low, close, volume, , quote, fills, takerBuyVolume, takerBuyQuote] = cells.map(
    (c) => c,
  );
  return {
    openMs: Number((openMs ?? '').slice(0, 13)),
    open: decimal(open ?? ''),
    high: decimal(high ?? ''),
    low: decimal(low ?? ''),
    close: decimal(close ?? ''),
    volume: decimal(volume ?? ''),
    quote: decimal(quote ?? ''),
    fills: Number(fills),
    takerBuyVolume: decimal(takerBuyVolume ?? ''),
    takerBuyQuote: decimal(takerBuyQuote ?? ''),
  };
}
