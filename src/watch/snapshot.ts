import type { TaskState } from '../work/index.js';

/**
 * Where a queue of collections stands at one instant. Plain data: what `tapemill status --json` prints. Instants are
 * milliseconds since 1970, sizes bytes of ZIPs, and every other number says its unit in its name.
 *
 * Months that were there before (`reused`) are counted apart: `total` and `done` are about the work of the queue.
 */
export interface StatusSnapshot {
  readonly nowMs: number;
  /** Nothing is to be done or under way, and nobody is about to put in more. */
  readonly isSettled: boolean;
  /** A living process is still putting tasks in. */
  readonly isPlanning: boolean;
  /** Of all stages, months and derived bars alike. */
  readonly tasks: Readonly<Record<TaskState, number>>;
  readonly bytes: ByteCounts;
  readonly months: MonthCounts;
  /** By name. */
  readonly symbols: readonly SymbolStatus[];
  /** Living ones, and those that were heard of within the last hour or hold tasks still; in the order of coming. */
  readonly workers: readonly WorkerStatus[];
  readonly speed: Speed;
  /** Until the last byte is milled, at the speed of the last minutes; null when nobody can say. */
  readonly etaSeconds: number | null;
  /** The latest first. */
  readonly outputs: readonly OutputStatus[];
  readonly stalls: readonly Stall[];
  /** The latest first. */
  readonly failures: readonly FailureStatus[];
  /** Tasks that failed and will be tried again, the next one first. */
  readonly retries: readonly RetryStatus[];
  /** By symbol. */
  readonly holes: readonly HoleStatus[];
}

export interface ByteCounts {
  /** done + remaining + failed */
  readonly total: number;
  /** Of finished months, and the milled part of those under way. */
  readonly done: number;
  readonly remaining: number;
  readonly failed: number;
  /** Of months that were there before. */
  readonly reused: number;
}

export interface MonthCounts {
  /** done + running + pending + failed */
  readonly total: number;
  readonly done: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  readonly reused: number;
  /** Whole months that the archive does not have, between others that it has. */
  readonly holes: number;
}

/** `waiting`: nothing of it has begun. `partial`: settled, with holes or failures. */
export type SymbolState = 'waiting' | 'working' | 'done' | 'partial' | 'failed';

export interface SymbolStatus {
  /** `um/aggTrades/BTCUSDT` */
  readonly group: string;
  readonly market: string;
  readonly stream: string;
  readonly symbol: string;
  readonly state: SymbolState;
  readonly months: MonthCounts;
  readonly bytes: ByteCounts;
}

/** `lost`: its process is gone, or it has not been heard of for as long as a lease holds. */
export type WorkerState = 'working' | 'idle' | 'stopped' | 'lost';

export interface WorkerStatus {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly state: WorkerState;
  /** Why it is lost, in words; null otherwise. */
  readonly why: string | null;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  readonly silentSeconds: number;
  /** The one that is milled first; the others are brought in meanwhile. */
  readonly tasks: readonly RunningTask[];
  readonly speed: Speed;
  /** Since it began. */
  readonly rowsTotal: number;
  readonly bytesTotal: number;
  readonly fetchedBytesTotal: number;
}

export interface RunningTask {
  readonly key: string;
  readonly group: string;
  /** `2024-01`, or `bars`. */
  readonly period: string;
  /** `claimed`, `fetching`, `waiting`, `milling`, `writing` */
  readonly phase: string;
  /** 0 … 1, of its bytes milled; null when it has none. */
  readonly share: number | null;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly fetchedBytes: number;
  readonly attempt: number;
  readonly startedAtMs: number;
  /** When it last moved. */
  readonly advancedAtMs: number;
}

/** What was achieved in a while that ends now. */
export interface Speed {
  readonly windowSeconds: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly fetchedBytesPerSecond: number;
}

export interface OutputStatus {
  readonly atMs: number;
  readonly type: 'month-written' | 'symbol-settled';
  readonly group: string;
  /** `2024-01`, or null for a symbol. */
  readonly month: string | null;
  readonly path: string;
  /** Minutes of a month, bars of a symbol. */
  readonly lines: number;
  /** Ticks of a month; null for a symbol. */
  readonly rows: number | null;
  /** `ok` or `partial`; null for a month. */
  readonly dataStatus: string | null;
}

export type StallKind = 'task' | 'nobody' | 'silent' | 'unclaimed' | 'retry-delay';

/** Why nothing moves. */
export interface Stall {
  readonly kind: StallKind;
  /** Worker, if it is one's. */
  readonly worker: string | null;
  /** Key of the task, if it is one's. */
  readonly key: string | null;
  /** Nothing has moved since then. */
  readonly sinceMs: number;
  /** When it goes on by itself; null: it does not. */
  readonly untilMs: number | null;
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  /** Whether somebody has to do something. */
  readonly needsAction: boolean;
}

export interface FailureStatus {
  readonly group: string;
  /** Null when a symbol failed before it had tasks. */
  readonly key: string | null;
  /** `2024-01`, `bars`; null for the symbol as a whole. */
  readonly period: string | null;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly losses: number;
  readonly atMs: number;
}

export interface RetryStatus {
  readonly key: string;
  readonly group: string;
  readonly period: string;
  /** Failed so far. */
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
  /** Not before; past when it only waits for a worker. */
  readonly atMs: number;
}

/** Periods in a row that an archive does not have: `from` and `to` inclusive. */
export interface HoleSpan {
  readonly from: string;
  readonly to: string;
  readonly unit: 'month' | 'day';
  readonly count: number;
}

export interface HoleStatus {
  readonly group: string;
  readonly spans: readonly HoleSpan[];
}
