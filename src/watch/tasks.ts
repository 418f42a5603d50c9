import type { Database, SqlRow } from '../sqlite/index.js';
import type { TaskState } from '../work/index.js';
import { periodOf } from './keys.js';
import type { FailureStatus, RetryStatus } from './snapshot.js';

/** Months outside the life of a symbol: nothing was ever published, so nothing is missing. */
const OUTSIDE_LIFE: readonly string[] = ['before listing', 'after delisting'];

/** Tasks of one group that are alike, counted. */
export interface TaskTally {
  readonly group: string;
  readonly isMonth: boolean;
  readonly state: TaskState;
  readonly isReused: boolean;
  readonly isOutsideLife: boolean;
  readonly count: number;
  readonly bytes: number;
}

/** @param sinceMs what was done before then counts as reused */
export function readTallies(db: Database, sinceMs: number): TaskTally[] {
  return db
    .all(
      `SELECT grp, stage, state, count(*) AS n, sum(weight) AS bytes,
         state = 'done' AND (coalesce(reason, '') = 'reused' OR coalesce(finished_at, 0) < ?) AS reused,
         state = 'missing' AND coalesce(reason, '') IN (?, ?) AS outside
       FROM tasks GROUP BY grp, stage, state, reused, outside`,
      sinceMs,
      ...OUTSIDE_LIFE,
    )
    .map((row) => ({
      group: row['grp'] as string,
      isMonth: row['stage'] === 0,
      state: row['state'] as TaskState,
      isReused: row['reused'] === 1,
      isOutsideLife: row['outside'] === 1,
      count: row['n'] as number,
      bytes: row['bytes'] as number,
    }));
}

/** A task under way as the tables have it. */
export interface RunningRow {
  readonly key: string;
  readonly group: string;
  readonly isMonth: boolean;
  readonly weight: number;
  readonly attempt: number;
  readonly owner: string;
  readonly leaseUntilMs: number;
  readonly startedAtMs: number;
  readonly phase: string;
  readonly bytes: number;
  readonly fetchedBytes: number;
  readonly advancedAtMs: number;
}

export function readRunning(db: Database): RunningRow[] {
  return db
    .all(
      `SELECT t.*, p.phase, p.bytes, p.fetched, p.advanced_at FROM tasks t
       LEFT JOIN progress p ON p.key = t.key AND p.worker = t.owner WHERE t.state = 'running' ORDER BY t.started_at, t.id`,
    )
    .map((row) => {
      const startedAtMs = (row['started_at'] as number | null) ?? 0;
      const weight = row['weight'] as number;
      return {
        key: row['key'] as string,
        group: row['grp'] as string,
        isMonth: row['stage'] === 0,
        weight,
        attempt: row['attempts'] as number,
        owner: row['owner'] as string,
        leaseUntilMs: row['lease_until'] as number,
        startedAtMs,
        phase: (row['phase'] as string | null) ?? 'claimed',
        // A month that falls back to its days mills more than was planned for it.
        bytes: Math.min(weight, (row['bytes'] as number | null) ?? 0),
        fetchedBytes: (row['fetched'] as number | null) ?? 0,
        advancedAtMs: Math.max(startedAtMs, (row['advanced_at'] as number | null) ?? 0),
      };
    });
}

export function readFailed(db: Database): FailureStatus[] {
  return db.all("SELECT * FROM tasks WHERE state = 'failed' ORDER BY finished_at DESC, id").map((row) => ({
    group: row['grp'] as string,
    key: row['key'] as string,
    period: periodOf(row['key'] as string),
    ...causeOf(row),
    attempts: row['attempts'] as number,
    losses: row['losses'] as number,
    atMs: (row['finished_at'] as number | null) ?? 0,
  }));
}

export function readRetries(db: Database): RetryStatus[] {
  return db
    .all(
      `SELECT * FROM tasks WHERE state = 'pending' AND attempts > 0 AND code IS NOT NULL ORDER BY not_before, id`,
    )
    .map((row) => ({
      key: row['key'] as string,
      group: row['grp'] as string,
      period: periodOf(row['key'] as string),
      attempts: row['attempts'] as number,
      ...causeOf(row),
      atMs: row['not_before'] as number,
    }));
}

/** Keys of months that are missing though the symbol was listed. */
export function readMissing(db: Database): { readonly group: string; readonly period: string }[] {
  return db
    .all(
      "SELECT key, grp FROM tasks WHERE state = 'missing' AND coalesce(reason, '') NOT IN (?, ?)",
      ...OUTSIDE_LIFE,
    )
    .map((row) => ({ group: row['grp'] as string, period: periodOf(row['key'] as string) }));
}

/** What waits, and since and until when. */
export interface PendingTimes {
  readonly count: number;
  /** How many could be begun now, but for tasks that must come before. */
  readonly dueCount: number;
  /** When the first may be begun that may not yet; null: none such. */
  readonly nextAtMs: number | null;
  /** When a task last changed hands or state. */
  readonly changedAtMs: number;
}

export function readPendingTimes(db: Database, nowMs: number): PendingTimes {
  const row = db.get(
    `SELECT count(*) AS n, coalesce(sum(not_before <= ?), 0) AS due,
       min(CASE WHEN not_before > ? THEN not_before END) AS next,
       (SELECT coalesce(max(updated_at), 0) FROM tasks) AS changed
     FROM tasks WHERE state = 'pending'`,
    nowMs,
    nowMs,
  )!;
  return {
    count: row['n'] as number,
    dueCount: row['due'] as number,
    nextAtMs: row['next'] as number | null,
    changedAtMs: row['changed'] as number,
  };
}

function causeOf(row: SqlRow): { readonly code: string; readonly reason: string } {
  return {
    code: (row['code'] as string | null) ?? 'E_WORKER',
    reason: (row['reason'] as string | null) ?? 'nobody said why',
  };
}
