import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerIndex } from './answer-index.js';
import { answerObject } from './answer-object.js';
import type { StatusEffect } from './effects.js';
import { type Exchange, type Headers, sendError } from './exchange.js';
import type { FaultBook } from './fault-book.js';
import type { KeyTree } from './key-tree.js';
import type { OpenRequest, RequestLog } from './request-log.js';
import { type Target, parseTarget } from './target.js';

/** What all requests of a mirror share. */
export interface AnswerContext {
  readonly tree: KeyTree;
  readonly faults: FaultBook;
  readonly log: RequestLog;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly onRequest: ((entry: OpenRequest) => void) | undefined;
}

/** Answers one request. Never rejects; resolves when nothing of the request is held any more. */
export async function answer(
  context: AnswerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, nowMs } = context;
  const target = parseTarget(request.url ?? '');
  const entry = entryOf(request, target, nowMs());
  log.begin(entry);
  const gone = new AbortController();
  // The socket's and not the response's: an answer that waits behind another on its connection has none yet.
  const abort = (): void => {
    gone.abort();
  };
  request.socket.once('close', abort);
  if (request.socket.closed) abort();
  // A client that resets the connection is none of our errors.
  response.on('error', () => undefined);
  const { effects, kinds } =
    target.kind !== 'refused' && isRead(request)
      ? context.faults.judge({
          method: entry.method,
          target: target.kind,
          key: entry.key,
          hasRange: entry.range !== undefined,
        })
      : { effects: {}, kinds: [] };
  entry.faults = kinds;
  const exchange: Exchange = {
    tree: context.tree,
    request,
    response,
    effects,
    entry,
    nowMs,
    signal: gone.signal,
  };
  const outcome = await respond(exchange, target).catch((error: unknown) => recover(exchange, error));
  request.socket.off('close', abort);
  log.end(entry, outcome, nowMs());
  context.onRequest?.(entry);
}

async function respond(exchange: Exchange, target: Target): Promise<'sent' | 'cut'> {
  const { request, response, effects, signal } = exchange;
  if (!isRead(request)) {
    const error = { code: 'MethodNotAllowed', message: 'The specified method is not allowed here.' };
    // The body of the request is not read, so the connection cannot be used again.
    return sendError(exchange, 405, error, { Allow: 'GET, HEAD', Connection: 'close' });
  }
  if (target.kind === 'refused') return sendError(exchange, target.status, target);
  if (effects.headersDelayMs !== undefined) await sleep(effects.headersDelayMs, undefined, { signal });
  if (effects.hangUp) {
    response.destroy();
    return 'cut';
  }
  if (effects.status) {
    return sendError(
      exchange,
      effects.status.status,
      effects.status,
      retryAfter(effects.status, exchange.nowMs()),
    );
  }
  return target.kind === 'index' ? answerIndex(exchange, target.query) : answerObject(exchange, target.key);
}

/** The answer to a failure, as far as one can still be given. */
async function recover(exchange: Exchange, error: unknown): Promise<'sent' | 'aborted'> {
  const { response, signal } = exchange;
  if (signal.aborted || response.headersSent) {
    response.destroy();
    return 'aborted';
  }
  const denied =
    error instanceof Error && 'code' in error && ['EACCES', 'EPERM'].includes(String(error.code));
  const sending = denied
    ? sendError(exchange, 403, { code: 'AccessDenied', message: 'Access Denied' })
    : sendError(exchange, 500, { code: 'InternalError', message: 'The object cannot be read.' });
  return sending.catch(() => 'aborted');
}

function retryAfter({ retryAfterSeconds, retryAfterAsDate }: StatusEffect, nowMs: number): Headers {
  if (retryAfterSeconds === undefined) return {};
  if (!retryAfterAsDate) return { 'Retry-After': Math.ceil(retryAfterSeconds) };
  // A date has whole seconds; rounded up, so that nobody comes back too early.
  return { 'Retry-After': new Date(Math.ceil(nowMs / 1000 + retryAfterSeconds) * 1000).toUTCString() };
}

function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function entryOf(request: IncomingMessage, target: Target, startedMs: number): OpenRequest {
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    target: target.kind,
    key:
      target.kind === 'object'
        ? target.key
        : target.kind === 'index'
          ? (target.query.get('prefix') ?? '')
          : '',
    range: request.headers.range,
    startedMs,
    endedMs: undefined,
    status: undefined,
    bodyBytes: 0,
    faults: [],
    outcome: 'open',
  };
}
