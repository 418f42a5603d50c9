import { createHash } from 'node:crypto';
import { type ObjectFile, readBlocks, ring } from './file.js';

/**
 * Hashing waits for a read of another thread at every block, and on busy cores each such wait costs as
 * much as hashing some 100 KiB; blocks of 256 KiB took three times as long beside an inflater.
 */
const BLOCK_BYTES = 2 << 20;

/** SHA-256 of the whole file in lower-case hex; the next block is read while one is hashed. */
export async function sha256(file: ObjectFile): Promise<string> {
  const hash = createHash('sha256');
  const blockBytes = Math.min(BLOCK_BYTES, file.bytes);
  for await (const block of readBlocks(file, 0, file.bytes, blockBytes, ring(2, blockBytes)))
    hash.update(block);
  return hash.digest('hex');
}
