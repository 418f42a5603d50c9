import { crc32 } from 'node:zlib';
import type { ColumnChunk, RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { snappyUncompressor } from 'hysnappy';
import { unpackDelta } from '../parquet/delta.js';
import type { ImportColumn } from './kinds.js';
import type { Rows } from './rows.js';

const uncompress = snappyUncompressor();

/** Where the bytes of a row group lie in its file. */
export function rowGroupSpan(group: RowGroup): { readonly start: number; readonly end: number } {
  const start = Number(group.columns[0]?.meta_data?.data_page_offset ?? 0n);
  const end = group.columns.reduce((sum, column) => sum + chunkBytes(column), start);
  return { start, end };
}

/**
 * The rows of one row group as `ParquetEncoder` writes them, nulls as NaN.
 * @param bytes those of `rowGroupSpan`
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeRowGroup(bytes: Uint8Array, group: RowGroup, columns: readonly ImportColumn[]): Rows {
  const rows = Number(group.num_rows);
  if (group.columns.length !== columns.length) throw new RangeError(`has ${group.columns.length} columns`);
  const { start } = rowGroupSpan(group);
  return {
    length: rows,
    columns: columns.map((column, index) => {
      const chunk = group.columns[index]!;
      if (chunk.meta_data?.path_in_schema.join('.') !== column.name) {
        throw new RangeError(`column ${column.name} is not in its place`);
      }
      const from = Number(chunk.meta_data.data_page_offset) - start;
      const view = bytes.subarray(Math.max(from, 0), from + chunkBytes(chunk));
      return decodeColumn(view, chunk, column, rows);
    }),
  };
}

const chunkBytes = (chunk: ColumnChunk): number => Number(chunk.meta_data?.total_compressed_size ?? 0n);

function decodeColumn(
  bytes: Uint8Array,
  chunk: ColumnChunk,
  column: ImportColumn,
  rows: number,
): Float64Array {
  const { name, nullable, type } = column;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const header = parquetHeader(reader);
  const page = header.data_page_header_v2;
  if (page?.num_values !== rows || (page.num_nulls !== 0 && !nullable) || page.num_nulls > rows) {
    throw new RangeError(`column ${name} is not one page of ${rows} values`);
  }
  const body = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
  // A page of nulls alone was given 0: zlib forgets the levels' checksum when no values follow them.
  const isIntact = header.crc === (crc32(body) | 0) || (header.crc === 0 && page.num_nulls === rows);
  if (body.length !== header.compressed_page_size || !isIntact) {
    throw new RangeError(`column ${name} is damaged: its CRC-32 differs`);
  }
  const levelBytes = page.definition_levels_byte_length;
  const count = rows - page.num_nulls;
  const stored = body.subarray(levelBytes);
  const size = header.uncompressed_page_size - levelBytes;
  const isDelta = page.encoding === 'DELTA_BINARY_PACKED' && type !== 'double';
  if (!isDelta && (page.encoding !== 'PLAIN' || size !== count * 8)) {
    throw new RangeError(`column ${name} is encoded as ${page.encoding} in ${size} bytes`);
  }
  const values = chunk.meta_data?.codec === 'SNAPPY' ? uncompress(stored, size) : stored;
  const dense = isDelta ? unpackDelta(values, count) : plain(values, type, count);
  if (!nullable) return dense;
  const levels = new Uint8Array(rows);
  const levelReader = { view: new DataView(body.buffer, body.byteOffset, levelBytes), offset: 0 };
  readRleBitPackedHybrid(levelReader, 1, levels, levelBytes);
  const spread = new Float64Array(rows).fill(NaN);
  let at = 0;
  for (let i = 0; i < rows; i++) if (levels[i] === 1) spread[i] = dense[at++]!;
  if (at !== count) throw new RangeError(`column ${name} has ${at} values, expected ${count}`);
  return spread;
}

function plain(bytes: Uint8Array, type: ImportColumn['type'], count: number): Float64Array {
  // A copy is aligned; the bytes need not be.
  const aligned = new Uint8Array(bytes);
  if (type === 'double') return new Float64Array(aligned.buffer, 0, count);
  return Float64Array.from(new BigInt64Array(aligned.buffer, 0, count), Number);
}
