/**
 * What a queue holds. Nothing here knows what a task does.
 *
 *     pending ──claim──► running ──done──────────────► done
 *        ▲                 │ ├────missing────────────► missing   there is nothing to do it with
 *        │                 │ └────failed, for good───► failed
 *        └── handed back, lost, or failed with attempts left
 */
export type TaskState = 'pending' | 'running' | 'done' | 'failed' | 'missing';

export const TASK_STATES: readonly TaskState[] = ['pending', 'running', 'done', 'failed', 'missing'];

/** A piece of work as it is put into a queue. */
export interface TaskSpec {
  /** Names it for ever: putting in a task of the same key replaces the old one. `um/aggTrades/BTCUSDT/2024-01`. */
  readonly key: string;
  /** What belongs together: `um/aggTrades/BTCUSDT`. */
  readonly group: string;
  /** A task waits until all of its group with a lower stage are settled. */
  readonly stage: number;
  /** The larger goes first. Bytes to read. */
  readonly weight: number;
  /** Whether its input comes over the network, so that a worker may take it up while it still works on another. */
  readonly isRemote: boolean;
  /** Plain data for whoever does it. */
  readonly payload: unknown;
}

/** A task that is over before it began: what was found done, or can never be done. */
export interface SettledSpec {
  readonly key: string;
  readonly group: string;
  readonly stage: number;
  readonly weight: number;
  readonly state: 'done' | 'missing';
  readonly reason: string;
}

export interface TaskRow {
  readonly key: string;
  readonly group: string;
  readonly stage: number;
  readonly weight: number;
  readonly state: TaskState;
  /** Failed attempts and the one under way. */
  readonly attempts: number;
  /** How often its worker was lost. */
  readonly losses: number;
  readonly owner: string | null;
  readonly leaseUntilMs: number | null;
  /** Error code of the last failure. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly result: unknown;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** The right to work on a task for a while, and the proof of it. */
export interface Lease {
  readonly key: string;
  readonly group: string;
  readonly weight: number;
  readonly payload: unknown;
  /** Counted from 1. */
  readonly attempt: number;
  /** Grows with every change of hands; whoever holds a smaller one has lost the task. */
  readonly fence: number;
  readonly owner: string;
}

export interface Failure {
  readonly code: string;
  readonly reason: string;
  /** Whether another attempt can help. */
  readonly retryable: boolean;
  /** How long to wait before it. */
  readonly retryDelayMs: number;
  /** What was achieved nevertheless. */
  readonly result?: unknown;
}

/** Something that happened to a task or a worker, for ever in the order of its `id`. */
export interface WorkEvent {
  readonly id: number;
  readonly atMs: number;
  readonly worker: string | null;
  readonly key: string | null;
  readonly group: string | null;
  readonly type: string;
  /** Plain data, as whoever did the work reported it. */
  readonly data: unknown;
}

export interface QueueRules {
  /** A lease that is not renewed for so long is lost. */
  readonly leaseMs: number;
  /** After so many failed attempts a task is failed. */
  readonly maxAttempts: number;
  /** After its worker was lost so often a task is failed: it may be what kills them. */
  readonly maxLosses: number;
}

export const QUEUE_RULES: QueueRules = { leaseMs: 60_000, maxAttempts: 3, maxLosses: 10 };

/** Every i-th of n groups, told by a hash of the group: the same on every machine, today and tomorrow. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}
