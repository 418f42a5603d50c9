import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { type ParquetField, ParquetSplicer, decodeFooter, encodeParquet } from '../../src/parquet/index.js';

const FIELDS: readonly ParquetField[] = [
  { name: 'datetime', type: 'timestamp_ms', nullable: false },
  { name: 'count', type: 'int64', nullable: true },
  { name: 'x', type: 'double', nullable: true },
];

function fileOf(rows: number, from: number): Uint8Array {
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => value(row));
  const values = [
    column((row) => (from + row) * 60_000),
    column((row) => (row % 3 === 0 ? NaN : row)),
    column((row) => (row % 5 === 0 ? NaN : row / 7)),
  ];
  return encodeParquet(
    FIELDS.map((field, index) => ({ ...field, values: values[index]! })),
    [],
  );
}

function splice(parts: readonly (readonly [string, Uint8Array])[]): Buffer {
  const splicer = new ParquetSplicer(FIELDS, 'symbol', [['k', 'v']]);
  const bytes = parts.flatMap(([text, file]) =>
    decodeFooter(file).row_groups.map((group) => splicer.append(text, file, 0, group)),
  );
  return Buffer.concat([...bytes, splicer.finish()]);
}

async function query(file: Uint8Array, sql: string): Promise<unknown[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-splice-'));
  try {
    const path = join(folder, 't.parquet');
    writeFileSync(path, file);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`CREATE TABLE t AS SELECT * FROM read_parquet('${path}')`);
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('row groups of several files in one', () => {
  it('keep their cells and say where each is from, in any script', async () => {
    const whole = splice([
      ['AAAUSDT', fileOf(1000, 0)],
      ['币安人生USDT', fileOf(1, 5)],
      ['BBBUSDT', fileOf(40_000, 7)],
    ]);
    const rows = await query(
      whole,
      `SELECT symbol, count(*)::INTEGER, min(epoch_ms(datetime))::INTEGER, sum(count)::INTEGER, round(sum(x) * 7)::INTEGER
       FROM t GROUP BY symbol ORDER BY min(datetime)`,
    );
    const sums = (n: number): [number, number] => {
      const all = Array.from({ length: n }, (_, row) => row);
      const sum = (of: number[]): number => of.reduce((a, b) => a + b, 0);
      return [sum(all.filter((row) => row % 3 !== 0)), sum(all.filter((row) => row % 5 !== 0))];
    };
    expect(rows).toEqual([
      ['AAAUSDT', 1000, 0, ...sums(1000)],
      ['币安人生USDT', 1, 300_000, null, null],
      ['BBBUSDT', 40_000, 420_000, ...sums(40_000)],
    ]);
    expect(decodeFooter(whole).schema.map(({ name }) => name)).toEqual([
      'schema',
      'datetime',
      'symbol',
      'count',
      'x',
    ]);
  });

  it('carry statistics that a reader can skip by', async () => {
    const [, second] = decodeFooter(
      splice([
        ['A', fileOf(10, 0)],
        ['B', fileOf(10, 100)],
      ]),
    ).row_groups;
    const [datetime, symbol, count] = second!.columns.map((column) => column.meta_data!.statistics!);
    expect(datetime).toMatchObject({ min_value: new Date(6_000_000), max_value: new Date(6_540_000) });
    expect(symbol).toMatchObject({ min_value: 'B', max_value: 'B', null_count: 0n });
    expect(count).toMatchObject({ min_value: 1n, max_value: 8n, null_count: 4n });
    await expect(query(splice([]), 'SELECT count(*)::INTEGER FROM t')).resolves.toEqual([[0]]);
  });

  it('give the same bytes each time, and refuse other columns', () => {
    const file = fileOf(100, 0);
    expect(splice([['A', file]]).equals(splice([['A', file]]))).toBe(true);
    const other = encodeParquet([{ ...FIELDS[0]!, values: Float64Array.of(1) }], []);
    expect(() => splice([['A', other]])).toThrow(/a row group of A has other columns/);
  });
});
