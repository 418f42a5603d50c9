import { parquetMetadata, type ColumnChunk, type FileMetaData, type RowGroup } from 'hyparquet';
import { decodePage } from './decode-page.js';
import { CELL_TYPES, schemaElement, type CellType, type ParquetField } from './encode.js';

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

/** One of a file's row groups, as its footer describes it. */
export type { RowGroup };

export interface ExpectedColumn {
  readonly name: string;
  readonly type: CellType;
}

/**
 * The fewest bytes that the sort key of a file takes: 128 values of it in a block of 5 bytes, when all are equally far
 * apart. Every other column may take less, when it is all null.
 */
const ROWS_PER_BYTE = 128 / 5;

/**
 * Columns of a whole file that `ParquetEncoder` wrote, in the order asked for, null as NaN. Names, types, order and
 * nullability must be exactly those expected, and every page must have its CRC-32.
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeColumns(
  file: Uint8Array,
  footer: Footer,
  fields: readonly ParquetField[],
): Map<string, Float64Array> {
  checkSchema(footer, fields);
  const rows = Number(footer.num_rows);
  const groupRows = footer.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  // Before memory is taken for them: a file that claims more rows than its bytes can hold is lying.
  if (rows !== groupRows || rows > file.byteLength * ROWS_PER_BYTE)
    throw new RangeError(`claims ${rows} rows`);
  const groups = footer.row_groups.map((group) => decodeRowGroup(file, 0, group, fields));
  return new Map(
    fields.map(({ name }, index) => {
      const parts = groups.map((columns) => columns[index]!);
      return [name, parts.length === 1 ? parts[0]! : concatColumns(parts)];
    }),
  );
}

/**
 * Some of the columns of a row group, by name, null as NaN; the others are not looked at.
 * @param bytes a part of the file that holds the row group, from the position `start` on
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeSomeColumns(
  bytes: Uint8Array,
  start: number,
  group: RowGroup,
  fields: readonly ParquetField[],
): Float64Array[] {
  const chunks = new Map(group.columns.map((chunk) => [chunk.meta_data?.path_in_schema.join('.'), chunk]));
  return fields.map((field) => {
    const chunk = chunks.get(field.name);
    if (!chunk?.meta_data) throw new RangeError(`has no column ${field.name}`);
    const from = Number(chunk.meta_data.data_page_offset) - start;
    const to = from + chunkBytes(chunk);
    if (from < 0 || to > bytes.length || from > to) {
      throw new RangeError(`column ${field.name} lies outside the file`);
    }
    return decodePage(bytes.subarray(from, to), chunk, field, Number(group.num_rows));
  });
}

/** Columns of a whole file where none is nullable. @throws as `decodeColumns` does */
export function decodeRequiredColumns(
  file: Uint8Array,
  footer: Footer,
  expected: readonly ExpectedColumn[],
): Map<string, Float64Array> {
  const fields = expected.map(({ name, type }) => ({ name, type, nullable: false }));
  return decodeColumns(file, footer, fields);
}

/** The columns that a file has, in its order, as `ParquetEncoder` would have been given them; others are left out. */
export function fieldsOf(footer: Footer): ParquetField[] {
  return footer.schema.slice(1).flatMap((element) => {
    for (const type of CELL_TYPES) {
      const field = { name: element.name, type, nullable: element.repetition_type === 'OPTIONAL' };
      const same = schemaElement(field);
      if (same.type === element.type && same.converted_type === element.converted_type) return [field];
    }
    return [];
  });
}

/**
 * Some columns of one row group, by name.
 * @param read gives the bytes `[start, end)` of the file
 * @throws RangeError for a column that is not there, and whatever else is wrong; the caller names the file
 */
export async function decodeChunks(
  read: (start: number, end: number) => Promise<Uint8Array>,
  group: RowGroup,
  fields: readonly ParquetField[],
): Promise<Float64Array[]> {
  const columns: Float64Array[] = [];
  for (const field of fields) {
    const chunk = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema.join('.') === field.name);
    if (!chunk?.meta_data) throw new RangeError(`column ${field.name} is missing`);
    const start = Number(chunk.meta_data.data_page_offset);
    const bytes = await read(start, start + chunkBytes(chunk));
    columns.push(decodePage(bytes, chunk, field, Number(group.num_rows)));
  }
  return columns;
}

/** Where the bytes of a row group lie in its file: `[start, end)`. */
export function rowGroupSpan(group: RowGroup): { readonly start: number; readonly end: number } {
  const start = Number(group.columns[0]?.meta_data?.data_page_offset ?? 0n);
  const end = group.columns.reduce((sum, column) => sum + chunkBytes(column), start);
  return { start, end };
}

/**
 * The columns of one row group, in the order of the fields, which are all it has.
 * @param bytes a part of the file that holds the row group, from the position `start` on
 * @throws whatever is wrong, in words; the caller names the file
 */
export function decodeRowGroup(
  bytes: Uint8Array,
  start: number,
  group: RowGroup,
  fields: readonly ParquetField[],
): Float64Array[] {
  if (group.columns.length !== fields.length) throw new RangeError(`has ${group.columns.length} columns`);
  return fields.map((field, index) => {
    const chunk = group.columns[index]!;
    if (chunk.meta_data?.path_in_schema.join('.') !== field.name) {
      throw new RangeError(`column ${field.name} is not in its place`);
    }
    const from = Number(chunk.meta_data.data_page_offset) - start;
    const to = from + chunkBytes(chunk);
    if (from < 0 || to > bytes.length || from > to) {
      throw new RangeError(`column ${field.name} lies outside the file`);
    }
    return decodePage(bytes.subarray(from, to), chunk, field, Number(group.num_rows));
  });
}

const chunkBytes = (chunk: ColumnChunk): number => Number(chunk.meta_data?.total_compressed_size ?? 0n);

function checkSchema(footer: Footer, fields: readonly ParquetField[]): void {
  const found = footer.schema.slice(1);
  const wanted = fields.map(schemaElement);
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

/** Parts of a column that follow one another, as one. */
export function concatColumns(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((rows, part) => rows + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
