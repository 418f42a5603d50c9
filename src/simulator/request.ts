import { TapemillError } from '../errors.js';
import { assertSymbol, normalizeSymbol, type DataType, type Market } from '../market/index.js';
import { formatIso, type DateRange } from '../time/index.js';
import { MARKET_OPENS } from './calendar.js';
import type { FormatOptions } from './csv-layout.js';
import type { PlantedDefect } from './defects.js';
import { simulatedSymbols } from './instrument.js';

/** What the simulator can publish. */
export type SimulatedSource = 'aggTrades' | 'klines' | 'metrics' | 'fundingRate';

/** What each market publishes in the real archive. */
export const SOURCES: Readonly<Record<Market, readonly SimulatedSource[]>> = {
  um: ['aggTrades', 'klines', 'metrics', 'fundingRate'],
  cm: ['aggTrades', 'klines', 'metrics', 'fundingRate'],
  spot: ['aggTrades', 'klines'],
};

export interface SimulationRequest {
  /** The tree is written below it: `{outDir}/data/futures/um/monthly/aggTrades/…`. Not checked for other content. */
  readonly outDir: string;
  /** A count, or names. */
  readonly symbols: number | readonly string[];
  /** Default `um`. */
  readonly market?: Market;
  readonly range: DateRange;
  /** aggTrades per symbol and whole month, at least one a day; a partial month gets its share. */
  readonly ticksPerMonth: number;
  /** Any integer. The same request gives the same bytes. */
  readonly seed: number;
  /** Daily objects of aggTrades and klines; default true. */
  readonly daily?: boolean;
  /** Monthly objects of aggTrades and klines for the months that lie in the range as a whole; default true. */
  readonly monthly?: boolean;
  /** Default: all that the market has. Metrics are daily only, fundingRate monthly only. */
  readonly sources?: readonly SimulatedSource[];
  /** `auto`: as the real archive. */
  readonly header?: 'auto' | boolean;
  /** `auto`: as the real archive. */
  readonly timeUnit?: 'auto' | 'ms' | 'us';
  readonly defects?: readonly PlantedDefect[];
  /** Of deflate, 1 … 9; default 6. */
  readonly compressionLevel?: number;
  readonly onProgress?: (event: SimulationProgress) => void;
}

/** After every day of a symbol. */
export interface SimulationProgress {
  readonly symbol: string;
  /** The day just done. */
  readonly period: string;
  /** Ticks generated so far, over all symbols, and how many it will be. */
  readonly rows: number;
  readonly totalRows: number;
  /** Bytes of finished ZIPs. */
  readonly bytes: number;
  readonly objects: number;
}

/** The request with its defaults filled in; all that the bytes depend on. */
export interface Simulation extends FormatOptions {
  readonly outDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  readonly range: DateRange;
  readonly ticksPerMonth: number;
  readonly seed: number;
  readonly daily: boolean;
  readonly monthly: boolean;
  readonly sources: readonly SimulatedSource[];
  readonly defects: readonly PlantedDefect[];
  readonly compressionLevel: number;
}

/** One ZIP that was written, and what it truly holds. */
export interface SimulatedObject {
  readonly key: string;
  readonly dataType: DataType;
  readonly symbol: string;
  readonly interval?: string;
  readonly cadence: 'monthly' | 'daily';
  /** `2024-01` or `2024-01-05`. */
  readonly period: string;
  /** Lines of the CSV without the header. */
  readonly rows: number;
  readonly csvBytes: number;
  readonly zipBytes: number;
  /** Of the ZIP as it lies there, whatever its `.CHECKSUM` says. */
  readonly sha256: string;
  readonly header: boolean;
  /** Kinds of the defects that touch it. */
  readonly defects: readonly string[];
}

/** What a planted defect did. */
export interface DefectReport {
  readonly kind: string;
  /** Of docs, `G-13`; empty when the archive is not known to have it. */
  readonly fact: string;
  readonly symbol: string;
  readonly period: string;
  /** Keys of the objects it touches, absent ones included, with what was changed in each, in numbers. */
  readonly objects: readonly { readonly key: string; readonly changed: Readonly<Record<string, number>> }[];
  /** For defects of the symbol's life: when, in ms since the epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface SimulationReport {
  readonly outDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  readonly objects: readonly SimulatedObject[];
  readonly planted: readonly DefectReport[];
  /** Ticks generated: those of the symbols' true days, each once. */
  readonly ticks: number;
  /** Lines over all objects. */
  readonly rows: number;
  /** Of all ZIPs. */
  readonly bytes: number;
}

function usage(message: string): never {
  throw new TapemillError('E_USAGE', message);
}

/** @throws `E_USAGE`, `E_SYMBOL` */
export function normalizeRequest(request: SimulationRequest): Simulation {
  const market = request.market ?? 'um';
  const symbols =
    typeof request.symbols === 'number'
      ? simulatedSymbols(market, request.symbols)
      : request.symbols.map((symbol) => normalizeSymbol(symbol));
  if (typeof request.symbols === 'number' && !(Number.isInteger(request.symbols) && request.symbols > 0)) {
    usage(`expected at least one symbol, found ${request.symbols}`);
  }
  if (symbols.length === 0) usage('expected at least one symbol, found none');
  if (new Set(symbols).size < symbols.length) usage(`a symbol is named twice in ${symbols.join(', ')}`);
  symbols.forEach(assertSymbol);
  const { ticksPerMonth, seed, range } = request;
  if (!Number.isInteger(ticksPerMonth) || ticksPerMonth < 31 || ticksPerMonth > 1e9) {
    usage(`expected 31 to 1,000,000,000 ticks a month (at least one a day), found ${ticksPerMonth}`);
  }
  if (!Number.isSafeInteger(seed)) usage(`expected an integer as seed, found ${seed}`);
  if (range.startMs < MARKET_OPENS[market]) {
    usage(`the simulated ${market} market opens on ${formatIso(MARKET_OPENS[market]).slice(0, 10)}`);
  }
  const sources = request.sources ?? SOURCES[market];
  for (const source of sources) {
    if (!SOURCES[market].includes(source)) {
      usage(`expected sources of ${market} out of ${SOURCES[market].join(', ')}, found "${source}"`);
    }
  }
  const compressionLevel = request.compressionLevel ?? 6;
  if (!Number.isInteger(compressionLevel) || compressionLevel < 1 || compressionLevel > 9) {
    usage(`expected a compression level from 1 to 9, found ${compressionLevel}`);
  }
  const daily = request.daily ?? true;
  const monthly = request.monthly ?? true;
  if (!daily && !monthly) usage('expected daily or monthly objects or both, found neither');
  return {
    outDir: request.outDir,
    market,
    symbols,
    range,
    ticksPerMonth,
    seed,
    daily,
    monthly,
    sources: SOURCES[market].filter((source) => sources.includes(source)),
    header: request.header ?? 'auto',
    timeUnit: request.timeUnit ?? 'auto',
    defects: request.defects ?? [],
    compressionLevel,
  };
}
