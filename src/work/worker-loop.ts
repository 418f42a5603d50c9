import { setTimeout as sleep } from 'node:timers/promises';
import { TapemillError } from '../errors.js';
import type { TaskQueue } from './queue.js';
import type { Roster, WorkerTotals } from './roster.js';
import type { Failure, Lease, Shard } from './tasks.js';
import { Turns } from './turns.js';

/** What a task has of its worker. */
export interface TaskContext {
  /** Aborts when the worker stops or the lease is lost; the task then ends as soon as it can, leaving nothing behind. */
  readonly signal: AbortSignal;
  /** Makes results visible (renames files), unless the lease is lost. Synchronous. @throws `E_LEASE_LOST` */
  readonly publish: (rename: () => void) => void;
  /** Tells whoever watches; kept for ever. */
  readonly report: (type: string, data: unknown) => void;
  /** Where the task stands: may be called as often as one likes. */
  readonly advance: (step: { phase?: string; bytes?: number; fetchedBytes?: number; rows?: number }) => void;
  /** One task of a worker at a time, in the order of asking: others meanwhile bring in what they need. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

export type TaskOutcome =
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'missing'; readonly code: string; readonly reason: string }
  | ({ readonly state: 'failed' } & Failure);

/**
 * Does one task. What it throws is no fault of the task: the task is handed back, and the worker stops with it.
 */
export type DoTask = (lease: Lease, context: TaskContext) => Promise<TaskOutcome>;

export interface WorkerLoopOptions {
  readonly queue: TaskQueue;
  readonly roster: Roster;
  readonly id: string;
  /** Tasks taken up beside the one in turn, so that their input is there when it is their turn. */
  readonly ahead: number;
  /** Ends after so many tasks; null: no limit. */
  readonly maxTasks?: number | null;
  readonly shard?: Shard | null;
  /** Only what this one wants, see `TaskQueue.want`. */
  readonly crew?: string | null;
  /** Asked when there is nothing to claim: whether to wait for more. */
  readonly keepsWaiting: () => boolean;
  readonly signal: AbortSignal;
  readonly pollMs?: number;
}

const HEARTBEAT_MS = 1000;
const POLL_MS = 100;

/** Works on tasks of a queue until there are none, it is stopped, or something ends it. @returns how many it settled */
export async function runWorkerLoop(options: WorkerLoopOptions, doTask: DoTask): Promise<number> {
  return new WorkerLoop(options, doTask).run();
}

interface Held {
  readonly lease: Lease;
  readonly controller: AbortController;
  phase: string;
  bytes: number;
  fetchedBytes: number;
}

class WorkerLoop {
  readonly #held = new Set<Held>();
  readonly #turns = new Turns();
  readonly #stop = new AbortController();
  #fatal: { readonly error: unknown } | null = null;
  #settled = 0;
  #claimed = 0;
  #renewedMs = performance.now();
  readonly #totals = { rows: 0, bytes: 0, fetchedBytes: 0 } satisfies WorkerTotals;

  constructor(
    private readonly options: WorkerLoopOptions,
    private readonly doTask: DoTask,
  ) {}

