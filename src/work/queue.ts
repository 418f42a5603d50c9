import { hostname } from 'node:os';
import { TapemillError } from '../errors.js';
import type { Database, SqlRow, SqlValue } from '../sqlite/index.js';
import { isAlive } from '../alive.js';
import { shardHash } from './shard.js';
import {
  type Failure,
  type Lease,
  QUEUE_RULES,
  type QueueRules,
  type SettledSpec,
  type Shard,
  type TaskRow,
  type TaskSpec,
  type TaskState,
  type WorkEvent,
} from './tasks.js';

export interface QueueOptions {
  readonly rules?: Partial<QueueRules>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface ClaimOptions {
  /** Only groups of this shard. */
  readonly shard?: Shard | null;
  /** Only groups that this one wants. */
  readonly crew?: string | null;
  /** For a worker that is busy already: only remote tasks, and only while there are more than this many pending. */
  readonly aheadOfMoreThan?: number;
}

/**
 * Tasks that any number of processes share through one SQLite file. Each method is one transaction: killed at any
 * instant, a process leaves a task either as it was or as it shall be.
 */
export class TaskQueue {
  readonly rules: QueueRules;
  readonly #now: () => number;

  constructor(
    private readonly db: Database,
    { rules = {}, now = Date.now }: QueueOptions = {},
  ) {
    this.rules = { ...QUEUE_RULES, ...rules };
    this.#now = now;
  }

  /**
   * Puts tasks in, all or none. One whose key is there already and that is pending or under way with the same payload is
   * left alone; any other is begun anew, and whoever works on it loses it.
   * @returns how many are to be done that were not before
   */
  enqueue(specs: readonly TaskSpec[], settled: readonly SettledSpec[] = []): number {
    return this.db.transaction(() => {
      for (const spec of settled) this.#putSettled(spec);
      return specs.filter((spec) => this.#put(spec)).length;
    });
  }

  /**
   * The next task for a worker: of those that may begin, the latest stage first, then the largest. Tasks whose worker
   * is lost become pending before.
   */
  claim(owner: string, options: ClaimOptions = {}): Lease | null {
    const { shard = null, crew = null, aheadOfMoreThan } = options;
    return this.db.transaction(() => {
      this.#reclaim();
      const now = this.#now();
      if (aheadOfMoreThan !== undefined) {
        const { n } = this.db.get("SELECT count(*) AS n FROM tasks WHERE state = 'pending' AND remote = 1")!;
        if ((n as number) <= aheadOfMoreThan) return null;
      }
      const row = this.db.get(
        `UPDATE tasks SET state = 'running', owner = ?, lease_until = ?, fence = fence + 1, attempts = attempts + 1,
           started_at = ?, updated_at = ?, finished_at = NULL
         WHERE id = (
           SELECT t.id FROM tasks t
           WHERE t.state = 'pending' AND t.not_before <= ? AND (? IS NULL OR t.shard % ? = ?) AND t.remote >= ?
             AND (? IS NULL OR EXISTS (SELECT 1 FROM wants w WHERE w.crew = ? AND w.grp = t.grp))
             AND NOT EXISTS (SELECT 1 FROM tasks b
               WHERE t.stage > 0 AND b.grp = t.grp AND b.stage < t.stage AND b.state IN ('pending', 'running'))
           ORDER BY t.stage DESC, t.weight DESC, t.id LIMIT 1)
         RETURNING key, grp, weight, payload, attempts, fence`,
        owner,
        now + this.rules.leaseMs,
        now,
        now,
        now,
        shard?.of ?? null,
        shard?.of ?? 1,
        shard ? shard.index - 1 : 0,
        aheadOfMoreThan === undefined ? 0 : 1,
        crew,
        crew,
      );
      if (!row) return null;
      const lease: Lease = {
        key: row['key'] as string,
        group: row['grp'] as string,
        weight: row['weight'] as number,
        payload: JSON.parse(row['payload'] as string),
        attempt: row['attempts'] as number,
        fence: row['fence'] as number,
        owner,
      };
      this.#log('task-claimed', owner, lease.key, lease.group, { attempt: lease.attempt });
      return lease;
    });
  }

  /** Keeps leases for another `leaseMs`. @returns those that are lost */
  renew(leases: readonly Lease[]): Lease[] {
    return this.db.transaction(() =>
      leases.filter((lease) => {
        const now = this.#now();
        const renewed = this.db.run(
          `UPDATE tasks SET lease_until = ? WHERE key = ? AND fence = ? AND state = 'running' AND lease_until > ?`,
          now + this.rules.leaseMs,
          lease.key,
          lease.fence,
          now,
        );
        return renewed === 0;
      }),
    );
  }

  /**
   * Runs `publish`, synchronous and short (renaming files), while the lease holds: nobody can take the task over before
   * it has returned. Does nothing but throw when the lease is lost.
   * @throws `E_LEASE_LOST`
   */
  publish(lease: Lease, publish: () => void): void {
    this.db.transaction(() => {
      this.#assertHeld(lease);
      publish();
    });
  }

  /** @throws `E_LEASE_LOST` */
  done(lease: Lease, result: unknown): void {
    this.#settle(lease, 'done', { result });
  }

  /** @throws `E_LEASE_LOST` */
  missing(lease: Lease, code: string, reason: string): void {
    this.#settle(lease, 'missing', { code, reason });
  }

  /** An attempt failed: the task becomes pending again if that can help, failed otherwise. @throws `E_LEASE_LOST` */
  fail(lease: Lease, failure: Failure): TaskState {
    return this.db.transaction(() => {
      const { code, reason, retryable, retryDelayMs, result } = failure;
      if (!retryable || lease.attempt >= this.rules.maxAttempts) {
        this.#settle(lease, 'failed', { code, reason, result });
        return 'failed';
      }
      this.#assertHeld(lease);
      const now = this.#now();
      this.db.run(
        `UPDATE tasks SET state = 'pending', owner = NULL, lease_until = NULL, not_before = ?, code = ?, reason = ?,
           updated_at = ? WHERE key = ?`,
        now + retryDelayMs,
        code,
        reason,
        now,
        lease.key,
      );
      this.#endProgress(lease.key);
      this.#log('task-retry', lease.owner, lease.key, lease.group, {
        attempt: lease.attempt,
        code,
        reason,
        retryDelayMs,
      });
      return 'pending';
    });
  }

