import { type LayerFacts, listMonths, readMonth } from '../layer/index.js';
import type { Market } from '../market/index.js';
import { type SourceMonthFacts, type SourceTable, readSourceMonth, sliceByTime } from '../sources/index.js';
import { type MinuteBars, concatMinuteBars, sliceMinuteBars } from '../ticks/index.js';
import {
  DAY_MS,
  type DateRange,
  MINUTE_MS,
  type Period,
  daysBetween,
  monthOf,
  parsePeriod,
} from '../time/index.js';
import type { KlineColumns } from './differences.js';
import { FIELDS } from './fields.js';
import { type MonthAtHand, type SeriesAtHand, monthAtHand } from './klines-at-hand.js';

/** Bars, and minutes of klines, that are looked at beyond the edges of a month. */
const MARGIN = 64;

/** A month of a symbol: its bars and klines, and a little of the months beside it. */
export interface TapeMonth {
  readonly month: Period;
  /** Those of the month alone. */
  readonly own: MinuteBars;
  readonly facts: LayerFacts;
  /** With the margins. */
  readonly bars: MinuteBars;
  readonly klines: KlineColumns;
  readonly layerFacts: readonly LayerFacts[];
  readonly klineFacts: readonly SourceMonthFacts[];
  /** Days of the range that the layer has an object of. */
  readonly days: readonly Period[];
  /** The month's own klines. */
  readonly klinesAtHand: MonthAtHand;
}

interface LayerPart {
  readonly bars: MinuteBars;
  readonly facts: LayerFacts;
}

interface KlinePart {
  readonly atHand: MonthAtHand;
  readonly table: SourceTable | null;
}

/**
 * The months of a symbol's layer with their klines, oldest first; three months are in memory at a time.
 * @param range null: all of the layer
 * @throws `E_LAYER` for a damaged file, and as `monthAtHand`
 */
export async function* readTape(
  dataDir: string,
  market: Market,
  symbol: string,
  range: DateRange | null,
  series: SeriesAtHand,
): AsyncGenerator<TapeMonth, void, void> {
  const files = new Map((await listMonths(dataDir, market, symbol)).map((file) => [file.month.key, file]));
  const layerParts = new Map<string, Promise<LayerPart | null>>();
  const klineParts = new Map<string, Promise<KlinePart>>();
  const layerOf = (month: Period): Promise<LayerPart | null> => {
    const file = files.get(month.key);
    const part = layerParts.get(month.key) ?? (file ? readMonth(file.path) : Promise.resolve(null));
    layerParts.set(month.key, part);
    return part;
  };
  const klinesOf = async (month: Period, facts: LayerFacts): Promise<KlinePart> => {
    const part = klineParts.get(month.key) ?? readKlines(series, month, wantedDays(facts, range));
    klineParts.set(month.key, part);
    return part;
  };

  for (const { month } of files.values()) {
    if (range && (month.endMs <= range.startMs || month.startMs >= range.endMs)) continue;
    const [before, after] = [monthOf(month.startMs - 1), monthOf(month.endMs)];
    for (const parts of [layerParts, klineParts]) {
      for (const key of parts.keys()) if (key < before.key) parts.delete(key);
    }
    const own = (await layerOf(month))!;
    const days = coveredDays(own.facts).filter(
      (day) => range === null || (day.startMs >= range.startMs && day.endMs <= range.endMs),
    );
    if (days.length === 0) continue;
    const klines = await klinesOf(month, own.facts);
    const margins = await Promise.all(
      [before, after].map(async (beside) => {
        const layer = await layerOf(beside);
        return layer && { layer, klines: await klinesOf(beside, layer.facts) };
      }),
    );
    const [left, right] = margins;
    const tables = [
      left?.klines.table &&
        sliceByTime(left.klines.table, { startMs: month.startMs - MARGIN * MINUTE_MS, endMs: month.startMs }),
      klines.table,
      right?.klines.table &&
        sliceByTime(right.klines.table, { startMs: month.endMs, endMs: month.endMs + MARGIN * MINUTE_MS }),
    ].filter((table) => table !== null && table !== undefined);
    const bars = [
      ...(left
        ? [
            sliceMinuteBars(
              left.layer.bars,
              Math.max(0, left.layer.bars.length - MARGIN),
              left.layer.bars.length,
            ),
          ]
        : []),
      own.bars,
      ...(right ? [sliceMinuteBars(right.layer.bars, 0, Math.min(MARGIN, right.layer.bars.length))] : []),
    ];
    const others = margins.filter((margin) => margin !== null);
    yield {
      month,
      own: own.bars,
      facts: own.facts,
      bars: bars.length === 1 ? own.bars : concatMinuteBars(bars),
      klines: klineColumns(tables),
      layerFacts: [own.facts, ...others.map(({ layer }) => layer.facts)],
      klineFacts: [klines, ...others.map((margin) => margin.klines)]
        .map(({ atHand }) => atHand.facts)
        .filter((facts) => facts !== null),
      days,
      klinesAtHand: klines.atHand,
    };
  }
}

/** Days that an object of the month covers, in order. */
export function coveredDays(facts: LayerFacts): Period[] {
  const days = new Map<string, Period>();
  for (const { period } of facts.sources) {
    const { startMs, endMs } = parsePeriod(period);
    for (const day of daysBetween(startMs, endMs)) days.set(day.key, day);
  }
  return [...days.values()].sort((a, b) => a.startMs - b.startMs);
}

/** Those of the range, and the days beside it: they hold the other halves of the pairs at its edges. */
function wantedDays(facts: LayerFacts, range: DateRange | null): Period[] {
  return coveredDays(facts).filter(
    (day) => range === null || (day.startMs >= range.startMs - DAY_MS && day.endMs <= range.endMs + DAY_MS),
  );
}

async function readKlines(series: SeriesAtHand, month: Period, days: readonly Period[]): Promise<KlinePart> {
  const atHand = await monthAtHand(series, month, days);
  return { atHand, table: atHand.path === null ? null : (await readSourceMonth(atHand.path)).table };
}

function klineColumns(tables: readonly SourceTable[]): KlineColumns {
  const names = ['time', ...FIELDS] as const;
  const rows = tables.reduce((sum, { length }) => sum + length, 0);
  const columns = names.map((name) => {
    if (tables.length === 1) return [name, tables[0]!.columns[name]!] as const;
    const column = new Float64Array(rows);
    let at = 0;
    for (const table of tables) {
      column.set(table.columns[name]!.subarray(0, table.length), at);
      at += table.length;
    }
    return [name, column] as const;
  });
  return Object.fromEntries(columns) as KlineColumns;
}
