import { TapemillError } from '../errors.js';
import type { DataType, Market } from '../market/index.js';
import { DAY_MS, dayPeriod } from '../time/index.js';
import type { Archive } from './archive.js';
import { type SymbolKind, symbolKind } from './symbol-kind.js';

export interface SurveyedSymbol {
  readonly symbol: string;
  readonly kind: SymbolKind;
  /** Null without any object. `YYYY-MM-DD`, both inclusive. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** Monthly and daily ones, which mostly hold the same. */
  readonly objects: number;
  /** Of the ZIPs. */
  readonly bytes: number;
  /** Whether it still gets objects: its last day is not more than ten days before the last one of all. */
  readonly active: boolean;
}

export interface SurveyRequest {
  readonly market: Market;
  readonly dataType: DataType;
  /** Only for the kline types. */
  readonly interval?: string;
  readonly symbols: readonly string[];
  /** Listed to know how far the archive has come, and not reported unless they are among `symbols`. */
  readonly yardsticks: readonly string[];
  readonly onProgress?: (done: number, all: number) => void;
}

/** Later than that after the last object, a symbol is delisted or halted: publication is seldom a week late. */
const SILENT_MS = 10 * DAY_MS;
/** Lists that are asked for at the same time; connections are limited elsewhere. */
const LANES = 8;

/** From when to when an archive has symbols, and how much. @throws as `Archive.list` */
export async function surveySymbols(archive: Archive, request: SurveyRequest): Promise<SurveyedSymbol[]> {
  const { market, dataType, interval, symbols, onProgress } = request;
  const all = [...new Set([...symbols, ...request.yardsticks])];
  const found = new Map<string, { startMs: number; endMs: number; objects: number; bytes: number }>();
  const waiting = [...all];
  const lane = async (): Promise<void> => {
    for (let symbol = waiting.shift(); symbol !== undefined; symbol = waiting.shift()) {
      const query = { market, dataType, symbol, ...(interval === undefined ? {} : { interval }) };
      const entries = await archive.list(query);
      let [startMs, endMs, bytes] = [Infinity, -Infinity, 0];
      for (const entry of entries) {
        startMs = Math.min(startMs, entry.name.period.startMs);
        endMs = Math.max(endMs, entry.name.period.endMs);
        bytes += entry.bytes;
      }
      found.set(symbol, { startMs, endMs, objects: entries.length, bytes });
      onProgress?.(found.size, all.length);
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  await Promise.all(lanes).catch(async (error: unknown) => {
    waiting.length = 0;
    await Promise.allSettled(lanes);
    throw error;
  });
  const newestMs = Math.max(...[...found.values()].map(({ endMs }) => endMs));
  return symbols.map((symbol) => {
    const { startMs, endMs, objects, bytes } = found.get(symbol)!;
    const [firstDay, lastDay] =
      objects === 0 ? [null, null] : [dayPeriod(startMs).key, dayPeriod(endMs - DAY_MS).key];
    const active = objects > 0 && endMs >= newestMs - SILENT_MS;
    return { symbol, kind: symbolKind(market, symbol), firstDay, lastDay, objects, bytes, active };
  });
}

/** Of those that trade as long as there is an archive, the ones that it has. */
export function yardsticksOf(symbols: readonly string[]): string[] {
  return ['BTCUSDT', 'ETHUSDT', 'BTCUSD_PERP', 'ETHUSD_PERP', 'BTCUSD'].filter((name) =>
    symbols.includes(name),
  );
}

/** @throws `E_USAGE` unless the interval fits the data type */
export function assertInterval(dataType: DataType, interval: string | undefined): void {
  const isKlines = /klines$/i.test(dataType);
  if (isKlines === (interval !== undefined)) return;
  throw new TapemillError(
    'E_USAGE',
    isKlines ? `expected an interval of ${dataType}, such as 1m` : `${dataType} have no interval`,
  );
}
