import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { TapemillError, fromSystemError } from '../errors.js';

/** What a file turned out to be, known when all of it was read. */
export interface ReadFile {
  /** On disk. */
  readonly bytes: number;
  /** Of the file on disk, lower-case hex. */
  readonly sha256: string;
  /** Of what is in it. */
  readonly contentBytes: number;
  readonly contentCrc32: number;
}

const CHUNK_BYTES = 256 << 10;
const TRAILER_BYTES = 8;
/** A gzip header with its optional name and comment; a longer one is no header. */
const HEADER_LIMIT_BYTES = 64 << 10;

export function isGzipName(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}

/**
 * The content of a file, `.gz` inflated: chunk by chunk in bounded memory. A gzip file must be exactly one member whose
 * CRC-32 and length are right; that is known at its end only, so nothing made of it may be used before.
 * @returns the facts of the file, as the generator's own result
 * @throws `E_GZIP`, `E_IO`
 */
export async function* readFileBytes(path: string): AsyncGenerator<Uint8Array, ReadFile, void> {
  try {
    return yield* isGzipName(path) ? inflated(path) : plain(path);
  } catch (error) {
    throw fromSystemError(error, 'reading', path);
  }
}

/** SHA-256 and size of a file as it lies there. @throws `E_IO` */
export async function hashFile(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      hash.update(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
    }
  } catch (error) {
    throw fromSystemError(error, 'reading', path);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Reads a gzip file to its end and throws what it has to show. @throws `E_GZIP`, `E_IO` */
export async function verifyGzip(path: string): Promise<ReadFile> {
  const reading = inflated(path);
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done) return next.value;
    }
  } catch (error) {
    throw fromSystemError(error, 'reading', path);
  }
}

async function* plain(path: string): AsyncGenerator<Uint8Array, ReadFile, void> {
  const hash = createHash('sha256');
  let bytes = 0;
  let crc = 0;
  for await (const piece of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const chunk = piece as Uint8Array;
    hash.update(chunk);
    bytes += chunk.length;
    crc = crc32(chunk, crc);
    yield chunk;
  }
  return { bytes, sha256: hash.digest('hex'), contentBytes: bytes, contentCrc32: crc };
}

/**
 * `node:zlib`'s own gunzip reads several members as one and passes over whatever follows the last, so the frame is
 * read here and only the deflate data is left to it:
 *
 *     header (10 bytes and more) | deflate data | CRC-32 (4) | length mod 2^32 (4)
 */
async function* inflated(path: string): AsyncGenerator<Uint8Array, ReadFile, void> {
  const broken = (what: string, cause?: unknown): TapemillError =>
    new TapemillError('E_GZIP', `${path}: ${what}`, { path }, { cause });
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, Math.min(size, HEADER_LIMIT_BYTES));
    const start = headerBytes(head);
    if (start === null || size < start + TRAILER_BYTES) {
      const isStart = head.every((byte, at) => at > 1 || byte === [0x1f, 0x8b][at]);
      throw broken(
        isStart ? `truncated: it ends after ${size} bytes, within its header` : 'is not gzip: no gzip header',
      );
    }
    const hash = createHash('sha256').update(head.subarray(0, start));
    const end = size - TRAILER_BYTES;
    const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
    const feeding = feed(path, start, end, hash, inflate);
    let crc = 0;
    let contentBytes = 0;
    try {
      for await (const piece of inflate) {
        const chunk = piece as Uint8Array;
        crc = crc32(chunk, crc);
        contentBytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'Z_BUF_ERROR') throw broken(`truncated: its data do not end within ${size} bytes`, error);
      if (typeof code === 'string' && code.startsWith('Z_')) {
        throw broken(`damaged: ${(error as Error).message}`, error);
      }
      throw error;
    } finally {
      inflate.destroy();
      await feeding;
    }
    const dataEnd = start + inflate.bytesWritten;
    if (dataEnd < end) {
      const after = await readAt(file, dataEnd + TRAILER_BYTES, Math.min(2, end - dataEnd));
      const isMember = after[0] === 0x1f && (after.length < 2 || after[1] === 0x8b);
      const what = isMember ? 'another gzip member' : 'other bytes';
      throw broken(`its data end at byte ${dataEnd + TRAILER_BYTES} of ${size}, followed by ${what}`);
    }
    const trailer = await readAt(file, end, TRAILER_BYTES);
    hash.update(trailer);
    const [statedCrc, statedLength] = [trailer.readUInt32LE(0), trailer.readUInt32LE(4)];
    if (statedCrc !== crc)
      throw broken(`damaged: its CRC-32 is ${hex(crc)}, its trailer says ${hex(statedCrc)}`);
    if (statedLength !== contentBytes % 2 ** 32) {
      throw broken(`damaged: it holds ${contentBytes} bytes, its trailer says ${statedLength}`);
    }
    return { bytes: size, sha256: hash.digest('hex'), contentBytes, contentCrc32: crc };
  } finally {
    await file.close();
  }
}

/** Never rejects: what goes wrong reaches the reader through the stream. */
async function feed(
  path: string,
  start: number,
  end: number,
  hash: { update(bytes: Uint8Array): unknown },
  inflate: ReturnType<typeof createInflateRaw>,
): Promise<void> {
  try {
    if (end > start) {
      for await (const piece of createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES })) {
        const chunk = piece as Uint8Array;
        hash.update(chunk);
        if (inflate.destroyed || inflate.readableEnded) return;
        if (!inflate.write(chunk)) await drained(inflate);
      }
    }
    if (!inflate.destroyed) inflate.end();
  } catch (error) {
    inflate.destroy(error as Error);
  }
}

function drained(stream: ReturnType<typeof createInflateRaw>): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      for (const event of ['drain', 'close', 'end'] as const) stream.off(event, go);
      resolve();
    };
    for (const event of ['drain', 'close', 'end'] as const) stream.on(event, go);
    if (stream.destroyed) go();
  });
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Length of the header (RFC 1952); null when these bytes are none, or end within it. */
function headerBytes(head: Buffer): number | null {
  if (head.length < 10 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) return null;
  const flags = head[3]!;
  let at = 10;
  if (flags & 4) at += 2 + (head.length >= at + 2 ? head.readUInt16LE(at) : Infinity);
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const zero = head.indexOf(0, at);
    if (zero === -1) return null;
    at = zero + 1;
  }
  if (flags & 2) at += 2;
  return at <= head.length ? at : null;
}
