import type { Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { TapemillError } from '../errors.js';
import { AttemptFailure, fromNetworkError, fromStatus } from './failure.js';
import type { LimitGate, LimitSettings, Slot, Weight } from './limit-gate.js';
import { ThreadLimits, createLimits } from './limits.js';
import { HttpResponse } from './response.js';
import type { World } from './world.js';

/** How patient a client is. Times in milliseconds. */
export interface HttpSettings extends LimitSettings {
  readonly connectTimeoutMs: number;
  /** From the request to the head of its answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of a body. */
  readonly stallTimeoutMs: number;
  /** Attempts in a row without progress before a request fails. */
  readonly attempts: number;
  /** Wait after the first failed attempt; it doubles with each further one, up to the maximum. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A `Retry-After` beyond this counts as this. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_HTTP: HttpSettings = {
  connections: 6,
  bytesPerSecond: null,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
  attempts: 10,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  maxRetryAfterMs: 600_000,
};

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  /** Without credentials; those are the client's. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer; others are failures. */
  readonly accept: readonly number[];
}

export interface RequestOptions {
  readonly weight: Weight;
  /** Archive key, for messages. */
  readonly object?: string;
  readonly attempts?: number;
  readonly signal?: AbortSignal | undefined;
  /** A measure of what is achieved; attempts count anew when it has grown. */
  readonly progress?: () => number;
}

/**
 * Requests that are repeated, with growing waits, until they succeed or there is no hope. Honours `HTTP_PROXY`,
 * `HTTPS_PROXY` and `NO_PROXY`, and never has more connections or takes more bytes a second than allowed.
 */
export class HttpClient {
  #network: Promise<Network> | null = null;
  readonly #leaseMs: number;

  /**
   * @param credentials `user:password`, sent to `origin` alone
   * @param limits shared with other clients; by default this client has its own
   */
  constructor(
    readonly settings: HttpSettings,
    readonly world: World,
    private readonly credentials: { readonly origin: string; readonly userPassword: string } | null = null,
    private readonly limits: LimitGate = new ThreadLimits(createLimits(settings), world.sleep),
  ) {
    const { connectTimeoutMs, headersTimeoutMs, stallTimeoutMs } = settings;
    this.#leaseMs = 2 * (connectTimeoutMs + headersTimeoutMs + stallTimeoutMs) + 1000;
  }

  /**
   * Sends what `build` gives, anew for every attempt, and hands the answer to `use`, whose failure on the network
   * counts as one of the attempt.
   * @throws `E_NETWORK`, `E_FORBIDDEN`, `E_GEOBLOCKED`, `E_HTTP`, all with URL, status and attempts; what `use` throws; the signal's reason
   */
  async request<T>(
    build: () => HttpRequest,
    use: (response: HttpResponse) => Promise<T>,
    options: RequestOptions,
  ): Promise<T> {
    const { attempts = this.settings.attempts, progress = () => 0 } = options;
    const signals = [options.signal, this.world.signal].filter((signal) => signal !== undefined);
    const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
    let best = progress();
    for (let attempt = 1, inVain = 1; ; attempt++, inVain++) {
      signal?.throwIfAborted();
      const sent = build();
      try {
        return await this.#attempt(sent, use, options.weight, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof AttemptFailure)) throw error;
        if (progress() > best) {
          best = progress();
          inVain = 1;
        }
        if (!error.retryable || inVain >= attempts) throw asError(error, sent, attempt, options.object);
        const delayMs = this.#delayMs(inVain, error.retryAfterMs);
        this.world.onEvent({ type: 'retry', url: sent.url, attempt, delayMs, reason: error.message });
        await this.world.sleep(delayMs, signal);
      }
    }
  }

  /** Closes connections; requests under way fail. */
  async close(): Promise<void> {
    await (await this.#network)?.agent.destroy();
    await this.limits.close();
  }

  async #attempt<T>(
    sent: HttpRequest,
    use: (response: HttpResponse) => Promise<T>,
    weight: Weight,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const slot = await this.limits.acquire(weight, this.#leaseMs, signal);
    let response: HttpResponse | undefined;
    try {
      response = await this.#send(sent, slot, signal);
      if (sent.accept.includes(response.status)) return await use(response);
      const body = sent.method === 'HEAD' ? '' : await response.beginning();
      throw fromStatus(response.status, body, response.header('retry-after'), this.world.now());
    } finally {
      await response?.discard();
      slot.release();
    }
  }

  async #send(sent: HttpRequest, slot: Slot, signal: AbortSignal | undefined): Promise<HttpResponse> {
    try {
      this.#network ??= openNetwork(this.settings);
      const { request, dispatcher } = await this.#network;
      const answer = await request(sent.url, {
        dispatcher,
        method: sent.method,
        // Here, because connections to a proxy do not inherit them from the agent.
        headersTimeout: this.settings.headersTimeoutMs,
        bodyTimeout: this.settings.stallTimeoutMs,
        headers: {
          'user-agent': 'tapemill',
          // Objects are counted and resumed by their own bytes, not by those of an encoding on the way.
          'accept-encoding': 'identity',
          ...this.#authorization(sent.url),
          ...sent.headers,
        },
        ...(signal ? { signal } : {}),
      });
      return new HttpResponse(answer, async (bytes) => {
        slot.renew(this.#leaseMs);
        await this.limits.take(
          bytes,
          (ms) => {
            slot.renew(this.#leaseMs + ms);
          },
          signal,
        );
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw fromNetworkError(error);
    }
  }

  #authorization(url: string): Record<string, string> {
    if (this.credentials?.origin !== new URL(url).origin) return {};
    return { authorization: `Basic ${Buffer.from(this.credentials.userPassword).toString('base64')}` };
  }

  /** Exponential, with the upper half left to chance so that many workers do not come back at once. */
  #delayMs(failed: number, retryAfterMs: number | null): number {
    const { backoffMs, maxBackoffMs, maxRetryAfterMs } = this.settings;
    const full = Math.min(maxBackoffMs, backoffMs * 2 ** (failed - 1));
    const jittered = full * (0.5 + this.world.random() / 2);
    return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, maxRetryAfterMs)));
  }
}

