import { hostname } from 'node:os';
import { TapemillError } from '../errors.js';
import type { Database, SqlRow } from '../sqlite/index.js';
import { isAlive } from '../alive.js';

/** What a worker has done since it began. */
export interface WorkerTotals {
  readonly rows: number;
  /** Of input done. */
  readonly bytes: number;
  /** Of input that came over the network. */
  readonly fetchedBytes: number;
}

/** What a process is to the queue: it does tasks, puts them in, or has put them in and waits. */
export type Role = 'worker' | 'owner' | 'waiting';

export interface WorkerRow extends WorkerTotals {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  /** Null unless it ended by itself. */
  readonly stoppedAtMs: number | null;
  readonly isAlive: boolean;
}

/** The workers of a queue, past and present, and the processes that put tasks into it (owners). */
export class Roster {
  readonly #now: () => number;

  /** @param silentMs a worker of another machine that has not been heard of for so long counts as gone */
  constructor(
    private readonly db: Database,
    private readonly silentMs: number,
    now: () => number = Date.now,
  ) {
    this.#now = now;
  }

  /** @throws `E_WORKER_ID` when a living worker has this name */
  enter(id: string, role: Role = 'worker'): void {
    this.db.transaction(() => {
      this.#forget();
      const known = this.find(id);
      if (known?.isAlive && !(known.host === hostname() && known.pid === process.pid)) {
        throw new TapemillError(
          'E_WORKER_ID',
          `worker ${id} is at work already, as process ${known.pid} on ${known.host}`,
          { expected: 'a name of its own', found: id },
        );
      }
      const now = this.#now();
      this.db.run(
        `INSERT INTO workers (id, role, host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET role = excluded.role, host = excluded.host, pid = excluded.pid, started_at = excluded.started_at,
           heartbeat_at = excluded.heartbeat_at, stopped_at = NULL, rows = 0, bytes = 0, fetched = 0`,
        id,
        role,
        hostname(),
        process.pid,
        now,
        now,
      );
    });
  }

  heartbeat(id: string, { rows, bytes, fetchedBytes }: WorkerTotals): void {
    this.db.run(
      'UPDATE workers SET heartbeat_at = ?, rows = ?, bytes = ?, fetched = ? WHERE id = ?',
      this.#now(),
      rows,
      bytes,
      fetchedBytes,
      id,
    );
  }

  leave(id: string): void {
    this.db.run('UPDATE workers SET stopped_at = ? WHERE id = ?', this.#now(), id);
  }

  find(id: string): WorkerRow | undefined {
    const row = this.db.get('SELECT * FROM workers WHERE id = ?', id);
    return row && this.#workerOf(row);
  }

  /** In the order in which they came. */
  all(role: Role = 'worker'): WorkerRow[] {
    return this.db
      .all('SELECT * FROM workers WHERE role = ? ORDER BY started_at, id', role)
      .map((row) => this.#workerOf(row));
  }

  /** An owner has put in all it had, and only waits for the tasks to be done. */
  hasPlanned(id: string): void {
    this.db.run("UPDATE workers SET role = 'waiting' WHERE id = ?", id);
  }

  /** Whether somebody is putting tasks in: a queue that is empty now need not stay so. */
  hasOwner(): boolean {
    return this.all('owner').some((owner) => owner.isAlive);
  }

  living(): WorkerRow[] {
    return this.all().filter((worker) => worker.isAlive);
  }

  /** Workers of last week are of no interest; every collection brings new ones. */
  #forget(): void {
    this.db.run('DELETE FROM workers WHERE heartbeat_at < ?', this.#now() - 7 * 86_400_000);
  }

  #workerOf(row: SqlRow): WorkerRow {
    const [host, pid] = [row['host'] as string, row['pid'] as number];
    const heartbeatAtMs = row['heartbeat_at'] as number;
    const stoppedAtMs = row['stopped_at'] as number | null;
    const isHeard = this.#now() - heartbeatAtMs < this.silentMs;
    return {
      id: row['id'] as string,
      host,
      pid,
      startedAtMs: row['started_at'] as number,
      heartbeatAtMs,
      stoppedAtMs,
      // A number passes to other processes; one that is alive but silent is somebody else, or is stopped.
      isAlive: stoppedAtMs === null && isHeard && (host !== hostname() || isAlive(pid)),
      rows: row['rows'] as number,
      bytes: row['bytes'] as number,
      fetchedBytes: row['fetched'] as number,
    };
  }
}