  async run(): Promise<number> {
    const { roster, id, signal, ahead } = this.options;
    roster.enter(id);
    const stop = (): void => {
      this.#stop.abort(signal.reason);
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const heartbeat = setInterval(() => {
      this.#beat();
    }, HEARTBEAT_MS);
    try {
      await Promise.all(Array.from({ length: 1 + ahead }, (_, lane) => this.#lane(lane)));
    } finally {
      clearInterval(heartbeat);
      signal.removeEventListener('abort', stop);
      roster.heartbeat(id, this.#totals);
      roster.leave(id);
    }
    if (this.#fatal) throw this.#fatal.error;
    return this.#settled;
  }

  async #lane(lane: number): Promise<void> {
    const { maxTasks = null, keepsWaiting, pollMs = POLL_MS } = this.options;
    while (!this.#stop.signal.aborted && (maxTasks === null || this.#claimed < maxTasks)) {
      let lease: Lease | null;
      try {
        lease = this.#claim(lane);
        // The first lane alone decides when there is nothing left; the others help while it is busy.
        if (!lease && lane === 0 && this.#held.size === 0 && !keepsWaiting()) {
          this.#stop.abort(new Error('there is nothing left to do'));
          return;
        }
      } catch (error) {
        this.#end(error);
        return;
      }
      if (lease) await this.#work(lease);
      else await sleep(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #claim(lane: number): Lease | null {
    const { queue, roster, id, shard = null, crew = null } = this.options;
    // Nothing is taken ahead that another worker could begin with at once.
    const isAhead = lane > 0;
    if (isAhead && this.#held.size === 0) return null;
    const lease = queue.claim(id, {
      shard,
      crew,
      ...(isAhead ? { aheadOfMoreThan: 2 * roster.living().length } : {}),
    });
    if (lease) this.#claimed++;
    return lease;
  }

  async #work(lease: Lease): Promise<void> {
    const { queue } = this.options;
    const held: Held = {
      lease,
      controller: new AbortController(),
      phase: 'claimed',
      bytes: 0,
      fetchedBytes: 0,
    };
    this.#held.add(held);
    const signal = AbortSignal.any([held.controller.signal, this.#stop.signal]);
    try {
      const outcome = await this.doTask(lease, this.#contextOf(held, signal));
      if (outcome.state === 'done') queue.done(lease, outcome.result);
      else if (outcome.state === 'missing') queue.missing(lease, outcome.code, outcome.reason);
      else queue.fail(lease, outcome);
      this.#settled++;
    } catch (error) {
      this.#giveUp(held, error);
    } finally {
      this.#held.delete(held);
    }
  }

  #giveUp({ lease, controller }: Held, error: unknown): void {
    const { queue } = this.options;
    try {
      const isLost = controller.signal.aborted || (TapemillError.is(error) && error.code === 'E_LEASE_LOST');
      if (isLost) {
        queue.log('lease-lost', {}, { worker: lease.owner, key: lease.key, group: lease.group });
        return;
      }
      if (!this.#stop.signal.aborted) this.#end(error);
      queue.handBack(lease, describe(this.#stop.signal.reason));
    } catch (second) {
      this.#end(second);
    }
  }

  /** The first reason counts; what fails afterwards fails because of it. */
  #end(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#fatal = { error };
    this.#stop.abort(error);
  }

  #contextOf(held: Held, signal: AbortSignal): TaskContext {
    const { queue } = this.options;
    const { lease } = held;
    return {
      signal,
      publish: (rename) => {
        queue.publish(lease, rename);
      },
      report: (type, data) => {
        queue.log(type, data, { worker: lease.owner, key: lease.key, group: lease.group });
      },
      advance: ({ phase, bytes = 0, fetchedBytes = 0, rows = 0 }) => {
        held.bytes += bytes;
        held.fetchedBytes += fetchedBytes;
        this.#totals.bytes += bytes;
        this.#totals.fetchedBytes += fetchedBytes;
        this.#totals.rows += rows;
        if (phase === undefined || phase === held.phase) return;
        held.phase = phase;
      },
      inTurn: (work) => this.#turns.take(work, signal),
    };
  }

  /** Keeps the leases, says where things stand, and notices what was lost meanwhile. */
  #beat(): void {
    const { queue, roster, id } = this.options;
    try {
      queue.transaction(() => {
        roster.heartbeat(id, this.#totals);
        for (const { lease, phase, bytes, fetchedBytes } of this.#held) {
          queue.advance(lease, phase, bytes, fetchedBytes);
        }
      });
      if (performance.now() - this.#renewedMs < queue.rules.leaseMs / 4) return;
      const before = performance.now();
      const held = [...this.#held];
      const lost = new Set(queue.renew(held.map(({ lease }) => lease)));
      this.#renewedMs = before;
      for (const { lease, controller } of held) {
        if (lost.has(lease)) {
          controller.abort(new TapemillError('E_LEASE_LOST', `${id} lost its lease of ${lease.key}`));
        }
      }
    } catch (error) {
      // A busy ledger is busy for a moment, and the next beat comes soon; a lease outlives many of them.
      if (!TapemillError.is(error) || error.code !== 'E_LEDGER_BUSY') this.#end(error);
    }
  }
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
