import type { FactorPanel } from '../../src/tearsheet/panel.js';
import { seeded } from '../layer/sample.js';

export const HOUR = 3_600_000;
export const START = Date.UTC(2024, 0, 1);

/** Standard normal values (Box and Muller). */
export function gaussian(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export interface Planted {
  readonly symbols: number;
  readonly bars: number;
  /** Correlation of the factor with the return of the next bar. */
  readonly ic: number;
  /** Bars by which the factor comes later than it should; it then speaks of the past. */
  readonly late?: number;
}

/** Independent returns, and a factor that is the next one with as much noise as makes the correlation. */
export function planted({ symbols, bars, ic, late = 0 }: Planted): FactorPanel {
  const normal = gaussian(11);
  const noise = ic === 0 ? 1 : Math.sqrt(1 / ic ** 2 - 1);
  return {
    minute: Float64Array.from({ length: bars }, (_, t) => START + t * HOUR),
    barMs: HOUR,
    symbols: Array.from({ length: symbols }, (_, i) => {
      const returns = Float64Array.from({ length: bars + 1 }, normal);
      const signal = returns.map((next) => (ic === 0 ? 0 : next) + noise * normal());
      const close = new Float64Array(bars);
      let log = 0;
      close.forEach((_, t) => {
        log += returns[t]! / 100;
        close[t] = Math.exp(log);
      });
      const factor = Float64Array.from({ length: bars }, (_, t) => signal[t + 1 - late] ?? NaN);
      return { symbol: `S${i}USDT`, factor, close };
    }),
  };
}

/** A small panel with nulls in factors and prices, and many equal values. */
export function ragged(symbols: number, bars: number, seed: number): FactorPanel {
  const random = seeded(seed);
  return {
    minute: Float64Array.from({ length: bars }, (_, t) => START + 27 * 24 * HOUR + t * HOUR),
    barMs: HOUR,
    symbols: Array.from({ length: symbols }, (_, i) => ({
      symbol: `R${i}USDT`,
      factor: Float64Array.from({ length: bars }, () =>
        random() < 0.15 ? NaN : Math.floor(random() * 12) - 4,
      ),
      close: Float64Array.from({ length: bars }, () => (random() < 0.1 ? NaN : 90 + 20 * random())),
    })),
  };
}
