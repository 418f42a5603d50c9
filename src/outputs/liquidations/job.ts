import {
  type EngineOptions,
  LIQUIDATION_FORMULAS_VERSION,
  type NumberOrList,
  sliceCoverage,
} from '../../factors/index.js';
import { TapemillError } from '../../errors.js';
import type { FactorPaths, Publish } from '../../layer/index.js';
import type { Market } from '../../market/index.js';
import { type DateRange, type EpochMs, type Frequency } from '../../time/index.js';
import { type EventStore, openEventStore } from './event-store.js';
import { LIQUIDATION_SCHEMA_VERSION, type LiquidationIdentity, findHoles } from './meta.js';
import { type Choice, type LiquidationSource, chooseOrigins } from './origins.js';
import { liquidationPaths } from './paths.js';
import { type LiquidationParameters, firstDay, reachMs, resolveParameters } from './plan.js';
import { type TradedStore, daysByStore, openTradedStore } from './traded.js';

export interface SettleLiquidationsRequest {
  readonly dataDir: string;
  /** `um` or `cm`: spot liquidates nobody. */
  readonly market: Market;
  readonly symbol: string;
  readonly frequency: Frequency;
  /** Rows of these days; null: of all that anything covers. */
  readonly range: DateRange | null;
  /** Bars before a bar that its z looks at; default: those of 24 hours. */
  readonly zWindows?: NumberOrList;
  /** Bars ending with a bar among which it is ranked; default: those of 168 hours. */
  readonly rankWindows?: NumberOrList;
  /** Null, or left out: without the columns of `LiquidationFactorEngine`. */
  readonly engine?: EngineOptions | null;
  readonly tapemillVersion: string;
  /** ISO 8601; now, if absent. */
  readonly createdAtUtc?: string;
  /** How the files get their final names; at once, if absent. */
  readonly publish?: Publish;
  /** Told when a piece of the table is done: the share of its rows that are written, 0 … 1. */
  readonly onProgress?: (share: number) => void;
}

/** All that is known before a row is read. */
export interface LiquidationJob {
  readonly request: SettleLiquidationsRequest;
  readonly paths: FactorPaths;
  readonly parameters: LiquidationParameters;
  readonly events: EventStore;
  readonly choice: Choice;
  readonly traded: TradedStore;
  /** Rows: `[startMs, endMs)`, whole bars. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly identity: LiquidationIdentity;
}

/**
 * Finds out all but the rows, from footers alone.
 * @throws as `settleLiquidations` does
 */
export async function examine(request: SettleLiquidationsRequest): Promise<LiquidationJob> {
  const { dataDir, market, symbol, frequency, range, zWindows, rankWindows, engine = null } = request;
  const options = { freq: frequency, ...(zWindows === undefined ? {} : { zWindows }) };
  const parameters = resolveParameters(
    { ...options, ...(rankWindows === undefined ? {} : { rankWindows }) },
    engine,
  );
  const events = await openEventStore(dataDir, market, symbol);
  const choice = chooseOrigins(events.sources);
  const coverage = range
    ? sliceCoverage(choice.coverage, range.startMs * 1000, range.endMs * 1000)
    : choice.coverage;
  const [firstUs, lastUs] = [coverage.startUs[0], coverage.endUs[coverage.length - 1]];
  if (firstUs === undefined || lastUs === undefined) throw nothingCovered(events, range);
  const barUs = frequency.lengthMs * 1000;
  const startMs = Math.floor(firstUs / barUs) * frequency.lengthMs;
  const endMs = Math.ceil(lastUs / barUs) * frequency.lengthMs;
  const traded = await openTradedStore(dataDir, market, symbol, frequency, { startMs, endMs });
  const identity: LiquidationIdentity = {
    schema_version: LIQUIDATION_SCHEMA_VERSION,
    formulas_version: LIQUIDATION_FORMULAS_VERSION,
    symbol,
    market,
    interval: frequency.label === '1h' ? null : frequency.label,
    requested_start: range?.start ?? null,
    requested_end: range?.end ?? null,
    parameters,
    sources: sourcesUsed(events.sources, firstDay(startMs, reachMs(parameters, frequency)), endMs),
    missing_periods: findHoles(choice.coverage, range?.startMs ?? startMs, range?.endMs ?? endMs),
    traded_days: daysByStore(traded),
    traded_sha256: traded.sha256,
  };
  const paths = liquidationPaths(dataDir, market, symbol, frequency.label);
  return { request, paths, parameters, events, choice, traded, startMs, endMs, identity };
}

/** Sources that cover a part of `[startMs, endMs)` or have an event in it. */
function sourcesUsed(
  sources: readonly LiquidationSource[],
  startMs: EpochMs,
  endMs: EpochMs,
): LiquidationIdentity['sources'] {
  return sources
    .filter(({ startUs, endUs, firstTs, lastTs }) => {
      const [from, to] = [Math.min(startUs, firstTs ?? startUs), Math.max(endUs, (lastTs ?? startUs) + 1)];
      return from < endMs * 1000 && to > startMs * 1000;
    })
    .map(({ origin, object, sha256, bytes }) => ({ origin, object, sha256, bytes }));
}

function nothingCovered({ symbol, dataDir, sources }: EventStore, range: DateRange | null): TapemillError {
  const day = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10);
  const span = range === null ? '' : ` from ${range.start} to ${range.end}`;
  const [first, last] = [
    Math.min(...sources.map(({ startUs }) => startUs)),
    Math.max(...sources.map(({ endUs }) => endUs - 1)),
  ];
  return new TapemillError(
    'E_NO_LIQUIDATIONS',
    `nothing stored of ${symbol} covers any time${span}; what there is lies in ${day(first)} … ${day(last)}. ` +
      'Bring in more with "tapemill import liquidations"',
    { path: dataDir },
  );
}
