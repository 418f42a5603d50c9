import type { InfoAnswer, SymbolInfo } from '../../api-types.js';
import { LADDER, type Frequency, MIN_SPAN_MS, type Span } from '../../charts/time-window.js';
import { addressEnd, addressTime, DAY_MS, parseInstant, parseRangeEnd } from '../../format/time.js';

/** The view's state as the address has it. Pure. */

type Params = Readonly<Record<string, string>>;

/** The symbol that is named, or the first one with ticks, or the first; what there is of it, in whole days. */
export function symbolOf(
  { symbols }: Pick<InfoAnswer, 'symbols'>,
  { market, symbol }: Params,
): SymbolInfo | null {
  const among = symbols.filter((one) => market === undefined || one.market === market);
  const found =
    symbol !== undefined
      ? among.find((one) => one.symbol === symbol)
      : (among.find(({ dataTypes }) => dataTypes.includes('aggTrades')) ?? among[0]);
  if (!found) return null;
  const { startMs, endMs } = found;
  return {
    ...found,
    startMs: Math.floor(startMs / DAY_MS) * DAY_MS,
    endMs: Math.ceil(endMs / DAY_MS) * DAY_MS,
  };
}

const DEFAULT_DAYS = 30;

/** Unreadable or empty ranges become the last month that there is. */
export function spanOf(
  { from, to }: Params,
  { startMs, endMs }: Pick<SymbolInfo, 'startMs' | 'endMs'>,
): Span {
  const start = from === undefined ? null : parseInstant(from);
  const end = to === undefined ? null : parseRangeEnd(to);
  const last = end ?? endMs;
  const first = start ?? Math.max(startMs, last - DEFAULT_DAYS * DAY_MS);
  return last - first >= MIN_SPAN_MS ? { from: first, to: last } : { from: first, to: first + MIN_SPAN_MS };
}

/** Whole minutes, so that the address stays short. */
export function spanParams({ from, to }: Span): { readonly from: string; readonly to: string } {
  const minute = (ms: number): number => Math.round(ms / 60_000) * 60_000;
  return { from: addressTime(minute(from)), to: addressEnd(minute(to)) };
}

export function frequencyOf({ freq }: Params): Frequency | 'auto' {
  return LADDER.find(([name]) => name === freq)?.[0] ?? 'auto';
}
