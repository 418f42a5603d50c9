import { MINUTE_MS, type EpochMs, type Period } from '../time/index.js';
import { divideRounded } from './decimal.js';
import type { Instrument } from './instrument.js';
import type { TickBatch } from './tick-batch.js';

const MINUTES = 1440;
const MINUTE_US = 60_000_000;
const FLUSH_AT = 2 ** 52;
/** Decimals of base volume on `cm`. */
export const CM_BASE_DECIMALS = 8;

/**
 * What the exchange's own kline says of an interval, in exact integers. `quoteUnits` are of
 * `10^-(priceDecimals + quantityDecimals)`; on `cm` they are base volume in units of `10^-8`, as in the archive.
 */
export interface Kline {
  readonly openMs: EpochMs;
  readonly lengthMs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly steps: bigint;
  readonly quoteUnits: bigint;
  readonly fills: number;
  readonly takerBuySteps: bigint;
  readonly takerBuyQuoteUnits: bigint;
}

/**
 * Minute klines of one day from its ticks, in integer arithmetic throughout: nothing is rounded (base volume on
 * `cm` is, once per tick, to 8 decimals). Shares no code with the tick kernel, so the two can check one another.
 */
export class KlineAccumulator {
  readonly #open = new Float64Array(MINUTES);
  readonly #high = new Float64Array(MINUTES);
  readonly #low = new Float64Array(MINUTES);
  readonly #close = new Float64Array(MINUTES);
  readonly #fills = new Float64Array(MINUTES);
  readonly #steps = new WideSums();
  readonly #quote = new WideSums();
  readonly #buySteps = new WideSums();
  readonly #buyQuote = new WideSums();
  /** `10^8 × contract size × 10^priceDecimals`: divided by price ticks, base volume of a contract. */
  readonly #cmScale: number;

  constructor(
    instrument: Instrument,
    private readonly day: Period,
  ) {
    this.#cmScale = (instrument.contractUsd ?? 0) * 10 ** (CM_BASE_DECIMALS + instrument.priceDecimals);
  }

  /** Rows must come in order of time. Rows outside of the day are not the day's and are left out. */
  add(batch: TickBatch): void {
    const startUs = this.day.startMs * 1000;
    for (let i = 0; i < batch.length; i++) {
      const minute = Math.floor((batch.timeUs[i]! - startUs) / MINUTE_US);
      if (minute < 0 || minute >= MINUTES) continue;
      const price = batch.priceTicks[i]!;
      const steps = batch.quantitySteps[i]!;
      if (this.#fills[minute] === 0) {
        this.#open[minute] = this.#high[minute] = this.#low[minute] = price;
      } else if (price > this.#high[minute]!) this.#high[minute] = price;
      else if (price < this.#low[minute]!) this.#low[minute] = price;
      this.#close[minute] = price;
      this.#fills[minute]! += batch.lastFillId[i]! - batch.firstFillId[i]! + 1;
      const quote = this.#cmScale > 0 ? this.#baseUnits(price, steps) : price * steps;
      this.#steps.add(minute, steps);
      this.#quote.add(minute, quote);
      if (batch.buyerMaker[i] === 0) {
        this.#buySteps.add(minute, steps);
        this.#buyQuote.add(minute, quote);
      }
    }
  }

  /** Base volume of contracts in units of 10^-8, to the nearest. */
  #baseUnits(price: number, contracts: number): number {
    const units = contracts * this.#cmScale;
    if (units > FLUSH_AT)
      return Number(divideRounded(BigInt(contracts) * BigInt(this.#cmScale), BigInt(price)));
    // A quotient of doubles can be off by one at an integer; the remainder, which is exact, tells.
    let whole = Math.floor(units / price);
    let rest = units - whole * price;
    if (rest < 0) [whole, rest] = [whole - 1, rest + price];
    return 2 * rest >= price ? whole + 1 : whole;
  }

  /**
   * The minutes from `fromMs` on. One without a tick carries the last close; before the first tick of a symbol
   * (`previousClose` undefined) there is no kline.
   */
  minutes(previousClose: number | undefined, fromMs: EpochMs = this.day.startMs): Kline[] {
    const klines: Kline[] = [];
    let close = previousClose;
    for (let minute = 0; minute < MINUTES; minute++) {
      const openMs = this.day.startMs + minute * MINUTE_MS;
      const traded = this.#fills[minute]! > 0;
      if (traded) close = this.#close[minute]!;
      if (close === undefined || openMs < fromMs) continue;
      klines.push({
        openMs,
        lengthMs: MINUTE_MS,
        open: traded ? this.#open[minute]! : close,
        high: traded ? this.#high[minute]! : close,
        low: traded ? this.#low[minute]! : close,
        close,
        steps: this.#steps.at(minute),
        quoteUnits: this.#quote.at(minute),
        fills: this.#fills[minute]!,
        takerBuySteps: this.#buySteps.at(minute),
        takerBuyQuoteUnits: this.#buyQuote.at(minute),
      });
    }
    return klines;
  }
}

/** Longer klines from consecutive minutes; intervals are aligned to the epoch. */
export function longerKlines(minutes: readonly Kline[], lengthMs: EpochMs): Kline[] {
  const klines: Kline[] = [];
  for (const minute of minutes) {
    const openMs = Math.floor(minute.openMs / lengthMs) * lengthMs;
    const last = klines.at(-1);
    if (last?.openMs !== openMs) {
      klines.push({ ...minute, openMs, lengthMs });
      continue;
    }
    // A carried price is no trade: it neither opens the interval nor widens it.
    const prices = last.fills === 0 ? minute : minute.fills === 0 ? last : undefined;
    klines[klines.length - 1] = {
      openMs,
      lengthMs,
      open: prices?.open ?? last.open,
      high: prices?.high ?? Math.max(last.high, minute.high),
      low: prices?.low ?? Math.min(last.low, minute.low),
      close: minute.close,
      steps: last.steps + minute.steps,
      quoteUnits: last.quoteUnits + minute.quoteUnits,
      fills: last.fills + minute.fills,
      takerBuySteps: last.takerBuySteps + minute.takerBuySteps,
      takerBuyQuoteUnits: last.takerBuyQuoteUnits + minute.takerBuyQuoteUnits,
    };
  }
  return klines;
}

/** One exact sum per minute: a double while it is below 2^52, a BigInt for what overflows. */
class WideSums {
  readonly #low = new Float64Array(MINUTES);
  readonly #high = new Map<number, bigint>();

  /** `value` is an integer from 0 to 2^52, so low + value is exact. */
  add(minute: number, value: number): void {
    const sum = this.#low[minute]! + value;
    if (value > FLUSH_AT) throw new RangeError(`${value} is too large to be summed exactly`);
    if (sum < FLUSH_AT) {
      this.#low[minute] = sum;
      return;
    }
    this.#high.set(minute, (this.#high.get(minute) ?? 0n) + BigInt(sum));
    this.#low[minute] = 0;
  }

  at(minute: number): bigint {
    return (this.#high.get(minute) ?? 0n) + BigInt(this.#low[minute]!);
  }
}
