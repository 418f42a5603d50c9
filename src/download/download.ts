import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TapemillError } from '../errors.js';
import type { HttpClient } from './client.js';
import { AttemptFailure } from './failure.js';
import { type FileIdentity } from './file-identity.js';
import { PartFile } from './part.js';
import type { HttpResponse } from './response.js';

export interface DownloadRequest {
  readonly url: string;
  /** Where the file will be; until `promotePart` it is `{target}.part`. */
  readonly target: string;
  /** Archive key, for messages and events. */
  readonly object: string;
  /** Hex. A part that has it already is complete, whatever the server would say. */
  readonly expectedSha256: string | null;
  /** As the index has it; for the look at the free disk before anything is asked for. */
  readonly expectedBytes: number;
  /** Bytes of the disk that must stay free. */
  readonly diskReserveBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  /** Of the file that was hashed while it came in; renaming it changes nothing in it. */
  readonly identity: FileIdentity;
}

/** A body of undeclared length may be this much longer than the index says before it counts as endless. */
const SLACK_BYTES = 64 << 20;

/**
 * Brings a file in, going on from where an earlier attempt or an earlier process ended.
 *
 *     .part has the expected hash ───────────────────────────────► done, nothing is asked for
 *     .part with a strong ETag  ──GET Range, If-Range──► 206, same ETag, range and size ──► append
 *                                                        200 ──► begin anew with this body
 *                                                        416, another ETag, range or size ──► begin anew, ask again
 *     anything else ────────────────────GET────────────► 200 ──► begin anew
 *
 * @returns null when the server says that there is no such file; else the part is complete and on the disk
 * @throws as `HttpClient.request`; `E_DISK_FULL` before anything that would not fit; `E_IO`
 */
export async function download(client: HttpClient, request: DownloadRequest): Promise<Downloaded | null> {
  const part = await PartFile.open(request.target);
  try {
    if (part.bytes === 0 || request.expectedSha256 === null || part.sha256() !== request.expectedSha256) {
      if (!(await receive(client, part, request))) return null;
    } else {
      client.world.onEvent({
        type: 'downloaded',
        object: request.object,
        bytes: part.bytes,
        resumedBytes: part.bytes,
      });
    }
    await part.sync();
    return { sha256: part.sha256(), bytes: part.bytes, identity: await part.identity() };
  } finally {
    await part.close();
  }
}

/** @returns whether there is such a file */
async function receive(client: HttpClient, part: PartFile, request: DownloadRequest): Promise<boolean> {
  const { url, object, signal } = request;
  if (!part.resumable(url)) await part.restart(null);
  await checkRoom(client, request, request.expectedBytes - part.bytes);
  let resumedBytes = part.bytes;
  const isThere = await client.request(
    () => ({ method: 'GET', url, accept: [200, 206, 404, 416], headers: rangeOf(part, url) }),
    async (response) => {
      if (response.status === 404) return false;
      const totalBytes = await beginBody(part, response, request);
      resumedBytes = Math.min(resumedBytes, part.bytes);
      await checkRoom(client, request, (totalBytes ?? request.expectedBytes) - part.bytes);
      const limitBytes = totalBytes ?? 2 * request.expectedBytes + SLACK_BYTES;
      try {
        for await (const chunk of response.chunks()) {
          if (part.bytes + chunk.length > limitBytes) {
            throw new AttemptFailure(`the body is longer than ${limitBytes} bytes`, { code: 'E_HTTP' });
          }
          await part.append(chunk);
          client.world.onEvent({ type: 'received', object, bytes: chunk.length });
        }
      } finally {
        // Also when the transfer broke: a process that is killed while it waits keeps what it has.
        await part.flush();
      }
      if (totalBytes !== null && part.bytes !== totalBytes) {
        throw new AttemptFailure(`the body ended after ${part.bytes} of ${totalBytes} bytes`);
      }
      return true;
    },
    { weight: 'bulk', object, signal, progress: () => part.bytes },
  );
  if (isThere) client.world.onEvent({ type: 'downloaded', object, bytes: part.bytes, resumedBytes });
  else await part.restart(null);
  return isThere;
}

function rangeOf(part: PartFile, url: string): Record<string, string> {
  const origin = part.resumable(url);
  return origin === null ? {} : { range: `bytes=${part.bytes}-`, 'if-range': origin.etag };
}

/**
 * Makes the part ready for this answer's body.
 * @returns the size that the file will have; null when the server does not say
 * @throws an attempt's failure when the answer does not continue the part, which is then empty
 */
async function beginBody(
  part: PartFile,
  response: HttpResponse,
  { url }: DownloadRequest,
): Promise<number | null> {
  const etag = strong(response.header('etag'));
  if (response.status === 200) {
    const bytes = response.contentBytes();
    await part.restart({ url, etag, bytes });
    return bytes;
  }
  const asked = part.bytes;
  const origin = part.resumable(url);
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.header('content-range') ?? '');
  const totalBytes = range === null ? null : Number(range[3]);
  const continues =
    response.status === 206 &&
    origin !== null &&
    totalBytes !== null &&
    Number(range?.[1]) === asked &&
    Number(range?.[2]) === totalBytes - 1 &&
    (origin.bytes === null || origin.bytes === totalBytes) &&
    (etag === null || etag === origin.etag);
  if (continues) return totalBytes;
  await part.restart(null);
  throw new AttemptFailure(
    response.status === 416
      ? `the server has no bytes from ${asked} on`
      : `the server's range "${response.header('content-range') ?? ''}" does not continue byte ${asked}`,
    { status: response.status },
  );
}

/** Null for weak ones, which may stand for different bytes. */
function strong(etag: string | null): string | null {
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null;
}

async function checkRoom(client: HttpClient, request: DownloadRequest, bytes: number): Promise<void> {
  const folder = dirname(request.target);
  await mkdir(folder, { recursive: true });
  const free = await client.world.freeBytes(folder);
  if (bytes <= 0 || free >= bytes + request.diskReserveBytes) return;
  throw new TapemillError(
    'E_DISK_FULL',
    `${request.object} needs ${bytes} bytes in ${folder}, where ${free} are free and ${request.diskReserveBytes} shall stay so`,
    {
      object: request.object,
      path: folder,
      expected: `${bytes + request.diskReserveBytes} bytes`,
      found: `${free} bytes`,
    },
  );
}
