import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  type CollectEvent,
  type CollectRequest,
  type CollectSummary,
  collect,
} from '../../src/collect/index.js';
import { type LayerMonth, monthPath, readMonth } from '../../src/layer/index.js';
import type { Market } from '../../src/market/index.js';
import {
  type SimulationReport,
  type SimulationRequest,
  parseDefect,
  simulateArchive,
} from '../../src/simulator/index.js';
import { DEFAULT_THRESHOLDS, MINUTE_COLUMNS, type MinuteBars } from '../../src/ticks/index.js';
import { parseRange } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';

type Simulated = Omit<Partial<SimulationRequest>, 'range' | 'defects' | 'symbols'> & {
  readonly symbols: string[];
  readonly defects?: readonly string[];
};

/** A small simulated archive of aggTrades in a folder of its own; defects as on the command line. */
export async function archiveOf(start: string, end: string, own: Simulated): Promise<SimulationReport> {
  return simulateArchive({
    outDir: join(temporaryFolder(), 'archive'),
    ticksPerMonth: 1500,
    seed: 11,
    sources: ['aggTrades'],
    ...own,
    range: parseRange(start, end),
    defects: (own.defects ?? []).map(parseDefect),
  });
}

export interface Collected {
  readonly summary: CollectSummary;
  readonly events: readonly CollectEvent[];
  /** Keys of the objects that were milled, sorted. */
  readonly milled: readonly string[];
}

/** One run of `collect` over a range, `[start, end]` or all there is. */
export async function collectRun(
  own: Pick<CollectRequest, 'archive' | 'dataDir' | 'symbols'> & Partial<Omit<CollectRequest, 'range'>>,
  range?: readonly [start: string, end: string],
): Promise<Collected> {
  const events: CollectEvent[] = [];
  const summary = await collect({
    market: 'um',
    thresholds: DEFAULT_THRESHOLDS,
    // Processes take their time to start; that they share the work is tested where it matters.
    workers: 0,
    keepZip: false,
    prefer: null,
    onEvent: (event) => events.push(event),
    ...own,
    range: range ? parseRange(...range) : null,
  });
  const milled = events.flatMap((event) => (event.type === 'object-milled' ? [event.object] : []));
  return { summary, events, milled: milled.sort() };
}

/** Events of one type, in order. */
export function eventsOf<T extends CollectEvent['type']>(
  { events }: Collected,
  type: T,
): Extract<CollectEvent, { type: T }>[] {
  return events.filter((event): event is Extract<CollectEvent, { type: T }> => event.type === type);
}

export function layerMonth(
  dataDir: string,
  symbol: string,
  month: string,
  market: Market = 'um',
): Promise<LayerMonth> {
  return readMonth(monthPath(dataDir, market, symbol, month));
}

/** A hash of every column: equal only when every bit is, and short when it is not. */
export function bits(bars: MinuteBars): Record<string, string> {
  return Object.fromEntries(
    MINUTE_COLUMNS.map((name) => {
      const column = bars.columns[name].slice(0, bars.length);
      return [name, createHash('sha256').update(new Uint8Array(column.buffer)).digest('hex')];
    }),
  );
}
