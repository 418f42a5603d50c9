/**
 * DELTA_BINARY_PACKED of the Parquet format (Encodings.md, "Delta Encoding"), for 64-bit integers that are
 * held as doubles. Blocks of 128 deltas, 4 miniblocks each:
 *
 *     header: 128, 4, count, zigzag(first value)
 *     block:  zigzag(min delta), 4 bit widths (a byte each), 4 × 32 packed (delta - min delta)
 *
 * All arithmetic is on numbers and therefore exact only within `DELTA_LIMIT`; BigInt would be 10 times slower,
 * and every integer of a minute bar is far below the limit (a time in µs reaches it in the year 2041).
 */

/** Largest magnitude that can be packed: differences of differences then stay below 2^53. */
export const DELTA_LIMIT = 2 ** 51 - 1;

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
/** Widest piece that still fits a 32-bit integer beside the up to 7 bits that wait for their byte. */
const PIECE_BITS = 24;
const PIECE = 2 ** PIECE_BITS;

/** Bytes of the encoded column. Every value must be an integer within `DELTA_LIMIT`. */
export function packDelta(values: Float64Array): Uint8Array {
  const count = values.length;
  const blocks = Math.ceil(Math.max(count - 1, 0) / BLOCK);
  const out = new Uint8Array(40 + blocks * (10 + MINIBLOCKS + BLOCK * 7));
  const deltas = new Float64Array(BLOCK);
  let at = writeVarint(out, 0, BLOCK);
  at = writeVarint(out, at, MINIBLOCKS);
  at = writeVarint(out, at, count);
  at = writeVarint(out, at, zigzag(values[0] ?? 0));

  for (let start = 1; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    let minDelta = Infinity;
    let previous = values[start - 1]!;
    for (let i = 0; i < size; i++) {
      const value = values[start + i]!;
      const delta = value - previous;
      previous = value;
      deltas[i] = delta;
      if (delta < minDelta) minDelta = delta;
    }
    // Padding packs as zero.
    deltas.fill(minDelta, size);
    at = writeVarint(out, at, zigzag(minDelta));

    const widthsAt = at;
    at += MINIBLOCKS;
    for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock++) {
      const from = miniblock * MINIBLOCK;
      if (from >= size) break; // widths of absent miniblocks stay 0, and they have no body
      let max = 0;
      for (let i = from; i < from + MINIBLOCK; i++) max = Math.max(max, deltas[i]! - minDelta);
      const width = bitWidth(max);
      out[widthsAt + miniblock] = width;
      if (width > 0) at = packMiniblock(out, at, deltas, from, minDelta, width);
    }
  }
  return out.subarray(0, at);
}

/** 32 values of `width` bits, least significant bit first: exactly `4 × width` bytes. */
function packMiniblock(
  out: Uint8Array,
  at: number,
  deltas: Float64Array,
  from: number,
  minDelta: number,
  width: number,
): number {
  let pending = 0;
  let pendingBits = 0;
  for (let i = from; i < from + MINIBLOCK; i++) {
    let rest = deltas[i]! - minDelta;
    for (let restBits = width; restBits > 0; restBits -= PIECE_BITS) {
      const high = restBits > PIECE_BITS ? Math.floor(rest / PIECE) : 0;
      pending |= (rest - high * PIECE) << pendingBits;
      pendingBits += Math.min(restBits, PIECE_BITS);
      rest = high;
      while (pendingBits >= 8) {
        out[at++] = pending & 0xff;
        pending >>>= 8;
        pendingBits -= 8;
      }
    }
  }
  return at;
}

/**
 * The inverse of `packDelta`, for files of any writer within `DELTA_LIMIT`.
 * @throws RangeError when the bytes do not hold `count` values
 */
export function unpackDelta(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const reader = { bytes, at: 0 };
  const blockSize = readVarint(reader);
  const miniblocks = readVarint(reader);
  const declared = readVarint(reader);
  const miniblockSize = blockSize / miniblocks;
  if (declared !== count || !Number.isInteger(miniblockSize / 32) || blockSize > 65_536) {
    throw new RangeError(`delta header says ${declared} values in blocks of ${blockSize}/${miniblocks}`);
  }
  if (count === 0) return values;
  let value = unzigzag(readVarint(reader));
  values[0] = value;
  for (let i = 1; i < count;) {
    const minDelta = unzigzag(readVarint(reader));
    const widthsAt = reader.at;
    reader.at += miniblocks;
    for (let miniblock = 0; miniblock < miniblocks && i < count; miniblock++) {
      const width = bytes[widthsAt + miniblock];
      if (width === undefined || width > 53) throw new RangeError(`delta bit width ${width ?? 'missing'}`);
      const end = reader.at + (miniblockSize * width) / 8;
      if (end > bytes.length) throw new RangeError('delta miniblock beyond the page');
      const last = Math.min(i + miniblockSize, count);
      let pending = 0;
      let pendingBits = 0;
      let at = reader.at;
      if (width <= PIECE_BITS) {
        // One piece a value, as nearly all are: several times as fast as the general way below.
        const mask = (1 << width) - 1;
        for (; i < last; i++) {
          while (pendingBits < width) {
            pending |= bytes[at++]! << pendingBits;
            pendingBits += 8;
          }
          value += minDelta + (pending & mask);
          values[i] = value;
          pending >>>= width;
          pendingBits -= width;
        }
      }
      for (; i < last; i++) {
        let delta = minDelta;
        let scale = 1;
        for (let restBits = width; restBits > 0; restBits -= PIECE_BITS) {
          const wanted = Math.min(restBits, PIECE_BITS);
          while (pendingBits < wanted) {
            pending |= bytes[at++]! << pendingBits;
            pendingBits += 8;
          }
          delta += (pending & (2 ** wanted - 1)) * scale;
          scale *= PIECE;
          pending >>>= wanted;
          pendingBits -= wanted;
        }
        value += delta;
        values[i] = value;
      }
      reader.at = end;
    }
  }
  return values;
}

function bitWidth(value: number): number {
  if (value < 2 ** 32) return 32 - Math.clz32(value);
  return 64 - Math.clz32(Math.floor(value / 2 ** 32));
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 0x80) {
    out[at++] = (rest % 0x80) + 0x80;
    rest = Math.floor(rest / 0x80);
  }
  out[at++] = rest;
  return at;
}

function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  throw new RangeError('delta varint too long or cut off');
}
