import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effects } from './effects.js';
import { unit } from './fault-book.js';
import type { ByteRange } from './range.js';
import type { ByteSource } from './source.js';

const CHUNK_BYTES = 256 * 1024;

/** A throttled body is sent in so many pieces a second. */
const PIECES_PER_SECOND = 20;

/** Lets what was written reach the client before the connection is reset, which may drop it. */
const BEFORE_RESET_MS = 30;

export interface BodyRequest {
  readonly response: ServerResponse;
  readonly source: ByteSource;
  readonly range: ByteRange;
  readonly effects: Effects;
  /** Aborted when the connection has gone; everything here then rejects. */
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Sends a range of an object after the headers, as the faults have it, and ends the answer or the connection.
 * Holds one chunk in memory beside what the socket buffers.
 */
export async function sendBody(request: BodyRequest): Promise<'sent' | 'cut'> {
  const { response, source, range, effects, signal } = request;
  const { start, end } = range;
  const length = end - start;
  const stop = effects.cut
    ? start + Math.max(0, Math.min(length - 1, Math.floor(length * effects.cut.share)))
    : end;
  const stallAt = effects.stallMs === undefined ? -1 : start + Math.floor(length / 2);
  const flips = flipPlaces(range, effects);
  const pace = pacer(effects.bytesPerSecond, signal);
  response.flushHeaders();
  for (let position = start; position < stop;) {
    if (position === stallAt) await sleep(effects.stallMs, undefined, { signal });
    const limit = position < stallAt ? Math.min(stallAt, stop) : stop;
    const chunk = await source.read(position, Math.min(limit - position, pace.pieceBytes));
    for (const place of flips) {
      const at = place - position;
      if (at >= 0 && at < chunk.length) chunk[at] = chunk[at]! ^ 0xff;
    }
    signal.throwIfAborted();
    if (!response.write(chunk)) await once(response, 'drain', { signal });
    position += chunk.length;
    request.onBytes(chunk.length);
    await pace.wait(position - start);
  }
  return finish(response, effects, signal);
}

async function finish(
  response: ServerResponse,
  effects: Effects,
  signal: AbortSignal,
): Promise<'sent' | 'cut'> {
  const { socket } = response;
  if (effects.cut?.by === 'reset') {
    await sleep(BEFORE_RESET_MS, undefined, { signal });
    socket?.resetAndDestroy();
    return 'cut';
  }
  if (effects.cut || (effects.lengthErrorBytes ?? 0) !== 0) {
    // Not `end`: it would leave the connection open, and the client waiting for bytes that never come.
    socket?.destroySoon();
    return 'cut';
  }
  await endResponse(response, signal);
  return 'sent';
}

/** Ends the answer and waits until the system has taken it. */
export async function endResponse(
  response: ServerResponse,
  signal: AbortSignal,
  body?: string,
): Promise<void> {
  const finished = once(response, 'finish', { signal });
  response.end(body);
  await finished;
}

/** Different places in the range, as many as asked for if it is that long. */
function flipPlaces({ start, end }: ByteRange, { flip }: Effects): ReadonlySet<number> {
  const places = new Set<number>();
  const count = Math.min(flip?.bytes ?? 0, end - start);
  for (let i = 0; places.size < count; i++) {
    const drawn = start + Math.floor(unit(`${flip?.seed ?? ''}|flip|${i}`) * (end - start));
    // After enough draws every place is met in turn, so that a short range ends too.
    places.add(i < 4 * count ? drawn : start + (i % (end - start)));
  }
  return places;
}

/** Keeps to a speed on the whole, so that what one piece lost is made up for by the next. */
function pacer(
  bytesPerSecond: number | undefined,
  signal: AbortSignal,
): { readonly pieceBytes: number; readonly wait: (sentBytes: number) => Promise<void> } {
  if (bytesPerSecond === undefined) return { pieceBytes: CHUNK_BYTES, wait: () => Promise.resolve() };
  const startedMs = performance.now();
  return {
    pieceBytes: Math.min(CHUNK_BYTES, Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND))),
    wait: async (sentBytes) => {
      const aheadMs = (1000 * sentBytes) / bytesPerSecond - (performance.now() - startedMs);
      if (aheadMs > 0) await sleep(aheadMs, undefined, { signal });
    },
  };
}
