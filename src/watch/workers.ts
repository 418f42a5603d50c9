import { hostname } from 'node:os';
import { isAlive } from '../alive.js';
import type { Database, SqlRow } from '../sqlite/index.js';
import { periodOf } from './keys.js';
import type { RunningTask, WorkerState, WorkerStatus } from './snapshot.js';
import type { RunningRow } from './tasks.js';

/** Workers that have ended are told of for so long. */
const REMEMBERED_MS = 3_600_000;
/** Which of its tasks a worker is at; the others are prepared meanwhile. */
const PHASES = ['writing', 'milling', 'fetching', 'waiting', 'claimed'];

/** All of a worker but its speed, which needs all workers to be known first. */
export type KnownWorker = Omit<WorkerStatus, 'speed'>;

export const isLiving = ({ state }: Pick<WorkerStatus, 'state'>): boolean =>
  state === 'working' || state === 'idle';

export interface WorkerFacts {
  readonly workers: readonly KnownWorker[];
  /** A living process puts tasks in. */
  readonly isPlanning: boolean;
}

/** @param silentMs a worker that has not been heard of for so long counts as lost */
export function readWorkers(
  db: Database,
  running: readonly RunningRow[],
  nowMs: number,
  silentMs: number,
): WorkerFacts {
  const tasksOf = (id: string): RunningTask[] =>
    running
      .filter(({ owner }) => owner === id)
      .map(runningTask)
      .sort(byPhase);
  const rows = db.all('SELECT * FROM workers ORDER BY started_at, id');
  // Who only puts tasks in may be kept in the same table.
  const isWorker = (row: SqlRow): boolean => (row['role'] ?? 'worker') === 'worker';
  const known = rows.filter(isWorker).map((row) => {
    const own = tasksOf(row['id'] as string);
    const { state, why } = judge(row, own.length > 0, nowMs, silentMs);
    const heartbeatAtMs = row['heartbeat_at'] as number;
    return {
      id: row['id'] as string,
      host: row['host'] as string,
      pid: row['pid'] as number,
      state,
      why,
      startedAtMs: row['started_at'] as number,
      heartbeatAtMs,
      silentSeconds: Math.max(0, (nowMs - heartbeatAtMs) / 1000),
      tasks: own,
      rowsTotal: row['rows'] as number,
      bytesTotal: row['bytes'] as number,
      fetchedBytesTotal: row['fetched'] as number,
    };
  });
  return {
    workers: known.filter(
      (worker) => isLiving(worker) || worker.tasks.length > 0 || nowMs - worker.heartbeatAtMs < REMEMBERED_MS,
    ),
    isPlanning: rows.some(
      (row) => row['role'] === 'owner' && judge(row, false, nowMs, silentMs).state === 'idle',
    ),
  };
}

function judge(
  row: SqlRow,
  isBusy: boolean,
  nowMs: number,
  silentMs: number,
): { readonly state: WorkerState; readonly why: string | null } {
  if (row['stopped_at'] !== null) return { state: 'stopped', why: null };
  const pid = row['pid'] as number;
  const isHere = row['host'] === hostname();
  if (isHere && !isAlive(pid)) return { state: 'lost', why: `its process ${pid} is gone` };
  if (nowMs - (row['heartbeat_at'] as number) >= silentMs) {
    return { state: 'lost', why: isHere ? `process ${pid} is there but says nothing` : 'it says nothing' };
  }
  return { state: isBusy ? 'working' : 'idle', why: null };
}

function runningTask(row: RunningRow): RunningTask {
  return {
    key: row.key,
    group: row.group,
    period: periodOf(row.key),
    phase: row.phase,
    share: row.weight > 0 ? row.bytes / row.weight : null,
    bytesDone: row.bytes,
    bytesTotal: row.weight,
    fetchedBytes: row.fetchedBytes,
    attempt: row.attempt,
    startedAtMs: row.startedAtMs,
    advancedAtMs: row.advancedAtMs,
  };
}

function byPhase(a: RunningTask, b: RunningTask): number {
  const rank = ({ phase }: RunningTask): number => {
    const at = PHASES.indexOf(phase);
    return at === -1 ? PHASES.length : at;
  };
  return rank(a) - rank(b) || a.startedAtMs - b.startedAtMs;
}
