import { randomBytes } from 'node:crypto';
import { type LimitGate, type LimitSettings, Line, type Slot, type Weight } from './limit-gate.js';
import {
  type LimitState,
  type Member,
  NO_LIMIT_STATE,
  type Ticket,
  granted,
  parseLimitState,
  reserve,
  strictest,
  withConnection,
  withMember,
  withTicket,
  withoutMembers,
  withoutTicket,
} from './limit-state.js';
import { HOST, LivingMembers, STARTED_MS, nowMs } from './living-members.js';
import { SharedState } from './shared-state.js';
import type { World } from './world.js';

const HEARTBEAT_MS = 2_000;
/** Who has done nothing for this long neither counts among the members nor touches the disk. */
const IDLE_MS = 10_000;
/** How often somebody in line looks whether it is its turn. */
const POLL_MS = 20;
const MAX_POLL_MS = 80;
/** Bytes are reserved by this much of the rate at a time, so that pieces from the network cost nothing. */
const QUANTUM_MS = 100;

/**
 * Limits for all processes, and all their threads, that are given the same folder. The strictest settings of those at
 * work hold for all; who changes them, or comes or goes, is noticed within seconds. What a killed process held is free
 * at once on the same machine, and after half a minute on others.
 */
export class SharedLimits implements LimitGate {
  readonly #id = randomBytes(8).toString('hex');
  readonly #shared: SharedState<LimitState>;
  readonly #held = { bulk: 0, small: 0 };
  readonly #lines: Readonly<Record<Weight, Line>> = { bulk: new Line(), small: new Line() };
  readonly #members = new LivingMembers(this.#id);
  readonly #wakers = new Set<() => void>();
  #waiting = 0;
  #beat = 0;
  #work: Promise<unknown> = Promise.resolve();
  #isFlushing = false;
  #heartbeat: NodeJS.Timeout | null = null;
  #activeMs = nowMs();
  #isClosed = false;
  /** The rate that holds now, as far as known; null: none. */
  #rate: number | null;
  /** Bytes reserved and not used yet; below zero: used and not reserved yet. */
  #credit = 0;
  #reserving: Promise<number> | null = null;

  constructor(
    folder: string,
    private readonly settings: LimitSettings,
    private readonly sleep: World['sleep'],
  ) {
    this.#shared = new SharedState(folder, NO_LIMIT_STATE, parseLimitState);
    this.#rate = settings.bytesPerSecond;
  }

  async acquire(weight: Weight, _leaseMs: number, signal?: AbortSignal): Promise<Slot> {
    const ticket: Ticket = { id: randomBytes(8).toString('hex'), member: this.#id, weight };
    const leave = await this.#lines[weight].join();
    const turn = { isMine: false };
    this.#waiting++;
    try {
      for (;;) {
        signal?.throwIfAborted();
        await this.#update(
          (state) => {
            const queued = withTicket(state, ticket);
            turn.isMine = granted(queued, HOST).has(ticket.id);
            return turn.isMine ? withConnection(queued, ticket) : queued;
          },
          () => {
            if (turn.isMine) this.#held[weight]++;
          },
        );
        if (turn.isMine) return this.#slot(weight);
        await this.#untilTurn(ticket, signal);
      }
    } finally {
      this.#waiting--;
      leave();
      if (!turn.isMine) await this.#update((state) => withoutTicket(state, ticket.id)).catch(() => undefined);
    }
  }

  async take(bytes: number, onWait: (ms: number) => void, signal?: AbortSignal): Promise<void> {
    if (this.#rate === null) return;
    this.#credit -= bytes;
    while (this.#credit < 0) {
      this.#reserving ??= this.#reserve(this.#rate).finally(() => {
        this.#reserving = null;
      });
      const waitMs = (await this.#reserving) - nowMs();
      if (waitMs < 1) continue;
      onWait(waitMs);
      await this.sleep(waitMs, signal);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    await this.#work;
    await this.#leave().catch(() => undefined);
  }

  /** Leases are the process's: it holds what it holds as long as it shows signs of life. */
  #slot(weight: Weight): Slot {
    let isHeld = true;
    return {
      renew: () => undefined,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#held[weight]--;
        this.#flush();
      },
    };
  }

  async #reserve(rate: number): Promise<number> {
    const bytes = Math.ceil((rate * QUANTUM_MS) / 1000) - this.#credit;
    let fromMs = 0;
    await this.#update(
      (state) => {
        const reserved = reserve(state, HOST, bytes, nowMs());
        ({ fromMs } = reserved);
        return reserved.state;
      },
      () => {
        this.#credit += bytes;
      },
    );
    return fromMs;
  }

  /**
   * Changes the state, and says on this occasion what this member holds: whatever was lost is thereby put right.
   * One change of this member at a time, so that they do not get into each other's way.
   */
  #update(change: (state: LimitState) => LimitState, done: () => void = () => undefined): Promise<void> {
    this.#stayAlive();
    const work = this.#work.then(async () => {
      const state = await this.#shared.update((found) =>
        change(withMember(this.#members.of(found), this.#id, this.#me())),
      );
      this.#observe(state);
      done();
    });
    this.#work = work.catch(() => undefined);
    return work;
  }

  #me(): Member {
    const { connections, bytesPerSecond } = this.settings;
    const beat = ++this.#beat;
    return {
      host: HOST,
      pid: process.pid,
      startedMs: STARTED_MS,
      beat,
      connections,
      bytesPerSecond,
      ...this.#held,
    };
  }

  /** Told of what was released, soon; several releases at once are one change. */
  #flush(): void {
    if (this.#isFlushing || this.#isClosed) return;
    this.#isFlushing = true;
    const flushed = this.#update((state) => {
      this.#isFlushing = false;
      return state;
    });
    // The next change says the same.
    void flushed
      .catch(() => {
        this.#isFlushing = false;
      })
      .then(() => {
        for (const wake of this.#wakers) wake();
      });
  }

  #observe(state: LimitState): void {
    this.#members.observe(state);
    this.#rate = strictest(state, HOST).bytesPerSecond;
    if (this.#rate === null) this.#credit = 0;
  }

  /** Until it seems worth trying, or the ticket is not in line any more. Reads only. */
  async #untilTurn(ticket: Ticket, signal: AbortSignal | undefined): Promise<void> {
    for (let pollMs = POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.3)) {
      signal?.throwIfAborted();
      await this.#pause(pollMs);
      const found = await this.#shared.read();
      this.#observe(found);
      const state = this.#members.of(found);
      if (!state.waiting.some(({ id }) => id === ticket.id) || granted(state, HOST).has(ticket.id)) return;
    }
  }

  /** Ends early when this member has released a connection. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakers.add(wake);
    });
  }

  #stayAlive(): void {
    this.#activeMs = nowMs();
    if (this.#heartbeat || this.#isClosed) return;
    this.#heartbeat = setInterval(() => {
      const isIdle = this.#held.bulk + this.#held.small + this.#waiting === 0;
      if (isIdle && nowMs() - this.#activeMs > IDLE_MS) {
        clearInterval(this.#heartbeat!);
        this.#heartbeat = null;
        this.#leave().catch(() => undefined);
      } else if (!isIdle) {
        this.#update((state) => state).catch(() => undefined);
      }
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #leave(): Promise<unknown> {
    const work = this.#work.then(() =>
      this.#shared.update((state) => withoutMembers(this.#members.of(state), (id) => id === this.#id)),
    );
    this.#work = work.catch(() => undefined);
    return work;
  }
}
