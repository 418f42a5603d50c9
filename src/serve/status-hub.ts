import { TooMany, isBug, refusalOf } from './answer-error.js';
import type { StatusAnswer } from './api.js';
import type { LedgerEye } from './ledger-eye.js';
import { type StatusLook, lookAtStatus } from './status.js';

/** One server-sent event. */
export interface HubEvent {
  readonly event: 'snapshot' | 'task' | 'absent';
  readonly data: unknown;
  /** Null: none, the browser keeps the one it has. */
  readonly id: number | null;
}

/** Takes events; false when it cannot keep up and is to be let go. */
export type Listener = (events: readonly HubEvent[]) => boolean;

export interface HubOptions {
  readonly eye: LedgerEye;
  /** Between two looks while somebody listens. */
  readonly intervalMs: number;
  readonly maxListeners: number;
  readonly onBug: (error: unknown) => void;
}

interface Subscription {
  readonly listen: Listener;
  readonly end: () => void;
  /** Id of the last event that was sent; null before the first look. */
  afterId: number | null;
  /** What was sent last, to tell whether something changed. */
  sent: string;
}

/** How many missed events are made up for. */
const BACKLOG = 1000;

/** Looks at the ledger once for all who listen, and not at all while nobody does. */
export class StatusHub {
  readonly #subscriptions = new Set<Subscription>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: HubOptions) {}

  get listeners(): number {
    return this.#subscriptions.size;
  }

  /** Whether a timer is set; for tests. */
  get isLooking(): boolean {
    return this.#timer !== null;
  }

  /**
   * @param afterId the last event that the listener has seen; null: none, it wants to know from now on
   * @param end called when the listener is let go, not when it leaves by itself
   * @returns leaves
   * @throws TooMany
   */
  subscribe(afterId: number | null, listen: Listener, end: () => void): () => void {
    const { maxListeners, intervalMs } = this.options;
    if (this.#subscriptions.size >= maxListeners) {
      throw new TooMany(`${maxListeners} pages listen already; close one of them`);
    }
    const subscription: Subscription = { listen, end, afterId, sent: '' };
    this.#subscriptions.add(subscription);
    this.#look([subscription]);
    this.#timer ??= setInterval(() => {
      this.#look([...this.#subscriptions]);
    }, intervalMs);
    return () => {
      this.#leave(subscription);
    };
  }

  /** Lets everybody go. */
  close(): void {
    for (const subscription of [...this.#subscriptions]) this.#letGo(subscription);
  }

  #look(subscriptions: readonly Subscription[]): void {
    const seen = subscriptions.flatMap(({ afterId }) => afterId ?? []);
    const oldest = seen.length === 0 ? null : Math.min(...seen);
    let look: StatusLook | null = null;
    let absent: HubEvent | null = null;
    try {
      look = lookAtStatus(this.options.eye, oldest, BACKLOG, Date.now());
    } catch (error) {
      if (isBug(error)) this.options.onBug(error);
      absent = { event: 'absent', data: refusalOf(error).body, id: null };
    }
    const text = JSON.stringify(look ? essence(look.answer) : absent);
    for (const subscription of subscriptions) {
      const events = absent ? [] : eventsFor(subscription, look!);
      if (text !== subscription.sent) {
        events.push(absent ?? { event: 'snapshot', data: look!.answer, id: look!.lastEventId });
      }
      subscription.sent = text;
      if (look) subscription.afterId = look.lastEventId;
      if (events.length > 0 && !subscription.listen(events)) this.#letGo(subscription);
    }
  }

  #letGo(subscription: Subscription): void {
    this.#leave(subscription);
    subscription.end();
  }

  #leave(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    if (this.#subscriptions.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function eventsFor({ afterId }: Subscription, { events }: StatusLook): HubEvent[] {
  return events
    .filter(({ id }) => afterId !== null && id > afterId)
    .map((event) => ({ event: 'task', data: event, id: event.id }));
}

/** Without what moves though nothing happens. */
function essence({ workers, ...answer }: StatusAnswer): unknown {
  return {
    ...answer,
    nowMs: 0,
    workers: workers.map((worker) => ({ ...worker, silentSeconds: 0 })),
  };
}
