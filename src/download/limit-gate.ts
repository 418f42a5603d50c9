/** What whoever shares a gate may do together. */
export interface LimitSettings {
  /** Requests under way at the same time. */
  readonly connections: number;
  /** Of bodies, all connections together; null: as fast as it comes. */
  readonly bytesPerSecond: number | null;
}

/** A place among the allowed connections. */
export interface Slot {
  /** Keeps it for `leaseMs` from now, where places are leased for a time. */
  renew(leaseMs: number): void;
  release(): void;
}

/**
 * `bulk` requests leave one connection (of several) to `small` ones: a listing or a checksum must not wait
 * until a gigabyte has arrived.
 */
export type Weight = 'bulk' | 'small';

/** How many `bulk` requests there may be among so many connections. */
export const bulkConnections = (connections: number): number => Math.max(1, connections - 1);

/** What every request and every byte has to pass. */
export interface LimitGate {
  /** Waits in line for a connection. @throws the signal's reason; `E_IO`, `E_DISK_FULL` where files are involved */
  acquire(weight: Weight, leaseMs: number, signal?: AbortSignal): Promise<Slot>;
  /**
   * Accounts for bytes that arrived, and waits until the rate allows for more.
   * @param onWait told how long the wait will be, in ms
   */
  take(bytes: number, onWait: (ms: number) => void, signal?: AbortSignal): Promise<void>;
  /** Gives back what is held; nothing is acquired any more. */
  close(): Promise<void>;
}

/** One after the other, in the order in which they came. */
export class Line {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, with what ends it. */
  async join(): Promise<() => void> {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}
