import {
  type AsOfSource,
  DUMP_VALUES,
  type DumpSources,
  TICKER_COLUMNS,
  TICKER_MAX_AGE_MS,
  type TickerSource,
  type WideDump,
  thinSource,
} from '../../dataset/index.js';
import {
  type KindName,
  kindOf,
  listImportedMonths,
  listImportedSymbols,
  readImportFacts,
  readImportedDays,
} from '../../imports/index.js';
import type { Market } from '../../market/index.js';
import { isCoinMargined } from '../../outputs/liquidations/index.js';
import { DAY_MS, type DateRange, type Frequency, HOUR } from '../../time/index.js';
import { type InputMonth, inputMonth } from './digest.js';
import { type ReadOptions, SourceRows, type Span } from './span.js';

/** What was imported says no market: futures are told by their names, and nothing of it is of spot. */
export function isImportedOf(market: Market, symbol: string): boolean {
  return market !== 'spot' && isCoinMargined(symbol) === (market === 'cm');
}

export const WIDE_DUMPS = Object.keys(DUMP_VALUES) as readonly WideDump[];

/** Whether anything of a kind was imported of any symbol of the market. @throws `E_IO` */
export async function isAnyImported(dataDir: string, market: Market, kind: KindName): Promise<boolean> {
  return (await listImportedSymbols(dataDir, kind)).some((symbol) => isImportedOf(market, symbol));
}

/** Months of a kind that can hold rows known within the span. @throws `E_LAYER`, `E_IO` */
export async function inputsOfImports(
  dataDir: string,
  market: Market,
  kind: KindName,
  symbol: string,
  span: Span,
): Promise<InputMonth[]> {
  if (!isImportedOf(market, symbol)) return [];
  const months: InputMonth[] = [];
  const { startMs, endMs } = wholeDays(span);
  for (const { month, path } of await listImportedMonths(dataDir, kind, symbol)) {
    if (month.endMs <= startMs || month.startMs >= endMs) continue;
    const facts = await readImportFacts(path);
    if (facts) months.push(inputMonth(kind, facts));
  }
  return months;
}

/**
 * What was imported of users' dumps and became known within the span; `availableAt` in ms is `known_ts`. A dump of which
 * nothing was imported is absent.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readDumps(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs }: ReadOptions = {},
): Promise<DumpSources> {
  const sources: Partial<Record<WideDump, AsOfSource>> = {};
  if (!isImportedOf(market, symbol)) return sources;
  for (const dump of WIDE_DUMPS) {
    if ((await listImportedMonths(dataDir, dump, symbol)).length === 0) continue;
    const rows = new SourceRows(Object.keys(DUMP_VALUES[dump]), span, cutMs);
    for await (const table of importedDays(dataDir, dump, symbol, span)) {
      const ts = table.columns['ts']!;
      rows.add(table, table.columns['known_ts']!.map(toMs), (row) => toMs(ts[row]!));
    }
    sources[dump] = rows.finish();
  }
  return sources;
}

/**
 * What tickers of the span said last before the end of each bar, from 5 minutes before the span on; `availableAt` in ms is
 * when they arrived. Days are thinned to what bars of this length can show. Null when nothing was imported.
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export async function readTicker(
  dataDir: string,
  market: Market,
  symbol: string,
  span: Span,
  { cutMs, frequency = HOUR }: ReadOptions & { readonly frequency?: Frequency } = {},
): Promise<TickerSource | null> {
  if (!isImportedOf(market, symbol)) return null;
  if ((await listImportedMonths(dataDir, 'derivative_ticker', symbol)).length === 0) return null;
  const leadIn = { startMs: span.startMs - TICKER_MAX_AGE_MS, endMs: span.endMs };
  const all = new SourceRows(TICKER_COLUMNS, leadIn);
  for await (const table of importedDays(dataDir, 'derivative_ticker', symbol, leadIn)) {
    const day = new SourceRows(TICKER_COLUMNS, leadIn, cutMs);
    day.add(table, table.columns['local_ts']!.map(toMs), () => -Infinity);
    const thin = thinSource(day.finish(), frequency.lengthMs);
    all.add({ length: thin.availableAt.length, columns: thin.columns }, thin.availableAt, () => -Infinity);
  }
  return all.finish();
}

async function* importedDays(
  dataDir: string,
  kind: KindName,
  symbol: string,
  span: Span,
): AsyncGenerator<{ length: number; columns: Record<string, Float64Array> }, void, void> {
  const names = kindOf(kind).columns.map(({ name }) => name);
  for await (const { rows } of readImportedDays(kind, dataDir, symbol, wholeDays(span))) {
    const columns = Object.fromEntries(names.map((name, index) => [name, rows.columns[index]!]));
    yield { length: rows.length, columns };
  }
}

/** A row may be filed under the day before it becomes known. */
function wholeDays({ startMs, endMs }: Span): DateRange {
  const floor = (t: number): number => Math.floor(t / DAY_MS) * DAY_MS;
  return { start: '', end: '', startMs: floor(startMs) - DAY_MS, endMs: floor(endMs - 1) + DAY_MS };
}

function toMs(us: number): number {
  return us / 1000;
}
