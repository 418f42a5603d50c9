import { hostname } from 'node:os';
import { TapemillError } from '../errors.js';
import { Ledger } from '../ledger/index.js';
import { type Shard, runWorkerLoop } from '../work/index.js';
import { CollectTasks } from './do-task.js';

export interface WorkerRequest {
  /** The ledger's file. */
  readonly queue: string;
  readonly workerId: string;
  /** Ends after so many tasks; null: no limit. */
  readonly maxTasks: number | null;
  readonly shard: Shard | null;
  /** Only tasks that this collection wants; absent: whatever there is. */
  readonly crew?: string;
  /** Tasks whose objects are fetched while another one is milled. */
  readonly ahead?: number;
  /**
   * What to do when there is nothing to claim: `wait` for ever, or leave once the queue is `drained` and no collection is
   * putting tasks in.
   */
  readonly whenIdle: 'wait' | 'drained';
  /** Told what becomes of each task. */
  readonly onTask?: (key: string, state: string) => void;
  readonly signal: AbortSignal;
}

const AHEAD = 2;

/** `{host}-{pid}`, a name that no other living worker of the machine has. */
export const defaultWorkerId = (): string => `${hostname().split('.')[0] ?? 'host'}-${process.pid}`;

/**
 * Works on the tasks of a queue, in this process, until it is told to stop or there is nothing left.
 * @returns how many tasks it settled
 * @throws what ended it, its tasks handed back: `E_DISK_FULL`, `E_IO`, `E_FORBIDDEN`, `E_GEOBLOCKED`,
 *   `E_ARCHIVE_UNREADABLE`, `E_LEDGER`; `E_WORKER_ID` before anything is done
 */
export async function runWorker(request: WorkerRequest): Promise<number> {
  const { workerId: id, shard, signal, whenIdle, maxTasks, ahead = AHEAD } = request;
  const ledger = Ledger.open(request.queue);
  const { queue, roster } = ledger;
  const tasks = new CollectTasks(ledger, signal);
  let hasEntered = false;
  try {
    const keepsWaiting = (): boolean =>
      whenIdle === 'wait' || queue.unsettled().size > 0 || roster.hasOwner();
    const doTask: typeof tasks.do = async (lease, context) => {
      const outcome = await tasks.do(lease, context);
      const why = outcome.state === 'done' ? '' : ` (${outcome.code}: ${outcome.reason})`;
      request.onTask?.(lease.key, `${outcome.state}${why}`);
      return outcome;
    };
    roster.enter(id);
    hasEntered = true;
    queue.log('worker-started', { id, pid: process.pid }, { worker: id });
    const settled = await runWorkerLoop(
      { queue, roster, id, ahead, maxTasks, shard, crew: request.crew ?? null, keepsWaiting, signal },
      doTask,
    );
    queue.log('worker-stopped', { id }, { worker: id });
    return settled;
  } catch (error) {
    if (hasEntered) logEnd(ledger, id, error);
    throw error;
  } finally {
    await tasks.close();
    ledger.close();
  }
}

/** Whoever started this worker learns from the queue what ended it. */
function logEnd({ queue }: Ledger, id: string, error: unknown): void {
  const told = TapemillError.is(error)
    ? error.toJSON()
    : { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  try {
    queue.log('worker-stopped', { id, ...told }, { worker: id });
  } catch {
    // The ledger may be what ended it; the exit status tells as well.
  }
}
