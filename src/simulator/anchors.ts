import { DAY_MS, type EpochMs } from '../time/index.js';
import type { Instrument } from './instrument.js';
import { lastTradingDayBefore, type Life } from './life.js';
import { hashText, smoothNoise } from './random.js';

/**
 * The price at every UTC midnight, in ticks, as a function of the date alone: the intraday path of a day is a
 * bridge from its anchor to the next day's, and its last tick is at the next day's anchor exactly. So the close of
 * any day is known without generating it.
 */
export class Anchors {
  readonly #seed: number;

  constructor(
    name: string,
    private readonly instrument: Instrument,
    private readonly life: Life,
  ) {
    this.#seed = hashText(`${name}|anchors`);
  }

  /** Price at the midnight that starts a day. Stays within a factor of about three of the level. */
  at(dayStartMs: EpochMs): number {
    const day = dayStartMs / DAY_MS;
    const daily = this.instrument.dailyVolatility;
    const logPrice =
      16 * daily * smoothNoise(this.#seed, day / 90) +
      5 * daily * smoothNoise(this.#seed ^ 0x51ed, day / 17) +
      1.2 * daily * smoothNoise(this.#seed ^ 0x2c1b, day / 1.7);
    return Math.max(10, Math.round(this.instrument.levelTicks * Math.exp(logPrice)));
  }

  /** Price of the last tick before a midnight, or undefined when there is none yet. */
  lastCloseBefore(dayStartMs: EpochMs): number | undefined {
    const day = lastTradingDayBefore(this.life, dayStartMs);
    return day === undefined ? undefined : this.at(day + DAY_MS);
  }
}
