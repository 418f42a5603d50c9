import {
  type LimitGate,
  type LimitSettings,
  Line,
  type Slot,
  type Weight,
  bulkConnections,
} from './limit-gate.js';
import type { World } from './world.js';

/**
 * Words of the buffer: settings, then the instant up to which the bytes handed out so far use up the allowed rate,
 * then for each connection the instant its lease ends (0: free). Instants are nanoseconds of the monotonic clock,
 * which all threads of a process share. Leases end by themselves, so a thread that dies gives its connections back.
 */
const WORD = { connections: 0, bytesPerSecond: 1, paidUntil: 2, slots: 3 } as const;
/** A pause in the stream may be made up for, up to this much. */
const BURST_NS = 100_000_000n;
/** How often a free connection is looked for that another thread may have released. */
const POLL_MS = 20;

const nowNs = (): bigint => process.hrtime.bigint();
const toNs = (ms: number): bigint => BigInt(Math.ceil(ms)) * 1_000_000n;

/** Plain memory that can be sent to worker threads. */
export function createLimits({ connections, bytesPerSecond }: LimitSettings): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((WORD.slots + connections) * 8);
  const words = new BigInt64Array(buffer);
  words[WORD.connections] = BigInt(connections);
  words[WORD.bytesPerSecond] = BigInt(Math.ceil(bytesPerSecond ?? 0));
  return buffer;
}

/** Limits for all threads of one process that are given the same buffer. */
export class ThreadLimits implements LimitGate {
  readonly #words: BigInt64Array;
  readonly #connections: number;
  readonly #sleep: World['sleep'];
  readonly #wakers = new Set<() => void>();
  readonly #lines: Readonly<Record<Weight, Line>> = { bulk: new Line(), small: new Line() };

  constructor(buffer: SharedArrayBuffer, sleep: World['sleep']) {
    this.#words = new BigInt64Array(buffer);
    this.#connections = Number(this.#words[WORD.connections]);
    this.#sleep = sleep;
  }

  async acquire(weight: Weight, leaseMs: number, signal?: AbortSignal): Promise<Slot> {
    const leave = await this.#lines[weight].join();
    try {
      for (;;) {
        signal?.throwIfAborted();
        const slot = this.#claim(weight, leaseMs);
        if (slot) return slot;
        await this.#untilReleased();
      }
    } finally {
      leave();
    }
  }

  async take(bytes: number, onWait: (ms: number) => void, signal?: AbortSignal): Promise<void> {
    const rate = this.#words[WORD.bytesPerSecond]!;
    if (rate === 0n) return;
    const cost = (BigInt(bytes) * 1_000_000_000n) / rate;
    for (;;) {
      const paid = Atomics.load(this.#words, WORD.paidUntil);
      const now = nowNs();
      const until = (paid > now - BURST_NS ? paid : now - BURST_NS) + cost;
      if (Atomics.compareExchange(this.#words, WORD.paidUntil, paid, until) !== paid) continue;
      const waitMs = Number(until - now) / 1e6;
      if (waitMs < 1) return;
      onWait(waitMs);
      await this.#sleep(waitMs, signal);
      return;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #claim(weight: Weight, leaseMs: number): Slot | null {
    const count = weight === 'bulk' ? bulkConnections(this.#connections) : this.#connections;
    for (let i = 0; i < count; i++) {
      // Small ones look from the end, at the connection that is theirs alone.
      const at = WORD.slots + (weight === 'bulk' ? i : this.#connections - 1 - i);
      const leaseEnd = Atomics.load(this.#words, at);
      const now = nowNs();
      if (leaseEnd > now) continue;
      const mine = { until: now + toNs(leaseMs) };
      if (Atomics.compareExchange(this.#words, at, leaseEnd, mine.until) !== leaseEnd) continue;
      const replace = (until: bigint): void => {
        // Only what is still ours: after the lease's end somebody else may have taken the place.
        if (Atomics.compareExchange(this.#words, at, mine.until, until) === mine.until) mine.until = until;
      };
      return {
        renew: (ms) => {
          replace(nowNs() + toNs(ms));
        },
        release: () => {
          replace(0n);
          for (const wake of this.#wakers) wake();
        },
      };
    }
    return null;
  }

  /** Until somebody of this thread releases a connection, or it is time to look for one of another thread. */
  async #untilReleased(): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_MS);
      this.#wakers.add(wake);
    });
  }
}