  /** Gives a task back as if it had never been claimed; nothing happens when the lease is lost. */
  handBack(lease: Lease, why: string): void {
    this.db.transaction(() => {
      const changed = this.db.run(
        `UPDATE tasks SET state = 'pending', owner = NULL, lease_until = NULL, attempts = max(0, attempts - 1),
           updated_at = ? WHERE key = ? AND fence = ? AND state = 'running'`,
        this.#now(),
        lease.key,
        lease.fence,
      );
      if (changed === 0) return;
      this.#endProgress(lease.key);
      this.#log('task-handed-back', lease.owner, lease.key, lease.group, { why });
    });
  }

  /** A crew does tasks of this group. Several may want the same one: each task is done once. */
  want(crew: string, group: string): void {
    this.db.run('INSERT OR IGNORE INTO wants (crew, grp) VALUES (?, ?)', crew, group);
  }

  /** A crew wants nothing any more. */
  wantNothing(crew: string): void {
    this.db.run('DELETE FROM wants WHERE crew = ?', crew);
  }

  /** Forgets tasks in state missing: what they missed has appeared. */
  forgetMissing(keys: readonly string[]): void {
    for (const key of keys) this.db.run("DELETE FROM tasks WHERE key = ? AND state = 'missing'", key);
  }

  task(key: string): TaskRow | undefined {
    const row = this.db.get('SELECT * FROM tasks WHERE key = ?', key);
    return row && taskOf(row);
  }

  /** Tasks of a group, by stage and key. */
  tasksOf(group: string): TaskRow[] {
    return this.db.all('SELECT * FROM tasks WHERE grp = ? ORDER BY stage, key', group).map(taskOf);
  }

  /** Groups that have tasks to be done or under way, with how many. */
  unsettled(): Map<string, number> {
    const rows = this.db.all(
      "SELECT grp, count(*) AS n FROM tasks WHERE state IN ('pending', 'running') GROUP BY grp",
    );
    return new Map(rows.map((row) => [row['grp'] as string, row['n'] as number]));
  }

  pendingCount(): number {
    return this.db.get("SELECT count(*) AS n FROM tasks WHERE state = 'pending'")!['n'] as number;
  }

  /** Makes tasks of lost workers pending again, as `claim` does. */
  reclaim(): void {
    this.db.transaction(() => {
      this.#reclaim();
    });
  }

