import { crc32 } from 'node:zlib';
import { parquetMetadata, type ColumnChunk, type FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { snappyUncompressor } from 'hysnappy';
import { unpackDelta } from './delta.js';
import { schemaElement, type CellType } from './encode.js';

const snappyUncompress = snappyUncompressor();

/** Footer of a Parquet file: its schema, row groups and key-value metadata. */
export type Footer = FileMetaData;

/** Trailer of every Parquet file: length of the footer, and the magic. */
export const TRAILER_BYTES = 8;

/** Bytes of footer and trailer, read from the last 8 bytes of a file. @throws RangeError when these are not Parquet's */
export function footerBytes(trailer: Uint8Array): number {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.byteLength < TRAILER_BYTES || view.getUint32(view.byteLength - 4, true) !== 0x31524150) {
    throw new RangeError('does not end with PAR1');
  }
  return view.getUint32(view.byteLength - TRAILER_BYTES, true) + TRAILER_BYTES;
}

/** Reads the footer out of the last bytes of a file. @throws whatever the bytes provoke; the caller names the file */
export function decodeFooter(tail: Uint8Array): Footer {
  return parquetMetadata(tail, { geoparquet: false });
}

export interface ExpectedColumn {
  readonly name: string;
  readonly type: CellType;
}

/**
 * Columns of a whole file that `encodeParquet` wrote, none of them nullable, in the order asked for.
 * Names, types and order must be exactly those expected, and every page must have its CRC-32.
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeRequiredColumns(
  file: Uint8Array,
  footer: Footer,
  expected: readonly ExpectedColumn[],
): Map<string, Float64Array> {
  checkSchema(footer, expected);
  const rows = Number(footer.num_rows);
  const groupRows = footer.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  // A minute bar takes more than a byte; a file that claims more rows than that is lying.
  if (rows !== groupRows || rows > file.byteLength) throw new RangeError(`claims ${rows} rows`);
  const columns = new Map<string, Float64Array>();
  expected.forEach(({ name, type }, index) => {
    const parts = footer.row_groups.map((group) => {
      const chunk = group.columns[index];
      if (chunk?.meta_data?.path_in_schema.join('.') !== name)
        throw new RangeError(`column ${name} is not in its place`);
      return decodeColumnChunk(file, chunk, type, Number(group.num_rows));
    });
    columns.set(name, parts.length === 1 ? parts[0]! : concat(parts, rows));
  });
  return columns;
}

function checkSchema(footer: Footer, expected: readonly ExpectedColumn[]): void {
  const found = footer.schema.slice(1);
  const wanted = expected.map(({ name, type }) => schemaElement({ name, type, nullable: false }));
  if (found.length !== wanted.length)
    throw new RangeError(`has ${found.length} columns, expected ${wanted.length}`);
  wanted.forEach((element, index) => {
    const other = found[index];
    const same =
      other?.name === element.name &&
      other.type === element.type &&
      other.repetition_type === element.repetition_type &&
      other.converted_type === element.converted_type;
    if (!same) {
      throw new RangeError(
        `column ${index + 1} is ${other?.name ?? 'missing'} ${other?.type ?? ''}, expected ${element.name} ${element.type ?? ''}`,
      );
    }
  });
}

function decodeColumnChunk(file: Uint8Array, chunk: ColumnChunk, type: CellType, rows: number): Float64Array {
  const meta = chunk.meta_data;
  if (!meta) throw new RangeError('a column chunk has no metadata');
  const name = meta.path_in_schema.join('.');
  const from = Number(meta.data_page_offset);
  const to = from + Number(meta.total_compressed_size);
  if (from < 0 || to > file.byteLength || from > to)
    throw new RangeError(`column ${name} lies outside the file`);
  const reader = { view: new DataView(file.buffer, file.byteOffset + from, to - from), offset: 0 };
  const header = parquetHeader(reader);
  const page = header.data_page_header_v2;
  if (page?.num_values !== rows || page.num_nulls !== 0) {
    throw new RangeError(`column ${name} is not one page of ${rows} values`);
  }
  const stored = file.subarray(from + reader.offset, from + reader.offset + header.compressed_page_size);
  if (stored.length !== header.compressed_page_size || header.crc !== (crc32(stored) | 0)) {
    throw new RangeError(`column ${name} is damaged: its CRC-32 differs`);
  }
  const bytes = meta.codec === 'SNAPPY' ? inflate(stored, header.uncompressed_page_size, rows) : stored;
  if (page.encoding === 'DELTA_BINARY_PACKED' && type !== 'double') return unpackDelta(bytes, rows);
  if (page.encoding !== 'PLAIN' || bytes.length !== rows * 8) {
    throw new RangeError(`column ${name} is encoded as ${page.encoding} in ${bytes.length} bytes`);
  }
  // A copy is aligned; the bytes need not be. (`slice` would not do: that of a Buffer does not copy.)
  const aligned = new Uint8Array(bytes);
  if (type === 'double') return new Float64Array(aligned.buffer, 0, rows);
  return Float64Array.from(new BigInt64Array(aligned.buffer, 0, rows), Number);
}

function inflate(stored: Uint8Array, size: number, rows: number): Uint8Array {
  if (size !== rows * 8) throw new RangeError(`a page declares ${size} bytes for ${rows} values`);
  return snappyUncompress(stored, size);
}

function concat(parts: readonly Float64Array[], rows: number): Float64Array {
  const whole = new Float64Array(rows);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
