import { type FileHandle, open } from 'node:fs/promises';
import type { SchemaElement } from 'hyparquet';
import { TapemillError, fromSystemError } from '../errors.js';
import {
  type Footer,
  type ParquetField,
  TRAILER_BYTES,
  decodeFooter,
  decodeRowGroup,
  footerBytes,
} from '../parquet/index.js';
import type { ColumnField } from './columns.js';

/** Start of the bar: the first column of every final file. */
export const TIME_COLUMN = 'datetime';

/** A symbol's final file, of which only the chunks that are asked for are read. */
export class WideFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly footer: Footer,
    /** Without `datetime`. */
    readonly fields: readonly ColumnField[],
  ) {}

  /** @throws `E_DATASET` when it is damaged or no final file, `E_IO` */
  static async open(path: string): Promise<WideFile> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      throw fromSystemError(error, 'reading', path);
    }
    try {
      const { size } = await handle.stat();
      const trailer = await readBytes(handle, Math.max(0, size - TRAILER_BYTES), TRAILER_BYTES);
      const tail = footerBytes(trailer);
      const footer = decodeFooter(await readBytes(handle, Math.max(0, size - tail), tail));
      const fields = footer.schema.slice(1).map(fieldOf);
      const [time, ...others] = fields;
      if (time?.name !== TIME_COLUMN || time.type !== 'timestamp_ms' || time.nullable) {
        throw new RangeError(`its first column is ${time?.name ?? 'missing'}, expected ${TIME_COLUMN}`);
      }
      return new WideFile(path, handle, footer, others);
    } catch (error) {
      await handle.close();
      throw damaged(path, error);
    }
  }

  get rows(): number {
    return Number(this.footer.num_rows);
  }

  get groups(): number {
    return this.footer.row_groups.length;
  }

  groupRows(group: number): number {
    return Number(this.footer.row_groups[group]!.num_rows);
  }

  /** Columns of one row group, in the order asked for; null is NaN. @throws `E_DATASET`, `E_IO` */
  async readGroup(group: number, names: readonly string[]): Promise<Float64Array[]> {
    const columns: Float64Array[] = [];
    for (const name of names) columns.push(await this.readChunk(group, name));
    return columns;
  }

  /** A whole column. @throws `E_DATASET`, `E_IO` */
  async readColumn(name: string): Promise<Float64Array> {
    const whole = new Float64Array(this.rows);
    let at = 0;
    for (let group = 0; group < this.groups; group++) {
      const part = await this.readChunk(group, name);
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async readChunk(group: number, name: string): Promise<Float64Array> {
    const isTime = name === TIME_COLUMN;
    const index = isTime ? 0 : this.fields.findIndex((field) => field.name === name) + 1;
    const field: ParquetField = isTime
      ? { name, type: 'timestamp_ms', nullable: false }
      : this.fields[index - 1]!;
    try {
      const rowGroup = this.footer.row_groups[group]!;
      const chunk = rowGroup.columns[index]!;
      const from = Number(chunk.meta_data?.data_page_offset ?? 0n);
      const bytes = await readBytes(this.handle, from, Number(chunk.meta_data?.total_compressed_size ?? 0n));
      return decodeRowGroup(bytes, from, { ...rowGroup, columns: [chunk] }, [field])[0]!;
    } catch (error) {
      throw damaged(this.path, error);
    }
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw new RangeError(`ends after ${position + at} bytes`);
    at += bytesRead;
  }
  return bytes;
}

function fieldOf(element: SchemaElement): ColumnField {
  const { name, type, repetition_type, converted_type } = element;
  const isTime = converted_type === 'TIMESTAMP_MILLIS';
  if (type !== 'DOUBLE' && type !== 'INT64') {
    throw new RangeError(`column ${name} is ${type ?? 'a group'}, expected DOUBLE or INT64`);
  }
  return {
    name,
    type: type === 'DOUBLE' ? 'double' : isTime ? 'timestamp_ms' : 'int64',
    nullable: repetition_type === 'OPTIONAL',
  };
}

function damaged(path: string, error: unknown): unknown {
  const known = fromSystemError(error, 'reading', path);
  if (TapemillError.is(known)) return known;
  const message = error instanceof Error ? error.message : String(error);
  return new TapemillError('E_DATASET', `${path} cannot be read: ${message}`, { path }, { cause: error });
}
