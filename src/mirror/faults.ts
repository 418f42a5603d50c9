import type { Effects, StatusEffect } from './effects.js';

/** What a kind knows when it strikes. */
export interface Strike {
  /** The rule's value, or the kind's default. */
  readonly value: number;
  /** Only for kinds with `revisions`: how often what is served has changed before this request … */
  readonly revision: number;
  /** … and how often it will have changed in the end. */
  readonly lastRevision: number;
  /** Names rule, key and request; whatever is random about the strike follows from it. */
  readonly seed: string;
}

/** One kind of fault. */
export interface FaultEntry {
  readonly target: 'object' | 'index';
  readonly description: string;
  /** What `kind=value` means, when the kind takes a value. */
  readonly value?: { readonly meaning: string; readonly default: number; readonly max?: number };
  /** Strikes only requests that have a body to spoil. */
  readonly getOnly?: true;
  /** Strikes only requests with a `Range`. */
  readonly rangeOnly?: true;
  /**
   * The served thing changes after each GET until it has changed as often as the rule's count says (default 1).
   * Counted for the key, or for a ZIP and its `.CHECKSUM` together.
   */
  readonly revisions?: 'key' | 'pair';
  readonly effects: (strike: Strike) => Effects;
}

const share = { meaning: 'share of the body that is sent', default: 0.5, max: 1 };
const retry = { meaning: 'seconds to wait', default: 1 };
const wait = { meaning: 'milliseconds', default: 5000 };

function status(status: number, code: string, message: string): Pick<FaultEntry, 'description' | 'effects'> {
  const effect: StatusEffect = { status, code, message };
  return { description: `Answer ${status} ${code}.`, effects: () => ({ status: effect }) };
}

function slowDown(seconds: number, asDate: boolean): Effects {
  const base = { status: 429, code: 'TooManyRequests', message: 'Please reduce your request rate.' };
  return {
    status: { ...base, retryAfterSeconds: seconds, ...(asDate ? { retryAfterAsDate: true } : {}) },
  };
}

