import type { IncomingMessage, ServerResponse } from 'node:http';
import { endResponse } from './body.js';
import type { Effects } from './effects.js';
import type { KeyTree } from './key-tree.js';
import type { OpenRequest } from './request-log.js';
import { errorXml } from './s3-xml.js';

/** One request on its way to an answer. */
export interface Exchange {
  readonly tree: KeyTree;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly effects: Effects;
  readonly entry: OpenRequest;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** Aborted when the connection has gone, be it that the client left or that the mirror closes. */
  readonly signal: AbortSignal;
}

export type Headers = Readonly<Record<string, string | number>>;

/** Sends an answer that is at hand as a whole; of a HEAD only its headers. */
export async function sendText(
  { request, response, entry, signal }: Exchange,
  status: number,
  headers: Headers,
  body: string,
): Promise<'sent'> {
  entry.status = status;
  const bytes = Buffer.byteLength(body);
  response.writeHead(status, status === 304 ? headers : { ...headers, 'Content-Length': bytes });
  const isEmpty = request.method === 'HEAD' || status === 304;
  await endResponse(response, signal, isEmpty ? '' : body);
  entry.bodyBytes += isEmpty ? 0 : bytes;
  return 'sent';
}

/** An error as S3 words it. */
export function sendError(
  exchange: Exchange,
  status: number,
  error: { readonly code: string; readonly message: string },
  headers: Headers = {},
): Promise<'sent'> {
  const { target, key } = exchange.entry;
  const body = errorXml(error.code, error.message, target === 'object' ? key : undefined);
  return sendText(exchange, status, { 'Content-Type': 'application/xml', ...headers }, body);
}
