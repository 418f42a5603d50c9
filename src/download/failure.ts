import type { ErrorCode } from '../errors.js';

/** One attempt that did not succeed. Never leaves this folder: it is retried, or becomes a `TapemillError`. */
export class AttemptFailure extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly status: number | null;
  /** What the server asks to wait, in ms. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    facts: {
      readonly code?: ErrorCode;
      readonly retryable?: boolean;
      readonly status?: number;
      readonly retryAfterMs?: number | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: facts.cause });
    this.code = facts.code ?? 'E_NETWORK';
    this.retryable = facts.retryable ?? this.code === 'E_NETWORK';
    this.status = facts.status ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

/** Statuses other than 5xx after which the same request may succeed a little later. */
const PASSING = new Set([408, 425, 429]);
const REFUSED = new Set([401, 403, 407]);

/** What an answer that is none of the accepted ones means. @param body its beginning, for what it says of itself */
export function fromStatus(
  status: number,
  body: string,
  retryAfter: string | null,
  nowMs: number,
): AttemptFailure {
  const said = describeStatus(status, body);
  if (status >= 500 || PASSING.has(status)) {
    return new AttemptFailure(said, { status, retryAfterMs: parseRetryAfter(retryAfter, nowMs) });
  }
  // CloudFront's own blocking by country is a plain 403 with this sentence.
  if (status === 451 || (status === 403 && /block access from your country/i.test(body))) {
    return new AttemptFailure(`${said}: it does not serve your country or network`, {
      code: 'E_GEOBLOCKED',
      status,
    });
  }
  if (REFUSED.has(status)) {
    return new AttemptFailure(`${said}: it refuses access`, { code: 'E_FORBIDDEN', status });
  }
  return new AttemptFailure(said, { code: 'E_HTTP', status });
}

function describeStatus(status: number, body: string): string {
  // S3 and its likes say what is wrong in an XML of which this is the stable part.
  const code = /<Code>([A-Za-z0-9.]{1,60})<\/Code>/.exec(body)?.[1];
  return `the server answered ${status}${code === undefined ? '' : ` (${code})`}`;
}

/** `Retry-After` in either of its forms, seconds or a date; null when absent or not understood. Milliseconds. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** Certificates do not become valid by asking again. */
const CERTIFICATE = /CERT|^UNABLE_TO_|^SELF_SIGNED|^ERR_SSL/;

/** What went wrong on the way to an answer or within its body; errors that are no network's come back as they are. */
export function fromNetworkError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // An error for each address that was tried; the first one says enough.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const cause = first instanceof Error ? first : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // Told as a failed tunnel or, of plain http, as an invalid argument.
  if (code.startsWith('UND_ERR') && /^Proxy .*\(407\)/.test(cause.message)) {
    const facts = { code: 'E_FORBIDDEN', status: 407, cause: error } as const;
    return new AttemptFailure('the proxy answered 407: it wants other credentials', facts);
  }
  if (code === '' || code === 'UND_ERR_INVALID_ARG' || code.startsWith('ERR_INVALID')) return error;
  const told: Record<string, string> = {
    UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
    UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
    UND_ERR_BODY_TIMEOUT: 'the transfer stalled',
    UND_ERR_SOCKET: `the connection broke (${cause.message})`,
    UND_ERR_ABORTED: `the proxy refused (${cause.message})`,
  };
  const message = told[code] ?? (cause.message === '' ? code : cause.message);
  return new AttemptFailure(message, { retryable: !CERTIFICATE.test(code), cause: error });
}
