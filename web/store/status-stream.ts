import type { StatusAnswer, TaskEvent } from '../api-types.js';

/** `stale`: the connection is broken, and what is shown is of `heardAtMs`. */
export type StreamState = 'connecting' | 'live' | 'stale';

export interface StreamView {
  readonly state: StreamState;
  /** Null before the first word. */
  readonly heardAtMs: number | null;
  /** `absent`: there is no queue. Null before the first word. */
  readonly snapshot: StatusAnswer | 'absent' | null;
  /** The latest first. */
  readonly events: readonly TaskEvent[];
}

const EVENTS_KEPT = 200;
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];

/** The server's stream of where work stands. It comes back by itself, and says since when nothing was heard. */
export class StatusStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;
  private view: StreamView = { state: 'connecting', heardAtMs: null, snapshot: null, events: [] };

  constructor(private readonly onChange: (view: StreamView) => void) {}

  open(): void {
    const source = new EventSource('/api/status/stream');
    this.source = source;
    source.addEventListener('open', () => {
      this.failures = 0;
      this.change({ state: 'live' });
    });
    source.addEventListener('snapshot', (event: MessageEvent<string>) => {
      this.hear({ snapshot: JSON.parse(event.data) as StatusAnswer });
    });
    source.addEventListener('absent', () => {
      this.hear({ snapshot: 'absent' });
    });
    source.addEventListener('task', (event: MessageEvent<string>) => {
      this.add(JSON.parse(event.data) as TaskEvent);
    });
    source.addEventListener('error', () => {
      this.change({ state: 'stale' });
      // A browser comes back by itself after a break, with the id it has heard last, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) this.later();
    });
  }

  close(): void {
    this.source?.close();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private later(): void {
    const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)]!;
    this.timer = setTimeout(() => {
      this.open();
    }, wait);
  }

  private hear(change: Partial<StreamView>): void {
    this.change({ ...change, state: 'live', heardAtMs: Date.now() });
  }

  private add(event: TaskEvent): void {
    if (this.view.events.some(({ id }) => id === event.id)) return;
    this.hear({ events: [event, ...this.view.events].slice(0, EVENTS_KEPT) });
  }

  private change(change: Partial<StreamView>): void {
    this.view = { ...this.view, ...change };
    this.onChange(this.view);
  }
}
