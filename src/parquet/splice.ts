import { crc32 } from 'node:zlib';
import type { ColumnChunk, FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { rowGroupSpan } from './decode.js';
import { type KeyValues, type ParquetField, schemaElement } from './encode.js';

const MAGIC = new Uint8Array([0x50, 0x41, 0x52, 0x31]); // PAR1

/**
 * Puts row groups of files that `ParquetEncoder` wrote into one file, with a column of text as the second one that says
 * where each is from. Pages are copied as they are: nothing is decoded, and the same files give the same bytes.
 */
export class ParquetSplicer {
  private readonly rowGroups: RowGroup[] = [];
  private readonly schema: SchemaElement[];
  private offset = 0;
  private rows = 0n;

  /**
   * @param fields of the files, all of which have just these
   * @param label name of the text column
   */
  constructor(
    private readonly fields: readonly ParquetField[],
    private readonly label: string,
    private readonly keyValues: KeyValues,
  ) {
    const [first, ...others] = fields.map(schemaElement);
    const text: SchemaElement = {
      name: label,
      type: 'BYTE_ARRAY',
      repetition_type: 'REQUIRED',
      converted_type: 'UTF8', // for readers from before logical types
      logical_type: { type: 'STRING' },
    };
    const root: SchemaElement = { name: 'schema', num_children: fields.length + 1 };
    this.schema = [root, first!, text, ...others];
  }

  /**
   * The bytes to write for a row group.
   * @param bytes of the file it is in, from the position `start` on
   * @throws RangeError when the group has other columns
   */
  append(text: string, bytes: Uint8Array, start: number, group: RowGroup): Uint8Array {
    const names = group.columns.map((chunk) => chunk.meta_data?.path_in_schema.join('.'));
    if (names.join() !== this.fields.map(({ name }) => name).join()) {
      throw new RangeError(`a row group of ${text} has other columns`);
    }
    const span = rowGroupSpan(group);
    const pages = bytes.subarray(span.start - start, span.end - start);
    if (pages.length !== span.end - span.start) throw new RangeError(`a row group of ${text} is cut short`);
    const writer = new ByteWriter(1024);
    if (this.offset === 0) writer.appendBytes(MAGIC);
    const groupStart = this.offset + writer.offset;
    const label = writeText(writer, this.label, text, Number(group.num_rows), this.offset);
    const shift = BigInt(this.offset + writer.offset - span.start);
    const [first, ...others] = group.columns.map((chunk) => moved(chunk, shift));
    const columns = [first!, label, ...others];
    const sizes = columns.map(({ meta_data: data }) => data!);
    this.rowGroups.push({
      columns,
      num_rows: group.num_rows,
      total_byte_size: sizes.reduce((sum, data) => sum + data.total_uncompressed_size, 0n),
      total_compressed_size: sizes.reduce((sum, data) => sum + data.total_compressed_size, 0n),
      file_offset: BigInt(groupStart),
    });
    this.rows += group.num_rows;
    const head = writer.getBytes();
    const whole = new Uint8Array(head.length + pages.length);
    whole.set(head);
    whole.set(pages, head.length);
    this.offset += whole.length;
    return whole;
  }

  /** The footer. */
  finish(): Uint8Array {
    const writer = new ByteWriter(1 << 16);
    if (this.offset === 0) writer.appendBytes(MAGIC);
    const metadata: FileMetaData = {
      version: 2,
      created_by: 'tapemill',
      schema: this.schema,
      num_rows: this.rows,
      row_groups: this.rowGroups,
      key_value_metadata: this.keyValues.map(([key, value]) => ({ key, value })),
      metadata_length: 0, // of reading only; the writer measures it
    };
    writeMetadata(writer, metadata);
    writer.appendBytes(MAGIC);
    return writer.getBytes();
  }
}

function moved(chunk: ColumnChunk, shift: bigint): ColumnChunk {
  const data = chunk.meta_data!;
  const offset = data.data_page_offset + shift;
  const { min_value, max_value, null_count } = data.statistics ?? {};
  // Times are read as dates, and written from integers.
  const plain = (value: typeof min_value): typeof min_value =>
    value instanceof Date ? BigInt(value.getTime()) : value;
  const bounds =
    min_value === undefined ? {} : { min_value: plain(min_value)!, max_value: plain(max_value)! };
  return {
    file_offset: offset,
    meta_data: {
      type: data.type,
      encodings: data.encodings,
      path_in_schema: data.path_in_schema,
      codec: data.codec,
      num_values: data.num_values,
      total_uncompressed_size: data.total_uncompressed_size,
      total_compressed_size: data.total_compressed_size,
      data_page_offset: offset,
      statistics: { ...bounds, ...(null_count !== undefined && { null_count }) },
    },
  };
}

/** A column of one text, as a dictionary of one entry: some tens of bytes, whatever the rows. */
function writeText(writer: ByteWriter, name: string, text: string, rows: number, base: number): ColumnChunk {
  const start = writer.offset;
  const utf8 = new TextEncoder().encode(text);
  const entry = new ByteWriter(16 + utf8.length);
  entry.appendUint32(utf8.length);
  entry.appendBytes(utf8);
  const dictionary = entry.getBytes();
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: dictionary.length,
    compressed_page_size: dictionary.length,
    crc: crc32(dictionary) | 0,
    dictionary_page_header: { num_values: 1, encoding: 'PLAIN' },
  });
  writer.appendBytes(dictionary);
  const pageStart = writer.offset;
  const indices = new ByteWriter(64);
  indices.appendUint8(1); // bits an index
  writeRleBitPackedHybrid(indices, new Array<number>(rows).fill(0), 1);
  const body = indices.getBytes();
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: body.length,
    compressed_page_size: body.length,
    crc: crc32(body) | 0,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: 0,
      num_rows: rows,
      encoding: 'RLE_DICTIONARY',
      definition_levels_byte_length: 0,
      repetition_levels_byte_length: 0,
      is_compressed: false,
    },
  });
  writer.appendBytes(body);
  const bytes = BigInt(writer.offset - start);
  return {
    file_offset: BigInt(base + start),
    meta_data: {
      type: 'BYTE_ARRAY',
      encodings: ['PLAIN', 'RLE_DICTIONARY'],
      path_in_schema: [name],
      codec: 'UNCOMPRESSED',
      num_values: BigInt(rows),
      total_uncompressed_size: bytes,
      total_compressed_size: bytes,
      data_page_offset: BigInt(base + pageStart),
      dictionary_page_offset: BigInt(base + start),
      statistics: { min_value: text, max_value: text, null_count: 0n },
    },
  };
}
