import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TapemillError } from '../errors.js';

/** The same from src/ and from dist/: a process needs the compiled module. */
const WORKER = new URL('../../dist/collect/worker-process.js', import.meta.url);

/** Children that end by themselves, one after the other without a task done in between, are not replaced for ever. */
const MAX_LOSSES_IN_VAIN = 8;
/** How long children have to give back what they have. */
const PATIENCE_MS = 10_000;

/** Whoever does the tasks of one collection. */
export interface Hands {
  /** Sees to it that so many are at work, as far as they go. @throws `E_WORKER` when they keep dying */
  ensure(wanted: number): void;
  /** Something was done: dying is no habit. */
  prosper(): void;
  /** Tells all to stop and waits for them. */
  stop(): Promise<void>;
}

/** Does the tasks in this process: what it fails with is in the queue, as with any other worker. */
export class OwnHands implements Hands {
  readonly #stop = new AbortController();
  #work: Promise<unknown> | null = null;

  constructor(private readonly start: (signal: AbortSignal) => Promise<unknown>) {}

  ensure(): void {
    this.#work ??= this.start(this.#stop.signal).catch(() => undefined);
  }

  prosper(): void {
    // One process does not die without the other.
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the collection is over'));
    await this.#work;
  }
}

/**
 * The worker processes of one collection. They are started when there is something to do, and one that dies is replaced.
 * Killing this process ends them too: they notice that it is gone.
 */
export class Crew implements Hands {
  readonly #children = new Map<ChildProcess, string>();
  #hired = 0;
  #lossesInVain = 0;
  #isStopping = false;

  /**
   * @param crew whose tasks they do, see `TaskQueue.want`
   * @param prefix of their names: `{prefix}.1`, `{prefix}.2` …
   */
  constructor(
    private readonly queue: string,
    private readonly crew: string,
    private readonly prefix: string,
    private readonly size: number,
  ) {}

  /** Sees to it that so many workers are there, as far as the crew goes. @throws `E_WORKER` when they keep dying */
  ensure(wanted: number): void {
    if (this.#isStopping) return;
    if (this.#lossesInVain >= MAX_LOSSES_IN_VAIN) {
      throw new TapemillError(
        'E_WORKER',
        `${this.#lossesInVain} workers in a row ended before they had done anything; the machine may be short of memory`,
      );
    }
    while (this.#children.size < Math.min(this.size, wanted)) this.#hire();
  }

  /** Something was done: dying is no habit. */
  prosper(): void {
    this.#lossesInVain = 0;
  }

  /** Tells all to stop and waits for them; those that take too long are killed, which harms nothing but time. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const children = [...this.#children.keys()];
    for (const child of children) if (child.connected) child.send('stop');
    const gone = Promise.all(
      children.map((child) =>
        child.exitCode !== null || child.signalCode !== null
          ? Promise.resolve()
          : new Promise((resolve) => child.once('exit', resolve)),
      ),
    );
    const timer = new AbortController();
    const tooLong = sleep(PATIENCE_MS, 'late', { signal: timer.signal }).catch(() => undefined);
    if ((await Promise.race([gone, tooLong])) === 'late') this.kill();
    timer.abort();
    await gone;
  }

  kill(): void {
    for (const child of this.#children.keys()) child.kill('SIGKILL');
  }

  #hire(): void {
    const id = `${this.prefix}.${++this.#hired}`;
    const child = fork(WORKER, [this.queue, id, this.crew], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A debugger or a coverage tool of ours is not theirs.
      execArgv: [],
    });
    this.#children.set(child, id);
    const lost = (): void => {
      if (!this.#children.delete(child) || this.#isStopping) return;
      this.#lossesInVain++;
    };
    child.on('exit', lost);
    child.on('error', lost);
  }
}