interface Network {
  readonly request: typeof request;
  readonly agent: EnvHttpProxyAgent;
  readonly dispatcher: Dispatcher;
}

/** Loaded when the first request is sent: a process that reads a local archive starts twice as fast without. */
async function openNetwork({ connections, connectTimeoutMs }: HttpSettings): Promise<Network> {
  const undici = await import('undici');
  const agent = new undici.EnvHttpProxyAgent({
    connections,
    connect: { timeout: connectTimeoutMs },
    // The way to a proxy and its answer to CONNECT, which take no notice of the above.
    proxyTls: { timeout: connectTimeoutMs },
    clientFactory: (origin, options) =>
      new undici.Pool(origin, { ...options, headersTimeout: connectTimeoutMs }),
    // A plain http URL goes through a proxy as it is; many of them allow CONNECT to port 443 only.
    proxyTunnel: false,
  });
  const dispatcher = agent.compose(undici.interceptors.redirect({ maxRedirections: 5 }));
  return { request: undici.request, agent, dispatcher };
}

function asError(
  failure: AttemptFailure,
  { method, url }: HttpRequest,
  attempts: number,
  object: string | undefined,
): TapemillError {
  const often = attempts === 1 ? '' : ` (after ${attempts} attempts)`;
  return new TapemillError(
    failure.code,
    `${method} ${url}: ${failure.message}${often}`,
    {
      url,
      attempts,
      ...(failure.status === null ? {} : { status: failure.status }),
      ...(object === undefined ? {} : { object }),
    },
    { cause: failure },
  );
}
