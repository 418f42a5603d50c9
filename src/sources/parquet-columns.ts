import { crc32 } from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { snappyUncompressor } from 'hysnappy';
import { type Footer, type ParquetField, unpackDelta } from '../parquet/index.js';

const uncompress = snappyUncompressor();

/** A month file has fewer rows by far; one that claims more is lying. */
const MAX_ROWS = 2_000_000;

/**
 * Columns of a whole file that `encodeParquet` wrote, in the order asked for, null as NaN. Like
 * `decodeRequiredColumns`, for tables that have nulls: names, order and nullability must be exactly those expected,
 * there is one row group, and every page must have its CRC-32.
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeColumns(
  file: Uint8Array,
  footer: Footer,
  fields: readonly ParquetField[],
): Map<string, Float64Array> {
  const found = footer.schema.slice(1);
  const rows = Number(footer.num_rows);
  const [group, ...others] = footer.row_groups;
  if (rows > MAX_ROWS || others.length > 0 || Number(group?.num_rows ?? 0) !== rows) {
    throw new RangeError(`claims ${rows} rows`);
  }
  if (found.length !== fields.length)
    throw new RangeError(`has ${found.length} columns, expected ${fields.length}`);
  const columns = new Map<string, Float64Array>();
  fields.forEach((field, index) => {
    const element = found[index];
    const isSame =
      element?.name === field.name &&
      element.type === (field.type === 'double' ? 'DOUBLE' : 'INT64') &&
      element.repetition_type === (field.nullable ? 'OPTIONAL' : 'REQUIRED');
    if (!isSame)
      throw new RangeError(`column ${index + 1} is ${element?.name ?? 'missing'}, expected ${field.name}`);
    columns.set(
      field.name,
      group ? decodeChunk(file, group.columns[index], field, rows) : new Float64Array(0),
    );
  });
  return columns;
}

function decodeChunk(
  file: Uint8Array,
  chunk: ColumnChunk | undefined,
  { name, type, nullable }: ParquetField,
  rows: number,
): Float64Array {
  const meta = chunk?.meta_data;
  if (meta?.path_in_schema.join('.') !== name) throw new RangeError(`column ${name} is not in its place`);
  const from = Number(meta.data_page_offset);
  const to = from + Number(meta.total_compressed_size);
  if (from < 0 || to > file.byteLength || from > to)
    throw new RangeError(`column ${name} lies outside the file`);
  const reader = { view: new DataView(file.buffer, file.byteOffset + from, to - from), offset: 0 };
  const header = parquetHeader(reader);
  const head = header.data_page_header_v2;
  const page = file.subarray(from + reader.offset, from + reader.offset + header.compressed_page_size);
  if (head?.num_values !== rows || page.length !== header.compressed_page_size) {
    throw new RangeError(`column ${name} is not one page of ${rows} values`);
  }
  if (header.crc !== (crc32(page) | 0)) throw new RangeError(`column ${name} is damaged: its CRC-32 differs`);

  const levelBytes = head.definition_levels_byte_length;
  const stored = page.subarray(levelBytes);
  const count = rows - head.num_nulls;
  const bytes =
    meta.codec === 'SNAPPY'
      ? uncompress(stored, Math.min(header.uncompressed_page_size - levelBytes, count * 8))
      : stored;
  // A copy is aligned; the bytes need not be.
  const aligned = new Uint8Array(bytes);
  const values = decodeValues(aligned, head.encoding, type, count, name);
  if (!nullable) return values;
  return spread(values, page.subarray(0, levelBytes), rows);
}

function decodeValues(
  bytes: Uint8Array<ArrayBuffer>,
  encoding: string,
  type: ParquetField['type'],
  count: number,
  name: string,
): Float64Array {
  if (encoding === 'DELTA_BINARY_PACKED' && type !== 'double') {
    return unpackDelta(bytes, count);
  }
  if (encoding !== 'PLAIN' || bytes.length !== count * 8) {
    throw new RangeError(`column ${name} is encoded as ${encoding} in ${bytes.length} bytes`);
  }
  if (type === 'double') return new Float64Array(bytes.buffer, 0, count);
  return Float64Array.from(new BigInt64Array(bytes.buffer, 0, count), Number);
}

/** Puts values where the definition level is 1, NaN where it is 0. */
function spread(values: Float64Array, levels: Uint8Array, rows: number): Float64Array {
  const defined = new Uint8Array(rows);
  const view = new DataView(levels.buffer, levels.byteOffset, levels.byteLength);
  if (rows > 0) readRleBitPackedHybrid({ view, offset: 0 }, 1, defined, levels.length);
  const whole = new Float64Array(rows).fill(NaN);
  let next = 0;
  for (let row = 0; row < rows; row++) if (defined[row] === 1) whole[row] = values[next++]!;
  if (next !== values.length) throw new RangeError(`${values.length} values for ${next} defined rows`);
  return whole;
}
