import { Worker } from 'node:worker_threads';
import { TapemillError, type SerializedError } from '../errors.js';

/** What the pool sends to a worker. */
export type PoolRequest = { readonly type: 'run'; readonly task: unknown } | { readonly type: 'abort' };

/** What a worker answers: any number of events, then one result or failure. */
export type PoolReply =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'failure'; readonly error: SerializedError | { readonly message: string } };

interface Job {
  readonly task: unknown;
  readonly onEvent: (event: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Hand {
  readonly worker: Worker;
  job: Job | null;
}

/**
 * Runs tasks in worker threads, each worker one at a time, in the order given. It knows nothing of what a task
 * does: the module behind `moduleUrl` does (see `serveTasks`). Workers are started when there is something to do
 * for them, and one that dies is replaced; the task it had fails with `E_WORKER`.
 */
export class WorkerPool {
  readonly #moduleUrl: URL;
  readonly #size: number;
  readonly #hands: Hand[] = [];
  readonly #queue: Job[] = [];
  #closed = false;
  #aborted: { readonly reason: unknown } | null = null;

  constructor(moduleUrl: URL, size: number) {
    this.#moduleUrl = moduleUrl;
    this.#size = size;
  }

  /** Result of the task, structured-cloned. @throws what the task threw; `E_WORKER` when its worker died */
  run(task: unknown, onEvent: (event: unknown) => void = () => undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error('the pool is closed'));
        return;
      }
      if (this.#aborted) {
        // A caller's own reason, to be told apart by whoever gave it.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(this.#aborted.reason);
        return;
      }
      this.#queue.push({ task, onEvent, resolve, reject });
      this.#dispatch();
    });
  }

  /**
   * Drops what has not begun and asks running tasks to stop; their promises reject, and so does whatever is asked
   * of the pool from now on. The first reason counts.
   */
  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    for (const job of this.#queue.splice(0)) job.reject(reason);
    for (const hand of this.#hands) {
      if (hand.job) hand.worker.postMessage({ type: 'abort' } satisfies PoolRequest);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#hands.splice(0).map((hand) => hand.worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const hand = this.#hands.find((candidate) => candidate.job === null) ?? this.#hire();
      if (!hand) return;
      hand.job = this.#queue.shift()!;
      hand.worker.postMessage({ type: 'run', task: hand.job.task } satisfies PoolRequest);
    }
  }

  #hire(): Hand | undefined {
    if (this.#hands.length >= this.#size) return undefined;
    const hand: Hand = { worker: new Worker(this.#moduleUrl), job: null };
    this.#hands.push(hand);
    hand.worker.on('message', (reply: PoolReply) => {
      this.#take(hand, reply);
    });
    const lost = (cause: unknown): void => {
      const at = this.#hands.indexOf(hand);
      if (at !== -1) this.#hands.splice(at, 1);
      const { job } = hand;
      hand.job = null;
      const why = cause instanceof Error ? cause.message : `exit code ${String(cause)}`;
      job?.reject(
        new TapemillError('E_WORKER', `a worker ended before it had answered: ${why}`, {}, { cause }),
      );
      if (!this.#closed) this.#dispatch();
    };
    hand.worker.on('error', lost);
    hand.worker.on('exit', lost);
    return hand;
  }

  #take(hand: Hand, reply: PoolReply): void {
    const { job } = hand;
    if (!job) return;
    if (reply.type === 'event') {
      job.onEvent(reply.event);
      return;
    }
    hand.job = null;
    if (reply.type === 'result') job.resolve(reply.result);
    else if ('code' in reply.error) job.reject(TapemillError.fromJSON(reply.error));
    else job.reject(new Error(reply.error.message));
    this.#dispatch();
  }
}
