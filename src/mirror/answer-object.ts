import type { IncomingHttpHeaders } from 'node:http';
import { sendBody } from './body.js';
import { failedCondition, ifRangeHolds, lastModified } from './conditions.js';
import type { Effects } from './effects.js';
import { type Exchange, type Headers, sendError, sendText } from './exchange.js';
import { type ByteRange, parseRange } from './range.js';
import { type Revision, earlierRevision, withChangedEtag } from './revision.js';
import { fileSource } from './source.js';
import type { ObjectFacts, OpenObject } from './key-tree.js';

/** Answers a GET or HEAD of a key. */
export async function answerObject(exchange: Exchange, key: string): Promise<'sent' | 'cut'> {
  const opened = await exchange.tree.openObject(key);
  if (!opened) {
    return sendError(exchange, 404, { code: 'NoSuchKey', message: 'The specified key does not exist.' });
  }
  try {
    return await answerRevision(exchange, key, await chooseRevision(key, opened, exchange.effects));
  } finally {
    await opened.handle.close();
  }
}

async function chooseRevision(
  key: string,
  { handle, facts }: OpenObject,
  effects: Effects,
): Promise<Revision> {
  const { revisionsBehind = 0, etagRevision = 0 } = effects;
  let revision: Revision = { source: fileSource(handle, facts.bytes), facts };
  if (revisionsBehind > 0) revision = await earlierRevision(key, revision, revisionsBehind);
  return etagRevision > 0 ? withChangedEtag(revision, etagRevision) : revision;
}

async function answerRevision(
  exchange: Exchange,
  key: string,
  { source, facts }: Revision,
): Promise<'sent' | 'cut'> {
  const { request, response, effects, entry, signal } = exchange;
  const failed = failedCondition(request.headers, facts);
  if (failed === 304) return sendText(exchange, 304, objectHeaders(key, facts), '');
  if (failed === 412) {
    return sendError(exchange, 412, {
      code: 'PreconditionFailed',
      message: 'At least one of the pre-conditions you specified did not hold',
    });
  }
  const asked = wantedRange(request.headers, facts, effects);
  if (asked === 'unsatisfiable') {
    const error = { code: 'InvalidRange', message: 'The requested range is not satisfiable' };
    return sendError(exchange, 416, error, { 'Content-Range': `bytes */${facts.bytes}` });
  }
  const range = asked ?? { start: 0, end: facts.bytes };
  entry.status = asked ? 206 : 200;
  response.writeHead(entry.status, {
    ...objectHeaders(key, facts),
    ...(asked ? { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${facts.bytes}` } : {}),
    'Content-Length': Math.max(0, range.end - range.start + (effects.lengthErrorBytes ?? 0)),
    // The surplus of a short length must not be taken for the answer to the next request.
    ...(effects.lengthErrorBytes === undefined ? {} : { Connection: 'close' }),
  });
  // `range` is empty for an empty object alone, and there is nothing to spoil then.
  const empty = request.method === 'HEAD' || range.end === range.start;
  return sendBody({
    response,
    source,
    range: empty ? { start: 0, end: 0 } : range,
    effects: empty ? {} : effects,
    signal,
    onBytes: (bytes) => {
      entry.bodyBytes += bytes;
    },
  });
}

function wantedRange(
  headers: IncomingHttpHeaders,
  facts: ObjectFacts,
  { ignoreRange }: Effects,
): ByteRange | 'unsatisfiable' | undefined {
  if (ignoreRange || !ifRangeHolds(ifRange(headers), facts)) return undefined;
  return parseRange(headers.range, facts.bytes);
}

/** Node types this header as any other, and joins it when it is sent twice. */
function ifRange(headers: IncomingHttpHeaders): string | undefined {
  const value = headers['if-range'];
  return Array.isArray(value) ? value.join(', ') : value;
}

function objectHeaders(key: string, facts: ObjectFacts): Headers {
  return {
    'Content-Type': key.endsWith('.zip') ? 'application/zip' : 'binary/octet-stream',
    'Accept-Ranges': 'bytes',
    ETag: facts.etag,
    'Last-Modified': lastModified(facts),
  };
}