const entries = {
  truncate: {
    target: 'object',
    getOnly: true,
    value: share,
    description: 'Close the connection in order before Content-Length is reached.',
    effects: ({ value }) => ({ cut: { share: value, by: 'close' } }),
  },
  reset: {
    target: 'object',
    getOnly: true,
    value: share,
    description: 'Reset the connection (RST) in the middle of the body.',
    effects: ({ value }) => ({ cut: { share: value, by: 'reset' } }),
  },
  'hang-up': {
    target: 'object',
    description: 'Close the connection without any answer.',
    effects: () => ({ hangUp: true }),
  },
  stall: {
    target: 'object',
    getOnly: true,
    value: { meaning: 'milliseconds', default: 30_000 },
    description: 'Send half of the body, nothing for a time, then the rest.',
    effects: ({ value }) => ({ stallMs: value }),
  },
  throttle: {
    target: 'object',
    getOnly: true,
    value: { meaning: 'bytes a second', default: 65_536 },
    description: 'Send the body at a limited speed.',
    effects: ({ value }) => ({ bytesPerSecond: Math.max(1, value) }),
  },
  'slow-headers': {
    target: 'object',
    value: wait,
    description: 'Wait before the status line.',
    effects: ({ value }) => ({ headersDelayMs: value }),
  },
  corrupt: {
    target: 'object',
    getOnly: true,
    value: { meaning: 'bytes', default: 1 },
    description: 'Invert bytes of the body at random places.',
    effects: ({ value, seed }) => ({ flip: { bytes: value, seed } }),
  },
  'length-too-large': {
    target: 'object',
    value: { meaning: 'bytes', default: 10 },
    description: 'State a Content-Length larger than the body; close where the body ends.',
    effects: ({ value }) => ({ lengthErrorBytes: value }),
  },
  'length-too-small': {
    target: 'object',
    value: { meaning: 'bytes', default: 10 },
    description: 'State a Content-Length smaller than the body, and send all of the body.',
    effects: ({ value }) => ({ lengthErrorBytes: -value }),
  },
  'ignore-range': {
    target: 'object',
    rangeOnly: true,
    description: 'Answer a Range with 200 and the whole object.',
    effects: () => ({ ignoreRange: true }),
  },
  'change-etag': {
    target: 'object',
    revisions: 'key',
    description: 'Another ETag from the second request on; the content is the same.',
    effects: ({ revision }) => (revision > 0 ? { etagRevision: revision } : {}),
  },
  replace: {
    target: 'object',
    revisions: 'pair',
    description: 'The object is replaced between its two requests: ZIP and .CHECKSUM are of two revisions.',
    effects: ({ revision, lastRevision }) =>
      revision < lastRevision ? { revisionsBehind: lastRevision - revision } : {},
  },
  '403': { target: 'object', ...status(403, 'AccessDenied', 'Access Denied') },
  '404': { target: 'object', ...status(404, 'NoSuchKey', 'The specified key does not exist.') },
  '429': {
    target: 'object',
    value: retry,
    description: 'Answer 429 with Retry-After in seconds.',
    effects: ({ value }) => slowDown(value, false),
  },
  '429-date': {
    target: 'object',
    value: retry,
    description: 'Answer 429 with Retry-After as an HTTP date.',
    effects: ({ value }) => slowDown(value, true),
  },
  '451': {
    target: 'object',
    ...status(451, 'UnavailableForLegalReasons', 'Not available from a restricted location.'),
  },
  '500': { target: 'object', ...status(500, 'InternalError', 'We encountered an internal error.') },
  '502': { target: 'object', ...status(502, 'BadGateway', 'The origin did not answer.') },
  '503': { target: 'object', ...status(503, 'SlowDown', 'Please reduce your request rate.') },
  '504': { target: 'object', ...status(504, 'GatewayTimeout', 'The origin did not answer in time.') },
  'index-403': { target: 'index', ...status(403, 'AccessDenied', 'Access Denied') },
  'index-429': {
    target: 'index',
    value: retry,
    description: 'Answer 429 with Retry-After in seconds.',
    effects: ({ value }) => slowDown(value, false),
  },
  'index-503': { target: 'index', ...status(503, 'SlowDown', 'Please reduce your request rate.') },
  'index-hang-up': {
    target: 'index',
    description: 'Close the connection without any answer.',
    effects: () => ({ hangUp: true }),
  },
  'index-slow': {
    target: 'index',
    value: wait,
    description: 'Wait before the status line.',
    effects: ({ value }) => ({ headersDelayMs: value }),
  },
  'index-error-page': {
    target: 'index',
    getOnly: true,
    description: 'Answer 200 with an HTML page that reports an error.',
    effects: () => ({ index: 'error-page' }),
  },
  'index-error-body': {
    target: 'index',
    getOnly: true,
    description: 'Answer 200 with an Error document in XML, as S3 does when it fails late.',
    effects: () => ({ index: 'error-body' }),
  },
  'index-truncated': {
    target: 'index',
    getOnly: true,
    description: 'Answer 200 with the first half of the XML, and a Content-Length that fits it.',
    effects: () => ({ index: 'cut' }),
  },
  'index-empty': {
    target: 'index',
    getOnly: true,
    description: 'Answer 200 with a valid listing that holds nothing.',
    effects: () => ({ index: 'empty' }),
  },
  'index-blank': {
    target: 'index',
    getOnly: true,
    description: 'Answer 200 without a body.',
    effects: () => ({ index: 'blank' }),
  },
  'index-ignore-marker': {
    target: 'index',
    getOnly: true,
    description: 'Give the first page whatever the marker is: a listing of several pages never ends.',
    effects: () => ({ index: 'ignore-marker' }),
  },
} as const satisfies Record<string, FaultEntry>;

export type FaultKind = keyof typeof entries;

/** Every kind of fault. */
export const FAULTS: Readonly<Record<FaultKind, FaultEntry>> = entries;

/** Their names: faults of objects, among them the plain statuses last, then those of the index. */
// Sorted, because an object lists keys that are numbers before all others.
export const FAULT_KINDS: readonly FaultKind[] = (Object.keys(entries) as FaultKind[]).sort(
  (a, b) => group(a) - group(b) || (group(a) === 1 ? (a < b ? -1 : 1) : 0),
);

function group(kind: FaultKind): number {
  return FAULTS[kind].target === 'index' ? 2 : /^\d/.test(kind) ? 1 : 0;
}
