import type { HubEvent, StatusHub } from './status-hub.js';

/** A browser that is so far behind is let go; it comes back by itself and is told what it has missed. */
const MAX_QUEUED_BYTES = 4 << 20;

/** Of the header `Last-Event-ID`; null when there is none of ours. */
export function readLastEventId(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Server-sent events of a hub as the body of an answer, until the reader goes, the signal is aborted or the hub is closed.
 * @throws TooMany
 */
export function statusStream(
  hub: StatusHub,
  afterId: number | null,
  heartbeatMs: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const queued: Uint8Array[] = [encoder.encode('retry: 2000\n\n')];
  let send = (bytes: Uint8Array): boolean => queued.push(bytes) > 0;
  let close = (): void => undefined;
  // Before there is an answer: when there are too many, the answer is that.
  const leave = hub.subscribe(
    afterId,
    (events) => send(encoder.encode(events.map(encodeEvent).join(''))),
    () => {
      close();
    },
  );
  const heartbeat = setInterval(() => send(encoder.encode(': still here\n\n')), heartbeatMs);
  const stop = (): void => {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', abort);
    leave();
  };
  const abort = (): void => {
    close();
  };
  signal.addEventListener('abort', abort);
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        let isOpen = true;
        send = (bytes) => {
          if (isOpen) controller.enqueue(bytes);
          return (controller.desiredSize ?? 0) > 0;
        };
        close = () => {
          stop();
          if (isOpen) controller.close();
          isOpen = false;
        };
        for (const bytes of queued) send(bytes);
        if (signal.aborted) close();
      },
      cancel: stop,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES }),
  );
}

function encodeEvent({ event, data, id }: HubEvent): string {
  // JSON has no line breaks of its own.
  return `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
