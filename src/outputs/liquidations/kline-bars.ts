import { ExactSum } from '../../bars/index.js';
import type { SourceTable } from '../../sources/index.js';
import type { EpochMs, Frequency } from '../../time/index.js';

/** What of a bar is needed to measure liquidations against. */
export interface KlineBar {
  /** Start, ms. */
  readonly start: EpochMs;
  /** Quote per base. */
  readonly close: number;
  /** Quote (cm: US dollars), the exact sum of the klines, rounded once. */
  readonly volume: number;
}

/**
 * Bars of klines that are as long or shorter, sorted. A bar of which a kline is missing is left out, since its close and
 * volume would be another thing; so is one without trades, which has no close, as in the minute layer: the exchange
 * repeats the last price there.
 */
export function* rollUpKlines(
  { columns, length }: SourceTable,
  klineMs: EpochMs,
  { lengthMs }: Frequency,
): Generator<KlineBar, void, void> {
  const time = columns['time']!;
  const close = columns['close']!;
  const volume = columns['quote_volume']!;
  const trades = columns['count']!;
  const sum = new ExactSum();
  for (let row = 0, end: number; row < length; row = end) {
    const start = Math.floor(time[row]! / lengthMs) * lengthMs;
    sum.clear();
    let last = NaN;
    for (end = row; end < length && time[end]! < start + lengthMs; end++) {
      sum.add(volume[end]!);
      if (trades[end]! > 0) last = close[end]!;
    }
    if (end - row === lengthMs / klineMs && !Number.isNaN(last)) {
      yield { start, close: last, volume: sum.value() };
    }
  }
}
