import type { FaultKind } from './faults.js';

/** One request, from its arrival; filled in as it is answered. */
export interface LoggedRequest {
  readonly method: string;
  /** Target of the request line, as it arrived. */
  readonly url: string;
  readonly target: 'object' | 'index' | 'refused';
  /** Decoded key; for the index its prefix; empty when refused. */
  readonly key: string;
  /** The `Range` header. */
  readonly range: string | undefined;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  /** `undefined` while it is open. */
  readonly endedMs: number | undefined;
  /** `undefined` when no answer has been sent. */
  readonly status: number | undefined;
  /** Of the body, given to the socket so far. */
  readonly bodyBytes: number;
  /** Faults that struck it. */
  readonly faults: readonly FaultKind[];
  /** `cut`: ended by a fault. `aborted`: the client went away, or the mirror was closed. */
  readonly outcome: 'open' | 'sent' | 'cut' | 'aborted';
}

/** The same, for the code that fills it in. */
export type OpenRequest = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] };

export interface RequestFilter {
  readonly method?: string;
  readonly target?: LoggedRequest['target'];
  /** Equal to the key, or matching it. */
  readonly key?: string | RegExp;
  readonly status?: number;
  readonly fault?: FaultKind;
  readonly outcome?: LoggedRequest['outcome'];
  /** With a `Range` header, or without one. */
  readonly hasRange?: boolean;
}

/** A mirror may run for days. */
const MAX_REMEMBERED = 10_000;

/** What was requested: the last 10,000 requests or more, and totals since the start or the last `clear`. */
export class RequestLog {
  readonly #requests: OpenRequest[] = [];
  #total = 0;
  #bodyBytes = 0;
  #open = 0;
  #peakOpen = 0;

  /** Requests that arrived. */
  get total(): number {
    return this.#total;
  }

  /** Bytes of bodies of the requests that have ended. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** The most requests that were open at once. */
  get peakOpen(): number {
    return this.#peakOpen;
  }

  /** In the order of arrival. */
  list(filter: RequestFilter = {}): readonly LoggedRequest[] {
    return this.#requests.filter((request) => passes(request, filter));
  }

  count(filter: RequestFilter = {}): number {
    return this.list(filter).length;
  }

  clear(): void {
    this.#requests.length = 0;
    this.#total = 0;
    this.#bodyBytes = 0;
    this.#peakOpen = this.#open;
  }

  /** For the mirror: a request has arrived. */
  begin(request: OpenRequest): void {
    // Shifting at every request would be slow for a long list; now and then it is not.
    if (this.#requests.length >= 2 * MAX_REMEMBERED) this.#requests.splice(0, MAX_REMEMBERED);
    this.#requests.push(request);
    this.#total++;
    this.#peakOpen = Math.max(this.#peakOpen, ++this.#open);
  }

  /** For the mirror: it has been answered, or not. */
  end(request: OpenRequest, outcome: 'sent' | 'cut' | 'aborted', endedMs: number): void {
    request.outcome = outcome;
    request.endedMs = endedMs;
    this.#bodyBytes += request.bodyBytes;
    this.#open--;
  }
}

function passes(request: LoggedRequest, filter: RequestFilter): boolean {
  const { key } = filter;
  return (
    (filter.method === undefined || request.method === filter.method) &&
    (filter.target === undefined || request.target === filter.target) &&
    (key === undefined || (typeof key === 'string' ? request.key === key : request.key.search(key) >= 0)) &&
    (filter.status === undefined || request.status === filter.status) &&
    (filter.fault === undefined || request.faults.includes(filter.fault)) &&
    (filter.outcome === undefined || request.outcome === filter.outcome) &&
    (filter.hasRange === undefined || (request.range !== undefined) === filter.hasRange)
  );
}