  /** Says where a task under way stands. Not an event: only the latest counts. */
  advance(lease: Lease, phase: string, bytes: number, fetchedBytes: number): void {
    const now = this.#now();
    this.db.run(
      `INSERT INTO progress (key, worker, phase, bytes, fetched, advanced_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET
         advanced_at = CASE WHEN worker = excluded.worker AND phase = excluded.phase AND bytes = excluded.bytes
           AND fetched = excluded.fetched THEN advanced_at ELSE excluded.advanced_at END,
         worker = excluded.worker, phase = excluded.phase, bytes = excluded.bytes, fetched = excluded.fetched`,
      lease.key,
      lease.owner,
      phase,
      bytes,
      fetchedBytes,
      now,
    );
  }

  /** Records that something happened, in the order of the calls of all processes. */
  log(type: string, data: unknown, of: { worker?: string; key?: string; group?: string } = {}): void {
    this.#log(type, of.worker ?? null, of.key ?? null, of.group ?? null, data);
  }

  /** Events after one, oldest first. */
  eventsAfter(id: number, limit = 1000): WorkEvent[] {
    return this.db.all('SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?', id, limit).map(eventOf);
  }

  lastEventId(): number {
    return (this.db.get('SELECT max(id) AS id FROM events')!['id'] as number | null) ?? 0;
  }

  /** All that happened to a task, oldest first. */
  historyOf(key: string): WorkEvent[] {
    return this.db.all('SELECT * FROM events WHERE key = ? ORDER BY id', key).map(eventOf);
  }

  /** Runs `work` as one transaction with whatever it does to this queue and to others in the same file. */
  transaction<T>(work: () => T): T {
    return this.db.transaction(work);
  }

