import { type SeriesQuery, api, isAborted } from '../api-client.js';
import type { SeriesAnswer } from '../api-types.js';
import {
  type Frequency,
  type Request,
  type Span,
  chooseFrequency,
  isRequestDue,
  windowAround,
} from '../charts/time-window.js';

export interface Wish {
  readonly market: string;
  readonly symbol: string;
  readonly columns: readonly string[];
  readonly freq: Frequency | 'auto';
  readonly seen: Span;
  /** All that there is of the symbol. */
  readonly bounds: Span;
  /** At most so many bars are seen. */
  readonly bars: number;
}

interface Targets {
  readonly onAnswer: (answer: SeriesAnswer) => void;
  readonly onLoading: (isLoading: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** While one drags, requests come no closer than this. */
const PAUSE_MS = 90;
const MOST_POINTS = 5000;

/**
 * Keeps what is loaded ahead of what is seen. There is one request at a time: what is on its way is waited for while it
 * is still what is wanted, else it is dropped, and its answer never shows.
 */
export class SeriesStore {
  private wish: Wish | null = null;
  private loaded: { readonly key: string; readonly window: Request } | null = null;
  private under: { readonly key: string; readonly window: Request; readonly abort: AbortController } | null =
    null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly targets: Targets) {}

  /** To be called with every movement: mostly nothing is to be done. */
  want(wish: Wish): void {
    const isOther = this.wish === null || keyOf(this.wish) !== keyOf(wish);
    this.wish = wish;
    if (isOther) {
      this.clearTimer();
      this.ask();
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = null;
        this.ask();
      }, PAUSE_MS);
    }
  }

  retry(): void {
    this.loaded = null;
    this.ask();
  }

  dispose(): void {
    this.clearTimer();
    this.under?.abort.abort();
    this.under = null;
    this.wish = null;
  }

  private ask(): void {
    const { wish } = this;
    if (wish === null || wish.columns.length === 0) return;
    const key = keyOf(wish);
    const freq = chooseFrequency(wish.seen, wish.bars, wish.freq);
    const isDue = (has: { readonly key: string; readonly window: Request } | null): boolean =>
      has?.key !== key || isRequestDue(wish.seen, freq, has.window, wish.bounds);
    if (!isDue(this.loaded)) {
      this.drop();
      return;
    }
    if (this.under && !isDue(this.under)) return;
    this.drop();
    void this.load(wish, key, windowAround(wish.seen, freq, wish.bounds));
  }

  private async load(wish: Wish, key: string, window: Request): Promise<void> {
    const abort = new AbortController();
    this.under = { key, window, abort };
    this.targets.onLoading(true);
    const query: SeriesQuery = {
      market: wish.market,
      symbol: wish.symbol,
      from: window.from / 1000,
      to: window.to / 1000,
      freq: window.freq,
      points: MOST_POINTS,
      columns: wish.columns,
    };
    try {
      const answer = await api.series(query, abort.signal);
      if (abort.signal.aborted) return;
      this.under = null;
      this.loaded = { key, window };
      this.targets.onAnswer(answer);
      this.targets.onLoading(false);
      // One has moved on meanwhile.
      this.ask();
    } catch (error) {
      if (isAborted(error) || abort.signal.aborted) return;
      this.under = null;
      this.targets.onLoading(false);
      this.targets.onError(error);
    }
  }

  private drop(): void {
    if (!this.under) return;
    this.under.abort.abort();
    this.under = null;
    this.targets.onLoading(false);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

function keyOf({ market, symbol, columns, freq }: Wish): string {
  return [market, symbol, freq, ...columns].join(' ');
}
