import {
  type GridCarry,
  type MinuteGrid,
  type MinuteSpan,
  cutGrid,
  gridFromKlines,
  gridFromLayer,
  sliceGrid,
} from '../../dataset/index.js';
import { TapemillError } from '../../errors.js';
import { type LayerFacts, listMonths, readLayerFacts, readMonth, sliceToSpan } from '../../layer/index.js';
import type { Market } from '../../market/index.js';
import { readSourceMonth, sourceSeries, viewSource } from '../../sources/index.js';
import type { MinuteBars } from '../../ticks/minute-bars.js';
import {
  DAY_MS,
  type EpochMs,
  type Frequency,
  MINUTE_MS,
  type Period,
  daysBetween,
  parsePeriod,
} from '../../time/index.js';
import { type InputMonth, inputMonth } from './digest.js';
import { type Stretch, type TradedMinutes, beginsLife, stretchesOf } from './lives.js';

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

/** What a month leaves to the next one. */
export interface MonthCarry extends GridCarry {
  /** The last trade of all months so far; its close is `close` only if the grid has no hole since. */
  readonly lastMs: EpochMs;
  readonly lastId: number;
}

/** The minutes of one month, complete but for holes and the time between lives. */
export interface MonthMinutes {
  readonly grid: MinuteGrid;
  /** Null where minutes come from klines. */
  readonly bars: MinuteBars | null;
  readonly stretches: readonly Stretch[];
  readonly carry: MonthCarry | null;
}

/**
 * @param carry of the month before; null when nothing is known of it
 * @param cutMs leaves out minutes that end after it
 * @throws `E_LAYER`, `E_IO`
 */
export async function readMinutes(
  store: MinuteStore,
  { path, month, spans }: MinuteMonth,
  carry: MonthCarry | null,
  { lengthMs }: Frequency,
  cutMs: EpochMs = Infinity,
): Promise<MonthMinutes> {
  const knownMs = Math.min(month.endMs, Math.floor(cutMs / MINUTE_MS) * MINUTE_MS);
  if (store.origin === 'layer') {
    const known = { startMs: month.startMs, endMs: Math.max(month.startMs, knownMs) };
    const bars = sliceToSpan((await readMonth(path)).bars, known);
    const { minute, first_agg_id: firstId, last_agg_id: lastId } = bars.columns;
    const stretches = stretchesOf({ minute, firstId, lastId });
    const open = withoutQuiet(clip(spans, knownMs), carry, stretches, lengthMs);
    const { grid, carry: left } = gridFromLayer(bars, open, carry);
    return { grid, bars, stretches, carry: leave(left, carry, stretches) };
  }
  const whole = await readKlines(path);
  const klines = cutGrid(whole, cutMs);
  const stretches = stretchesOf(tradedOf(klines));
  const open = withoutQuiet(clip(spans, knownMs), carry, stretches, lengthMs);
  const grid = within(klines, open);
  const left = { endMs: open.at(-1)?.endMs ?? NaN, close: NaN };
  return { grid, bars: null, stretches, carry: leave(left, carry, stretches) };
}

/** The trades of a month alone, for who has to know when it was traded. @throws `E_LAYER`, `E_IO` */
export async function readStretches(store: MinuteStore, { path }: MinuteMonth): Promise<Stretch[]> {
  if (store.origin === 'klines') return stretchesOf(tradedOf(await readKlines(path)));
  const { minute, first_agg_id: firstId, last_agg_id: lastId } = (await readMonth(path)).bars.columns;
  return stretchesOf({ minute, firstId, lastId });
}

async function readKlines(path: string): Promise<MinuteGrid> {
  return gridFromKlines((await readSourceMonth(path)).table);
}

function tradedOf(grid: MinuteGrid): TradedMinutes {
  const minute = grid.minute.filter((_, row) => grid.volume[row]! > 0);
  return { minute, firstId: null, lastId: null };
}

function clip(spans: readonly MinuteSpan[], endMs: EpochMs): MinuteSpan[] {
  return spans
    .map((span) => ({ startMs: span.startMs, endMs: Math.min(span.endMs, endMs) }))
    .filter((span) => span.startMs < span.endMs);
}

/** The spans less the time between lives: from the end of the bar with the last trade to the first one after it. */
function withoutQuiet(
  spans: readonly MinuteSpan[],
  carry: MonthCarry | null,
  stretches: readonly Stretch[],
  lengthMs: EpochMs,
): MinuteSpan[] {
  let open = [...spans];
  let last: Pick<Stretch, 'lastMs' | 'lastId'> | null = carry;
  for (const stretch of stretches) {
    if (beginsLife(last, stretch)) {
      const quietMs = last === null ? -Infinity : (Math.floor(last.lastMs / lengthMs) + 1) * lengthMs;
      open = open.flatMap(({ startMs, endMs }) =>
        [
          { startMs, endMs: Math.min(endMs, quietMs) },
          { startMs: Math.max(startMs, stretch.firstMs), endMs },
        ].filter((part) => part.startMs < part.endMs),
      );
    }
    last = stretch;
  }
  return open;
}

function leave(
  left: GridCarry | null,
  carry: MonthCarry | null,
  stretches: readonly Stretch[],
): MonthCarry | null {
  const last = stretches.at(-1) ?? carry;
  if (last === null) return null;
  return { endMs: left?.endMs ?? NaN, close: left?.close ?? NaN, lastMs: last.lastMs, lastId: last.lastId };
}

function within(grid: MinuteGrid, spans: readonly MinuteSpan[]): MinuteGrid {
  const parts = spans.map(({ startMs, endMs }) => {
    const from = grid.minute.findIndex((minute) => minute >= startMs);
    const to = grid.minute.findIndex((minute) => minute >= endMs);
    return sliceGrid(grid, from < 0 ? grid.length : from, to < 0 ? grid.length : to);
  });
  if (parts.length === 1) return parts[0]!;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const join = (name: Exclude<keyof MinuteGrid, 'length'>): Float64Array => {
    const whole = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part[name], at);
      at += part.length;
    }
    return whole;
  };
  return {
    length,
    minute: join('minute'),
    open: join('open'),
    high: join('high'),
    low: join('low'),
    close: join('close'),
    volume: join('volume'),
    quoteVolume: join('quoteVolume'),
  };
}
