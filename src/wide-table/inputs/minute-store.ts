import type { MinuteSpan } from '../../dataset/index.js';
import { TapemillError } from '../../errors.js';
import { type LayerFacts, listMonths, readLayerFacts } from '../../layer/index.js';
import type { Market } from '../../market/index.js';
import { sourceSeries, viewSource } from '../../sources/index.js';
import { DAY_MS, type EpochMs, type Period, daysBetween, parsePeriod } from '../../time/index.js';
import { type InputMonth, inputMonth } from './digest.js';

/** Where a symbol's minutes come from: the minute layer, or collected 1m klines when the layer has no month of it. */
export interface MinuteStore {
  readonly origin: 'layer' | 'klines';
  readonly symbol: string;
  /** Oldest first. */
  readonly months: readonly MinuteMonth[];
}

export interface MinuteMonth {
  readonly month: Period;
  readonly path: string;
  readonly input: InputMonth;
  /** Stretches of the month that objects cover, ascending; between them is a hole. */
  readonly spans: readonly MinuteSpan[];
}

/**
 * Reads footers only. Null when neither has anything of the symbol.
 * @throws `E_LAYER` when a file is damaged, another symbol's, or months are made with different thresholds; `E_IO`
 */
export async function openMinutes(
  dataDir: string,
  market: Market,
  symbol: string,
): Promise<MinuteStore | null> {
  const layer = await listMonths(dataDir, market, symbol);
  if (layer.length > 0) {
    const months: MinuteMonth[] = [];
    let first: LayerFacts | null = null;
    for (const { month, path } of layer) {
      const facts = await readLayerFacts(path);
      checkFacts(path, facts, first, { market, symbol, period: month.key });
      first ??= facts;
      months.push({ month, path, input: inputMonth('aggTrades', facts), spans: coveredSpans(facts, month) });
    }
    return { origin: 'layer', symbol, months };
  }
  const series = sourceSeries({ market, dataType: 'klines', symbol, interval: '1m' });
  const klines = await viewSource(dataDir, series, null);
  if (klines.length === 0) return null;
  const months = klines.map(({ key, path, facts }): MinuteMonth => {
    const month = parsePeriod(key);
    return { month, path, input: inputMonth('klines 1m', facts), spans: coveredSpans(facts, month) };
  });
  return { origin: 'klines', symbol, months };
}

function checkFacts(
  path: string,
  facts: LayerFacts,
  first: LayerFacts | null,
  wanted: { readonly market: Market; readonly symbol: string; readonly period: string },
): void {
  const identity = (of: typeof wanted): string => `${of.market} ${of.symbol} ${of.period}`;
  const making = ({ thresholds, contractSizeUsd }: LayerFacts): string =>
    `whale ≥ ${thresholds.whaleUsd}, retail ≤ ${thresholds.retailUsd}, contract size ${contractSizeUsd ?? 'none'}`;
  const [expected, found] =
    identity(facts) !== identity(wanted) || first === null
      ? [identity(wanted), identity(facts)]
      : [making(first), making(facts)];
  if (expected === found) return;
  throw new TapemillError('E_LAYER', `${path} holds ${found}, expected ${expected}`, {
    path,
    expected,
    found,
  });
}

/** Days that an object covers and nobody says are missing, put together. */
function coveredSpans(
  facts: Pick<LayerFacts, 'missingPeriods'> & { readonly sources: readonly { readonly period: string }[] },
  month: Period,
): MinuteSpan[] {
  const days = new Set<EpochMs>();
  const within = (period: string): Period[] => {
    const { startMs, endMs } = parsePeriod(period);
    return daysBetween(Math.max(startMs, month.startMs), Math.min(endMs, month.endMs));
  };
  for (const { period } of facts.sources) for (const day of within(period)) days.add(day.startMs);
  for (const { period } of facts.missingPeriods) for (const day of within(period)) days.delete(day.startMs);
  const spans: { startMs: EpochMs; endMs: EpochMs }[] = [];
  for (const startMs of [...days].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last?.endMs === startMs) last.endMs += DAY_MS;
    else spans.push({ startMs, endMs: startMs + DAY_MS });
  }
  return spans;
}
