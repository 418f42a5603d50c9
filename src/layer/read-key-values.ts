import { open } from 'node:fs/promises';
import { TapemillError, fromSystemError } from '../errors.js';
import { TRAILER_BYTES, decodeFooter, footerBytes } from '../parquet/index.js';
import type { FooterEntries } from '../shape/index.js';

/** What a footer with a month of daily sources takes; a longer one costs a second read. */
const TAIL_BYTES = 64 * 1024;

/**
 * What a Parquet file says of itself, from its last bytes alone.
 * @throws `E_LAYER` when it is damaged, `E_IO` when it cannot be read
 */
export async function readKeyValues(path: string): Promise<FooterEntries> {
  let tail: Uint8Array;
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const readTail = async (bytes: number): Promise<Buffer> => {
        const length = Math.min(size, bytes);
        return (await file.read(Buffer.alloc(length), 0, length, size - length)).buffer;
      };
      tail = await readTail(TAIL_BYTES);
      const needed = damaged(path, () => footerBytes(tail.subarray(-TRAILER_BYTES)));
      if (needed > tail.length && needed <= size) tail = await readTail(needed);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fromSystemError(error, 'reading', path);
  }
  return damaged(path, () => decodeFooter(tail)).key_value_metadata ?? [];
}

/** Whatever a decoder throws on bytes that are not what they claim is `E_LAYER`. */
export function damaged<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (TapemillError.is(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new TapemillError('E_LAYER', `${path} cannot be read: ${message}`, { path }, { cause: error });
  }
}
