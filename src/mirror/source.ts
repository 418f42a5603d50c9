import type { FileHandle } from 'node:fs/promises';

/** Bytes that can be read anywhere. */
export interface ByteSource {
  readonly bytes: number;
  /** Exactly `length` bytes from `start`, in a buffer of their own. Rejects when they are not there. */
  readonly read: (start: number, length: number) => Promise<Buffer>;
}

export function fileSource(handle: FileHandle, bytes: number): ByteSource {
  return {
    bytes,
    read: async (start, length) => {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled);
        // The length was promised in a header: the connection has to break.
        if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
        filled += bytesRead;
      }
      return buffer;
    },
  };
}

export function memorySource(content: Buffer): ByteSource {
  return {
    bytes: content.length,
    read: (start, length) => Promise.resolve(Buffer.from(content.subarray(start, start + length))),
  };
}

/** `base` up to byte `cut`, then `tail`. */
export function splicedSource(base: ByteSource, cut: number, tail: Buffer): ByteSource {
  return {
    bytes: cut + tail.length,
    read: async (start, length) => {
      const own = Math.max(0, Math.min(length, cut - start));
      const head = own > 0 ? await base.read(start, own) : Buffer.alloc(0);
      const from = Math.max(0, start - cut);
      return Buffer.concat([head, tail.subarray(from, from + length - own)]);
    },
  };
}
