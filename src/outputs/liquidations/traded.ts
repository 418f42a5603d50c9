import { createHash } from 'node:crypto';
import { rollUp } from '../../bars/index.js';
import type { TradedBars } from '../../factors/index.js';
import { type LayerFacts, listMonths, readLayerFacts, readMonth, sliceToSpan } from '../../layer/index.js';
import { KLINE_INTERVALS, type Market } from '../../market/index.js';
import { type SourceMonthFile, readSourceRows, sourceSeries, viewSource } from '../../sources/index.js';
import {
  DAY_MS,
  type EpochMs,
  type Frequency,
  type Period,
  daysBetween,
  parsePeriod,
} from '../../time/index.js';
import { rollUpKlines } from './kline-bars.js';

interface Span {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

interface LayerMonthFile {
  readonly month: Period;
  readonly path: string;
  readonly facts: LayerFacts;
}

/** Klines of one interval, as far as they are collected. */
interface KlineMonths {
  readonly interval: string;
  readonly lengthMs: EpochMs;
  readonly months: readonly SourceMonthFile[];
}

/**
 * Where closes and traded volumes come from: the minute layer, and on days that it does not have, collected klines whose
 * intervals divide the bar, the longest first. Both count the same trades.
 */
export interface TradedStore {
  readonly frequency: Frequency;
  readonly layer: readonly LayerMonthFile[];
  readonly klines: readonly KlineMonths[];
  /** By the start of the UTC day: `layer`, or the interval of the klines; a day that nothing has is not in it. */
  readonly sourceOfDay: ReadonlyMap<EpochMs, string>;
  /** SHA-256 over what shaped the months that share a day with the span. */
  readonly sha256: string;
}

const LAYER = 'layer';

/** Reads footers only. @throws `E_LAYER` for a damaged file, `E_IO` */
export async function openTradedStore(
  dataDir: string,
  market: Market,
  symbol: string,
  frequency: Frequency,
  span: Span,
): Promise<TradedStore> {
  const sourceOfDay = new Map<EpochMs, string>();
  const hash = createHash('sha256');
  const claim = (source: string, periods: readonly string[]): void => {
    for (const { startMs, endMs } of periods.map(parsePeriod)) {
      for (const day of daysBetween(Math.max(startMs, span.startMs), Math.min(endMs, span.endMs))) {
        if (!sourceOfDay.has(day.startMs)) sourceOfDay.set(day.startMs, source);
      }
    }
  };
  const layer: LayerMonthFile[] = [];
  for (const { month, path } of await listMonths(dataDir, market, symbol)) {
    if (month.endMs <= span.startMs || month.startMs >= span.endMs) continue;
    const facts = await readLayerFacts(path);
    layer.push({ month, path, facts });
    hash.update(JSON.stringify({ ...facts, createdAtUtc: null, tapemillVersion: null }));
    claim(
      LAYER,
      facts.sources.map(({ period }) => period),
    );
  }
  const klines: KlineMonths[] = [];
  const days = Math.ceil((span.endMs - span.startMs) / DAY_MS);
  for (const { label, lengthMs } of [...KLINE_INTERVALS].reverse()) {
    if (lengthMs === null || frequency.lengthMs % lengthMs !== 0 || sourceOfDay.size >= days) continue;
    const series = sourceSeries({ market, dataType: 'klines', symbol, interval: label });
    const months = await viewSource(dataDir, series, span);
    for (const { facts } of months) {
      hash.update(JSON.stringify({ ...facts, tapemillVersion: null }));
      claim(
        label,
        facts.sources.map(({ period }) => period),
      );
    }
    if (months.length > 0) klines.push({ interval: label, lengthMs, months });
  }
  return { frequency, layer, klines, sourceOfDay, sha256: hash.digest('hex') };
}

/** How many days come from what, in words: `minute layer`, `klines 1h`. */
export function daysByStore({ sourceOfDay }: TradedStore): Record<string, number> {
  const days: Record<string, number> = {};
  for (const source of sourceOfDay.values()) {
    const name = source === LAYER ? 'minute layer' : `klines ${source}`;
    days[name] = (days[name] ?? 0) + 1;
  }
  return days;
}

/** The bars that start in `[startMs, endMs)`, whole days, sorted; null when there is none. @throws `E_LAYER`, `E_IO` */
export async function readTraded(store: TradedStore, span: Span): Promise<TradedBars | null> {
  const { frequency, layer, klines, sourceOfDay } = store;
  const bars = new Map<EpochMs, { close: number; volume: number }>();
  const isFrom = (source: string, t: EpochMs): boolean =>
    sourceOfDay.get(Math.floor(t / DAY_MS) * DAY_MS) === source;
  const overlaps = ({ startMs, endMs }: Span): boolean => startMs < span.endMs && endMs > span.startMs;

  for (const { month, path } of layer) {
    if (!overlaps(month)) continue;
    const { columns, length } = rollUp(sliceToSpan((await readMonth(path)).bars, span), frequency);
    for (let row = 0; row < length; row++) {
      const start = columns.minute[row]!;
      if (!isFrom(LAYER, start)) continue;
      bars.set(start, { close: columns.price_close[row]!, volume: columns.quote_volume[row]! });
    }
  }
  for (const { interval, lengthMs, months } of klines) {
    const wanted = months.filter(({ key }) => {
      const month = parsePeriod(key);
      const shared = {
        startMs: Math.max(month.startMs, span.startMs),
        endMs: Math.min(month.endMs, span.endMs),
      };
      return daysBetween(shared.startMs, shared.endMs).some(({ startMs }) => isFrom(interval, startMs));
    });
    for await (const { table } of readSourceRows(wanted)) {
      for (const { start, close, volume } of rollUpKlines(table, lengthMs, frequency)) {
        if (start >= span.startMs && start < span.endMs && isFrom(interval, start)) {
          bars.set(start, { close, volume });
        }
      }
    }
  }
  if (bars.size === 0) return null;
  const sorted = [...bars].sort(([a], [b]) => a - b);
  return {
    minute: Float64Array.from(sorted, ([start]) => start),
    price_close: Float64Array.from(sorted, ([, { close }]) => close),
    quote_volume: Float64Array.from(sorted, ([, { volume }]) => volume),
  };
}
