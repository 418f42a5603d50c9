import { daysBetween, type Period } from '../time/index.js';
import { KlineAccumulator, type Kline } from './kline-accumulator.js';
import { hasKlines } from './life.js';
import { SourcePublisher } from './publish-sources.js';
import { TickPublisher } from './publish-ticks.js';
import type { SymbolDesk } from './symbol-desk.js';

/**
 * Publishes what a symbol has in one month. A month that does not lie in the range as a whole has daily objects
 * only. `onDay` hears of every day that is done and how many ticks it had.
 */
export async function simulateMonth(
  at: SymbolDesk,
  month: Period,
  onDay: (day: Period, ticks: number) => void,
): Promise<void> {
  const { range, daily, monthly } = at.simulation;
  const days = daysBetween(Math.max(range.startMs, month.startMs), Math.min(range.endMs, month.endMs));
  const whole = month.startMs >= range.startMs && month.endMs <= range.endMs;
  const ticks = new TickPublisher(at);
  const sources = new SourcePublisher(at);
  const monthKlines: Kline[] = [];

  if (whole && monthly) await ticks.openMonth(month, days);
  for (const day of days) {
    const { instrument, anchors, life } = at.market;
    const plan = at.market.plan(day);
    const accumulator = new KlineAccumulator(instrument, day);
    if (plan) {
      await ticks.publishDay(plan, (batch) => {
        accumulator.add(batch);
      });
    }
    const klines = hasKlines(life, day) ? accumulator.minutes(anchors.lastCloseBefore(day.startMs)) : [];
    if (whole && monthly) for (const kline of klines) monthKlines.push(kline);
    await Promise.all([daily ? sources.klines(day, klines) : undefined, sources.metrics(day, klines)]);
    onDay(day, plan?.rows ?? 0);
  }
  await ticks.closeMonth();
  if (!whole) return;
  await sources.klines(month, monthKlines);
  await sources.funding(month);
}
