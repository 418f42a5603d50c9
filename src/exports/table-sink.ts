import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { snappyCompress } from 'hysnappy';
import { formatUtcSeconds } from '../time/index.js';
import type { ColumnType } from './columns.js';
import type { StagedFile, StagedFolder } from './staged-folder.js';

/** A column of an exported table, after `datetime` and `symbol`. */
export interface SinkColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** A table on its way to a file: `datetime`, `symbol`, the columns; symbol by symbol, null as NaN. */
export interface TableSink {
  add(symbol: string, minute: Float64Array, columns: readonly Float64Array[]): Promise<void>;
  finish(): Promise<void>;
}

export type TableFormat = 'csv' | 'parquet';

export async function openTableSink(
  folder: StagedFolder,
  name: string,
  format: TableFormat,
  columns: readonly SinkColumn[],
): Promise<TableSink> {
  const file = await folder.createFile(`${name}.${format}`);
  return format === 'csv' ? await CsvSink.create(file, columns) : new ParquetSink(file, columns);
}

/** Lines of this many characters together are written at once. */
const CSV_CHUNK = 1 << 20;

class CsvSink implements TableSink {
  private constructor(
    private readonly file: StagedFile,
    private readonly columns: readonly SinkColumn[],
  ) {}

  static async create(file: StagedFile, columns: readonly SinkColumn[]): Promise<CsvSink> {
    await file.write(Buffer.from(`datetime,symbol${columns.map(({ name }) => `,${name}`).join('')}\n`));
    return new CsvSink(file, columns);
  }

  async add(symbol: string, minute: Float64Array, columns: readonly Float64Array[]): Promise<void> {
    const isTime = this.columns.map(({ type }) => type === 'timestamp_ms');
    let text = '';
    for (let row = 0; row < minute.length; row++) {
      text += `${timeText(minute[row]!)},${symbol}`;
      for (let i = 0; i < columns.length; i++) {
        const value = columns[i]![row]!;
        text += Number.isNaN(value) ? ',' : `,${isTime[i] ? timeText(value) : value}`;
      }
      text += '\n';
      if (text.length < CSV_CHUNK) continue;
      await this.file.write(Buffer.from(text));
      text = '';
    }
    await this.file.write(Buffer.from(text));
  }

  async finish(): Promise<void> {
    await this.file.close();
  }
}

/** As pandas prints it: `2026-04-13 01:00:00+00:00`, and with fractions of a second `2026-04-13 01:00:00.001000+00:00`. */
function timeText(ms: number): string {
  const seconds = formatUtcSeconds(ms);
  return ms % 1000 === 0 ? seconds : seconds.replace('+', `.${String(ms % 1000).padStart(3, '0')}000+`);
}

/** More rows than this in a row group would take more memory, and give readers less to skip. */
const ROW_GROUP_ROWS = 65_536;

class ParquetSink implements TableSink {
  private readonly writer = new ByteWriter(1 << 16);
  private readonly parquet: ParquetWriter;

  constructor(
    private readonly file: StagedFile,
    private readonly columns: readonly SinkColumn[],
  ) {
    const schema: SchemaElement[] = [
      { name: 'schema', num_children: columns.length + 2 },
      elementOf({ name: 'datetime', type: 'timestamp_ms', nullable: false }),
      { name: 'symbol', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ...columns.map(elementOf),
    ];
    this.parquet = new ParquetWriter({
      writer: this.writer,
      schema,
      createdBy: 'tapemill',
      compressors: { SNAPPY: snappyCompress },
    });
  }

  async add(symbol: string, minute: Float64Array, columns: readonly Float64Array[]): Promise<void> {
    const columnData = [
      { name: 'datetime', data: cellsOf(minute, 'timestamp_ms') },
      { name: 'symbol', data: new Array<string>(minute.length).fill(symbol) },
      ...this.columns.map(({ name, type }, i) => ({
        name,
        data: cellsOf(columns[i]!, type),
        // Measured values hardly repeat: a dictionary of them takes time and room.
        ...(type === 'double' && { encoding: 'PLAIN' as const }),
      })),
    ];
    await this.parquet.write({ columnData, rowGroupSize: ROW_GROUP_ROWS });
    await this.flush();
  }

  async finish(): Promise<void> {
    await this.parquet.finish();
    await this.flush();
    await this.file.close();
  }

  private async flush(): Promise<void> {
    await this.file.write(this.writer.getBytes());
    this.writer.index = 0;
  }
}

function elementOf({ name, type, nullable }: SinkColumn): SchemaElement {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  if (type === 'double') return { name, type: 'DOUBLE', repetition_type };
  if (type === 'int64') return { name, type: 'INT64', repetition_type };
  return {
    name,
    type: 'INT64',
    repetition_type,
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  };
}

/** What the writer takes: doubles as they are where none is null, which spares it a box for each. */
function cellsOf(values: Float64Array, type: ColumnType): Float64Array | (number | bigint | null)[] {
  if (type === 'double') {
    if (!values.some(Number.isNaN)) return values;
    return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  }
  return Array.from(values, (value) => (Number.isNaN(value) ? null : BigInt(value)));
}
