import { basename } from 'node:path';
import { type Market, MARKETS } from '../market/index.js';
import { SERIES_FREQUENCIES } from '../series/index.js';
import { VERSION } from '../version.js';
import type { InfoAnswer, SymbolInfo } from './api.js';
import type { CoverageRoom } from './coverage.js';
import { mapSome } from './file-memory.js';
import type { QualityRoom } from './quality.js';
import { type DataFolder, dataFolders, monthsIn, symbolsIn } from './series-folders.js';
import { hasLedger } from './status.js';

const AT_ONCE = 8;

interface Place {
  readonly dataDir: string;
  readonly ledger: string;
  readonly coverage: CoverageRoom;
  readonly quality: QualityRoom;
}

/** @throws `E_IO`, and the signal's reason */
export async function infoAnswer(place: Place, signal: AbortSignal): Promise<InfoAnswer> {
  const symbols: SymbolInfo[] = [];
  for (const market of MARKETS) symbols.push(...(await symbolsOf(place, market, signal)));
  return {
    version: VERSION,
    dataDir: basename(place.dataDir),
    symbols,
    queue: hasLedger(place.ledger),
    quality: await place.quality.isThere(),
    frequencies: SERIES_FREQUENCIES.map(({ label }) => label),
  };
}

async function symbolsOf(
  { dataDir, coverage }: Place,
  market: Market,
  signal: AbortSignal,
): Promise<SymbolInfo[]> {
  const folders = new Map<string, DataFolder[]>();
  for (const folder of await dataFolders(dataDir, market)) {
    for (const symbol of await symbolsIn(folder)) {
      folders.set(symbol, [...(folders.get(symbol) ?? []), folder]);
    }
  }
  const symbols = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
  const found = await mapSome(symbols, AT_ONCE, signal, async ([symbol, own]) => {
    const parts: { readonly dataType: string; readonly startMs: number; readonly endMs: number }[] = [];
    for (const folder of own) {
      const span = await spanIn(folder, symbol, coverage);
      if (span) parts.push({ dataType: folder.dataType, ...span });
    }
    const [first] = parts;
    if (!first) return null;
    const shown = first.dataType === 'aggTrades' ? [first] : parts;
    return {
      market,
      symbol,
      startMs: Math.min(...shown.map(({ startMs }) => startMs)),
      endMs: Math.max(...shown.map(({ endMs }) => endMs)),
      dataTypes: parts.map(({ dataType }) => dataType),
    };
  });
  return found.filter((symbol) => symbol !== null);
}

/** Null when it has no month. Only the footers of the first and the last one are read, and of the minute layer alone. */
async function spanIn(
  folder: DataFolder,
  symbol: string,
  coverage: CoverageRoom,
): Promise<{ readonly startMs: number; readonly endMs: number } | null> {
  const months = await monthsIn(folder, symbol);
  const [first, last] = [months.at(0), months.at(-1)];
  if (!first || !last) return null;
  const whole = { startMs: first.month.startMs, endMs: last.month.endMs };
  if (folder.dataType !== 'aggTrades') return whole;
  try {
    const [start, end] = [
      await coverage.summary(folder, first.path),
      await coverage.summary(folder, last.path),
    ];
    return { startMs: start?.span?.startMs ?? whole.startMs, endMs: end?.span?.endMs ?? whole.endMs };
  } catch {
    // A damaged file is told where it is looked at; it does not keep the others from being listed.
    return whole;
  }
}
