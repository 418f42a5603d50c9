import type { Database } from '../sqlite/index.js';
import { QUEUE_RULES } from '../work/index.js';
import { readPlanning, spanHoles } from './holes.js';
import { readOutputs } from './outputs.js';
import type { FailureStatus, StatusSnapshot } from './snapshot.js';
import { Achievements, NO_SPEED } from './speed.js';
import { findStalls } from './stalls.js';
import { summarizeSymbols } from './symbols.js';
import { readFailed, readMissing, readPendingTimes, readRetries, readRunning, readTallies } from './tasks.js';
import { type KnownWorker, isLiving, readWorkers } from './workers.js';

export interface StatusOptions {
  /** The clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** Only these groups (`um/aggTrades/BTCUSDT`); default all. */
  readonly groups?: Iterable<string>;
  /** Months that were done before then count as reused: what a run finds is not what it does. Default: all count. */
  readonly sinceMs?: number;
  /** A task that has not moved for so long has stalled; default 15 minutes. */
  readonly stallMs?: number;
  /** What speeds are taken over; default a minute. */
  readonly windowMs?: number;
  /** A worker that has not been heard of for so long is lost; default: as long as a lease holds. */
  readonly silentMs?: number;
}

export const DEFAULT_STALL_MS = 15 * 60_000;
const DEFAULT_WINDOW_MS = 60_000;
/** What remains is guessed from a longer while than what is shown as speed: it should not jump. */
const ETA_WINDOW_MS = 5 * 60_000;

/**
 * Looks at a queue. Writes nothing, and takes a few milliseconds with thousands of tasks.
 * @throws `E_LEDGER`, `E_LEDGER_BUSY`, `E_IO`
 */
export function readStatus(
  source: Database | { readonly db: Database },
  options: StatusOptions,
): StatusSnapshot {
  const db = 'db' in source ? source.db : source;
  const { nowMs, sinceMs = 0, stallMs = DEFAULT_STALL_MS, windowMs = DEFAULT_WINDOW_MS } = options;
  const wanted = options.groups === undefined ? null : new Set(options.groups);
  const only = <T extends { readonly group: string }>(rows: readonly T[]): T[] =>
    rows.filter(({ group }) => wanted === null || wanted.has(group));

  const tallies = only(readTallies(db, sinceMs));
  const allRunning = readRunning(db);
  const running = only(allRunning);
  const retries = only(readRetries(db));
  const planning = only(readPlanning(db));
  const { workers, isPlanning } = readWorkers(db, allRunning, nowMs, options.silentMs ?? QUEUE_RULES.leaseMs);

  const planned = new Set(tallies.map(({ group }) => group));
  const unplanned = planning.filter(({ group, failure }) => failure !== null && !planned.has(group));
  const holes = spanHoles([
    ...only(readMissing(db)),
    ...planning.flatMap(({ group, missing }) => missing.map((period) => ({ group, period }))),
  ]);
  const { all, symbols } = summarizeSymbols(
    tallies,
    running,
    new Set(holes.map(({ group }) => group)),
    unplanned.map(({ group }) => group),
  );
  const failures: FailureStatus[] = [
    ...only(readFailed(db)),
    ...unplanned.flatMap(({ group, atMs, failure }) =>
      failure ? [{ group, key: null, period: null, ...failure, attempts: 1, losses: 0, atMs }] : [],
    ),
  ].sort((a, b) => b.atMs - a.atMs);

  const living = workers.filter(isLiving);
  const startMs = Math.min(...living.map(({ startedAtMs }) => startedAtMs));
  const achieved = Achievements.read(db, running, nowMs - ETA_WINDOW_MS, nowMs, densityOf(workers));
  const speedOf = (lengthMs: number, worker: KnownWorker | null = null) =>
    achieved.speed(Math.max(nowMs - lengthMs, worker?.startedAtMs ?? startMs), nowMs, worker?.id ?? null);
  const recent = living.length === 0 ? NO_SPEED : speedOf(windowMs);
  const { bytesPerSecond } = living.length === 0 ? NO_SPEED : speedOf(ETA_WINDOW_MS);

  const { tasks, months, bytes } = all;
  const isSettled = tasks.pending + tasks.running === 0 && !isPlanning;
  return {
    nowMs,
    isSettled,
    isPlanning,
    tasks,
    bytes,
    months,
    symbols,
    workers: workers.map((worker) => ({
      ...worker,
      speed: isLiving(worker) ? speedOf(windowMs, worker) : NO_SPEED,
    })),
    speed: recent,
    etaSeconds:
      !isSettled && bytes.remaining > 0 && bytesPerSecond > 0 ? bytes.remaining / bytesPerSecond : null,
    outputs: only(readOutputs(db)),
    stalls: findStalls({
      nowMs,
      stallMs,
      running,
      pending: readPendingTimes(db, nowMs),
      retries,
      workers,
      isPlanning,
    }),
    failures,
    retries,
    holes,
  };
}

function densityOf(workers: readonly KnownWorker[]): number {
  const total = (name: 'rowsTotal' | 'bytesTotal'): number =>
    workers.reduce((sum, worker) => sum + worker[name], 0);
  return total('bytesTotal') > 0 ? total('rowsTotal') / total('bytesTotal') : 0;
}
