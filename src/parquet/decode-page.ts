import { crc32 } from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { snappyUncompressor } from 'hysnappy';
import { unpackDelta } from './delta.js';
import type { ParquetField } from './encode.js';

const uncompress = snappyUncompressor();

/**
 * The values of one column chunk as `ParquetEncoder` writes it, one page with its CRC-32; null is NaN.
 * @param bytes those of the chunk
 * @throws RangeError with what is wrong, in words; whatever else damaged bytes provoke
 */
export function decodePage(
  bytes: Uint8Array,
  chunk: ColumnChunk,
  { name, type, nullable }: ParquetField,
  rows: number,
): Float64Array {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const header = parquetHeader(reader);
  const page = header.data_page_header_v2;
  if (page?.num_values !== rows || page.num_nulls > rows || (page.num_nulls !== 0 && !nullable)) {
    throw new RangeError(`column ${name} is not one page of ${rows} values`);
  }
  const body = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
  // A page of nulls alone was given 0 once: zlib forgets the levels' checksum when no values follow them.
  const isIntact = header.crc === (crc32(body) | 0) || (header.crc === 0 && page.num_nulls === rows);
  if (body.length !== header.compressed_page_size || !isIntact) {
    throw new RangeError(`column ${name} is damaged: its CRC-32 differs`);
  }
  const levelBytes = page.definition_levels_byte_length;
  const count = rows - page.num_nulls;
  const size = header.uncompressed_page_size - levelBytes;
  const stored = body.subarray(levelBytes);
  const isPacked = chunk.meta_data?.codec === 'SNAPPY';
  const isDelta = page.encoding === 'DELTA_BINARY_PACKED' && type !== 'double';
  // What is compressed is always plain, so no page can claim to be larger than its values.
  if ((!isDelta && page.encoding !== 'PLAIN') || (isPacked || !isDelta ? size !== count * 8 : false)) {
    throw new RangeError(`column ${name} is encoded as ${page.encoding} in ${size} bytes`);
  }
  const values = isPacked ? uncompress(stored, size) : stored;
  const dense = isDelta ? unpackDelta(values, count) : decodePlain(values, type, count);
  return nullable ? spread(dense, body.subarray(0, levelBytes), rows) : dense;
}

function decodePlain(bytes: Uint8Array, type: ParquetField['type'], count: number): Float64Array {
  // A copy is aligned; the bytes need not be. (`slice` would not do: that of a Buffer does not copy.)
  const aligned = new Uint8Array(bytes);
  if (type === 'double') return new Float64Array(aligned.buffer, 0, count);
  return Float64Array.from(new BigInt64Array(aligned.buffer, 0, count), Number);
}

/** Puts values where the definition level is 1, NaN where it is 0. */
function spread(dense: Float64Array, levels: Uint8Array, rows: number): Float64Array {
  const defined = new Uint8Array(rows);
  const view = new DataView(levels.buffer, levels.byteOffset, levels.byteLength);
  if (rows > 0) readRleBitPackedHybrid({ view, offset: 0 }, 1, defined, levels.length);
  const whole = new Float64Array(rows).fill(NaN);
  let next = 0;
  for (let row = 0; row < rows; row++) if (defined[row] === 1) whole[row] = dense[next++]!;
  if (next !== dense.length) throw new RangeError(`${dense.length} values for ${next} defined rows`);
  return whole;
}
