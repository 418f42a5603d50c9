import { TooMany } from './answer-error.js';

/**
 * Lets a few answers be worked out at once and some more wait; whoever goes away while waiting gives up the place. Reading
 * months is bound by the processor, so more at once would only take more memory.
 */
export class WorkSlots {
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly slots = 2,
    private readonly places = 64,
  ) {}

  /** @throws TooMany when no place is free; the signal's reason when it is aborted while waiting */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    // Whoever waits is handed the slot of the one that ends.
    if (this.#running >= this.slots) await this.#wait(signal);
    else this.#running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const [next] = this.#waiting;
      if (next) next();
      else this.#running--;
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.places) throw new TooMany('too many requests at once; try again');
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', giveUp);
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const giveUp = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
    });
  }
}
