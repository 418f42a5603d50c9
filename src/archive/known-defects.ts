import type { DataType, Market } from '../market/index.js';
import { DAY_MS, parsePeriod } from '../time/index.js';
import defects from './known-defects.data.js';

/** Something that is known to be wrong with published objects. */
export interface KnownDefect {
  /** The fact or thread it is known from: `G-12, #339`. */
  readonly source: string;
  readonly markets: readonly Market[];
  readonly dataTypes: readonly DataType[];
  /** Null: all symbols of the markets. */
  readonly symbols: readonly string[] | null;
  /** First and last day that is affected, `YYYY-MM` or `YYYY-MM-DD`, both inclusive. */
  readonly from: string;
  readonly to: string;
  /** Which objects; null: both. */
  readonly cadence: 'monthly' | 'daily' | null;
  readonly defect: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What objects are asked about. */
export interface DefectQuery {
  readonly market: Market;
  readonly dataType: DataType;
  readonly symbol: string;
  /** `[startMs, endMs)` of the object or minute. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of the object; null where any will do. */
  readonly cadence: 'monthly' | 'daily' | null;
}

/** Known bad objects of the public archive, as tapemill ships them. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = defects;

/** The defects that concern an object or a span, in the order of the registry. Also for notes while collecting. */
export function knownDefectsOf(
  { market, dataType, symbol, startMs, endMs, cadence }: DefectQuery,
  registry: readonly KnownDefect[] = KNOWN_DEFECTS,
): KnownDefect[] {
  return registry.filter(
    (known) =>
      known.markets.includes(market) &&
      known.dataTypes.includes(dataType) &&
      (known.symbols === null || known.symbols.includes(symbol)) &&
      (cadence === null || known.cadence === null || known.cadence === cadence) &&
      parsePeriod(known.from).startMs < endMs &&
      parsePeriod(known.to).endMs > startMs,
  );
}

/**
 * The defect that excuses a minute which its numbers do not explain: one of ticks that is known to the month, or one of
 * klines that is known to the day. What is only said of years excuses nothing.
 */
export function excuseFor(
  market: Market,
  symbol: string,
  minute: number,
  registry: readonly KnownDefect[],
): KnownDefect | null {
  const query = { market, symbol, startMs: minute, endMs: minute + 1, cadence: null };
  const spanMs = ({ from, to }: KnownDefect): number => parsePeriod(to).endMs - parsePeriod(from).startMs;
  const ticks = knownDefectsOf({ ...query, dataType: 'aggTrades' }, registry);
  const klines = knownDefectsOf({ ...query, dataType: 'klines' }, registry);
  return (
    ticks.find((known) => spanMs(known) <= 31 * DAY_MS) ??
    klines.find((known) => spanMs(known) <= DAY_MS) ??
    null
  );
}

/** One line: what, where from, what to do. */
export function describeDefect({ source, defect, remedy }: KnownDefect): string {
  return `${defect} (${source}); ${remedy}`;
}
