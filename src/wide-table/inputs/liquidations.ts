import {
  type FactorTable,
  allocateEvents,
  liquidationFactors,
  makeCoverage,
  makeTable,
  sliceCoverage,
  sliceEvents,
} from '../../factors/index.js';
import { TapemillError } from '../../errors.js';
import type { Market } from '../../market/index.js';
import {
  type EventStore,
  chooseOrigins,
  firstDay,
  makePiece,
  openEventStore,
  openTradedStore,
  piecesOf,
  reachMs,
  readEvents,
  readTraded,
  resolveParameters,
} from '../../outputs/liquidations/index.js';
import { type EpochMs, type Frequency, HOUR } from '../../time/index.js';
import { sha256 } from './digest.js';
import { isImportedOf } from './imported.js';
import type { ReadOptions, Span } from './span.js';

export interface LiquidationOptions extends ReadOptions {
  readonly frequency?: Frequency;
  /** Nothing before it is looked at: the start of the symbol's life. */
  readonly sinceMs?: EpochMs;
}

/** All that is stored of a symbol's liquidations, from footers alone; null when that is nothing. @throws `E_LAYER`, `E_IO` */
export async function findEvents(
  dataDir: string,
  market: Market,
  symbol: string,
): Promise<EventStore | null> {
  if (!isImportedOf(market, symbol)) return null;
  try {
    return await openEventStore(dataDir, market, symbol);
  } catch (error) {
    if (TapemillError.is(error) && error.code === 'E_NO_LIQUIDATIONS') return null;
    throw error;
  }
}

/**
 * Liquidation factors of every bar of the span (whole UTC days), with the default windows; null when nothing is stored of
 * the symbol. Closes and volumes are of the minute layer, or of klines on days that it does not have. Which of several
 * sources counts on a day goes by what they cover of the whole day, cut or not; see docs/liquidations.md.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readLiquidationTable(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs = Infinity, frequency = HOUR, sinceMs = -Infinity }: LiquidationOptions = {},
): Promise<FactorTable | null> {
  const store = await findEvents(dataDir, market, symbol);
  if (store === null) return null;
  const parameters = resolveParameters({ freq: frequency }, null);
  const reach = reachMs(parameters, frequency);
  const choice = chooseOrigins(store.sources);
  const knownTo = Math.min(cutMs, span.endMs) * 1000;
  const coverage = sliceCoverage(choice.coverage, Math.max(0, sinceMs * 1000), knownTo);
  const tradedStore = await openTradedStore(dataDir, market, symbol, frequency, span);
  const parts: FactorTable[] = [];
  for (const piece of piecesOf(span, reach)) {
    const fromMs = firstDay(piece.startMs, reach);
    const read = await readEvents(store, choice, { startMs: fromMs, endMs: piece.endMs }, piece.startMs);
    const events = sliceEvents(read.events, sinceMs * 1000, knownTo + 1);
    const traded = await readTraded(tradedStore, piece);
    const known = traded && cutTraded(traded, cutMs - frequency.lengthMs);
    parts.push(makePiece({ events, coverage, traded: known, fromMs, ...piece }, parameters, frequency));
  }
  return concatTables(parts);
}

/** The columns of that table without a row: what a symbol has of which nothing is stored. */
export function noLiquidations(frequency: Frequency): FactorTable {
  return liquidationFactors(allocateEvents(0), makeCoverage([]), null, { freq: frequency });
}

/** SHA-256 over what the table of the span is made of, from footers alone; null when nothing is stored. */
export async function digestLiquidations(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  frequency: Frequency,
): Promise<string | null> {
  const store = await findEvents(dataDir, market, symbol);
  if (store === null) return null;
  const traded = await openTradedStore(dataDir, market, symbol, frequency, span);
  return sha256(JSON.stringify([store.sources, traded.sha256]));
}

function firstAfter(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Traded = NonNullable<Awaited<ReturnType<typeof readTraded>>>;

function cutTraded({ minute, price_close, quote_volume }: Traded, lastStart: EpochMs): Traded {
  const rows = firstAfter(minute, lastStart);
  return {
    minute: minute.subarray(0, rows),
    price_close: price_close.subarray(0, rows),
    quote_volume: quote_volume.subarray(0, rows),
  };
}

/** Tables of the same columns that follow one another; null for none. */
export function concatTables<Name extends string>(
  parts: readonly FactorTable<Name>[],
): FactorTable<Name> | null {
  const [first] = parts;
  if (!first || parts.length === 1) return first ?? null;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const join = (pick: (part: FactorTable<Name>) => Float64Array): Float64Array => {
    const whole = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(pick(part), at);
      at += part.length;
    }
    return whole;
  };
  const columns = first.names.map((name) => [name, join((part) => part.columns[name])] as const);
  return makeTable(
    join((part) => part.minute),
    first.names,
    Object.fromEntries(columns) as Record<Name, Float64Array>,
  );
}
