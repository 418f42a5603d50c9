// @ts-check
/** The yardstick: what `node:zlib` alone takes to inflate the month, its bytes counted and dropped. */
import { createReadStream } from 'node:fs';
import { createInflateRaw } from 'node:zlib';

const CHUNK_BYTES = 1 << 20;

/** @param {any} job */
export async function load({ months: [{ zip, member }] }) {
  const { dataOffset: start, compressedBytes } = member;
  const work = async () => {
    const file = createReadStream(zip, {
      start,
      end: start + compressedBytes - 1,
      highWaterMark: CHUNK_BYTES,
    });
    let bytes = 0;
    for await (const chunk of file.pipe(createInflateRaw({ chunkSize: CHUNK_BYTES }))) bytes += chunk.length;
    return bytes;
  };
  return { work, finish: async (/** @type {number} */ bytes) => ({ bytes }) };
}