  #put(spec: TaskSpec): boolean {
    const payload = JSON.stringify(spec.payload);
    const old = this.db.get('SELECT state, payload FROM tasks WHERE key = ?', spec.key);
    const isUnderWay = old?.['state'] === 'pending' || old?.['state'] === 'running';
    if (isUnderWay && old['payload'] === payload) return false;
    const now = this.#now();
    const values: SqlValue[] = [spec.group, spec.stage, spec.weight, spec.isRemote ? 1 : 0];
    if (old) {
      this.db.run(
        `UPDATE tasks SET grp = ?, stage = ?, weight = ?, remote = ?, payload = ?, state = 'pending', attempts = 0,
           losses = 0, fence = fence + 1, owner = NULL, lease_until = NULL, not_before = 0, code = NULL,
           reason = NULL, result = NULL, updated_at = ?, started_at = NULL, finished_at = NULL WHERE key = ?`,
        ...values,
        payload,
        now,
        spec.key,
      );
      this.#endProgress(spec.key);
    } else {
      this.db.run(
        `INSERT INTO tasks (key, grp, stage, weight, remote, shard, payload, state, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)`,
        spec.key,
        ...values,
        shardHash(spec.group),
        payload,
        now,
        now,
      );
    }
    this.#log('task-queued', null, spec.key, spec.group, { weight: spec.weight });
    return !isUnderWay;
  }

  /**
   * What is settled already and stays so is not written again: a run that has nothing to do writes nothing. Whoever is
   * at work on it finds out by itself.
   */
  #putSettled({ key, group, stage, weight, state, reason }: SettledSpec): void {
    const now = this.#now();
    this.db.run(
      `INSERT INTO tasks (key, grp, stage, weight, remote, shard, payload, state, reason, created_at, updated_at,
         finished_at)
       VALUES (?, ?, ?, ?, 0, ?, 'null', ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, reason = excluded.reason, weight = excluded.weight,
         fence = fence + 1, owner = NULL, lease_until = NULL, code = NULL, updated_at = excluded.updated_at,
         finished_at = excluded.finished_at
       WHERE state NOT IN (excluded.state, 'running')`,
      key,
      group,
      stage,
      weight,
      shardHash(group),
      state,
      reason,
      now,
      now,
      now,
    );
  }

  #settle(
    lease: Lease,
    state: 'done' | 'failed' | 'missing',
    of: { code?: string; reason?: string; result?: unknown },
  ): void {
    this.db.transaction(() => {
      this.#assertHeld(lease);
      const now = this.#now();
      this.db.run(
        `UPDATE tasks SET state = ?, owner = NULL, lease_until = NULL, code = ?, reason = ?, result = ?,
           updated_at = ?, finished_at = ? WHERE key = ?`,
        state,
        of.code ?? null,
        of.reason ?? null,
        of.result === undefined ? null : JSON.stringify(of.result),
        now,
        now,
        lease.key,
      );
      this.#endProgress(lease.key);
      const { code, reason } = of;
      this.#log(`task-${state}`, lease.owner, lease.key, lease.group, {
        attempt: lease.attempt,
        weight: lease.weight,
        ...(code === undefined ? {} : { code }),
        ...(reason === undefined ? {} : { reason }),
      });
    });
  }

  #assertHeld(lease: Lease): void {
    const row = this.db.get('SELECT state, fence, owner, lease_until FROM tasks WHERE key = ?', lease.key);
    const isHeld =
      row?.['state'] === 'running' &&
      row['fence'] === lease.fence &&
      (row['lease_until'] as number) > this.#now();
    if (isHeld) return;
    const now = row?.['owner'] ?? null;
    throw new TapemillError(
      'E_LEASE_LOST',
      `${lease.owner} lost its lease of ${lease.key}` +
        (now === null ? '' : `, which ${String(now)} has now`),
      { expected: `fence ${lease.fence}`, found: `fence ${String(row?.['fence'] ?? 'none')}` },
    );
  }

  /** Leases that ran out, and those of processes of this machine that are no more: nobody need wait for these. */
  #reclaim(): void {
    const now = this.#now();
    const running = this.db.all(
      `SELECT t.key, t.grp, t.owner, t.lease_until, t.losses, w.host, w.pid FROM tasks t
       LEFT JOIN workers w ON w.id = t.owner WHERE t.state = 'running'`,
    );
    for (const row of running) {
      const isOver = (row['lease_until'] as number) <= now;
      const isDead = row['host'] === hostname() && !isAlive(row['pid'] as number);
      if (!isOver && !isDead) continue;
      const losses = (row['losses'] as number) + 1;
      const [key, group, owner] = [row['key'] as string, row['grp'] as string, row['owner'] as string];
      const why = isDead ? `its process ${String(row['pid'])} is gone` : 'its lease ran out';
      const isFatal = losses >= this.rules.maxLosses;
      const reason = `${owner} was lost: ${why} (${losses} of ${this.rules.maxLosses})`;
      this.db.run(
        `UPDATE tasks SET state = ?, owner = NULL, lease_until = NULL, fence = fence + 1,
           attempts = max(0, attempts - 1), losses = ?, code = ?, reason = ?, updated_at = ?, finished_at = ?
         WHERE key = ?`,
        isFatal ? 'failed' : 'pending',
        losses,
        isFatal ? 'E_WORKER' : null,
        isFatal ? reason : null,
        now,
        isFatal ? now : null,
        key,
      );
      this.#endProgress(key);
      this.#log(isFatal ? 'task-failed' : 'task-lost', owner, key, group, { code: 'E_WORKER', reason });
    }
  }

  #endProgress(key: string): void {
    this.db.run('DELETE FROM progress WHERE key = ?', key);
  }

  #log(type: string, worker: string | null, key: string | null, group: string | null, data: unknown): void {
    this.db.run(
      'INSERT INTO events (at, worker, key, grp, type, data) VALUES (?, ?, ?, ?, ?, ?)',
      this.#now(),
      worker,
      key,
      group,
      type,
      data === undefined ? null : JSON.stringify(data),
    );
  }
}

function taskOf(row: SqlRow): TaskRow {
  return {
    key: row['key'] as string,
    group: row['grp'] as string,
    stage: row['stage'] as number,
    weight: row['weight'] as number,
    state: row['state'] as TaskState,
    attempts: row['attempts'] as number,
    losses: row['losses'] as number,
    owner: row['owner'] as string | null,
    leaseUntilMs: row['lease_until'] as number | null,
    code: row['code'] as string | null,
    reason: row['reason'] as string | null,
    result: row['result'] === null ? null : JSON.parse(row['result'] as string),
    updatedAtMs: row['updated_at'] as number,
    startedAtMs: row['started_at'] as number | null,
    finishedAtMs: row['finished_at'] as number | null,
  };
}

function eventOf(row: SqlRow): WorkEvent {
  return {
    id: row['id'] as number,
    atMs: row['at'] as number,
    worker: row['worker'] as string | null,
    key: row['key'] as string | null,
    group: row['grp'] as string | null,
    type: row['type'] as string,
    data: row['data'] === null ? null : (JSON.parse(row['data'] as string) as unknown),
  };
}
