import { describe, expect, it } from 'vitest';
import {
  type ParquetColumn,
  ParquetEncoder,
  decodeColumns,
  decodeFooter,
  decodeRequiredColumns,
  encodeParquet,
} from '../../src/parquet/index.js';

const column = (
  name: string,
  type: ParquetColumn['type'],
  values: Iterable<number>,
  nullable = false,
): ParquetColumn => ({ name, type, nullable, values: Float64Array.from(values) });

const minutes = (rows: number): Iterable<number> => Array.from({ length: rows }, (_, row) => row * 60_000);

describe('decoding', () => {
  it('a long series of equal values has more rows than bytes, and is read all the same', () => {
    const rows = 200_000;
    const table = [
      column('minute', 'timestamp_ms', minutes(rows)),
      column('one', 'double', new Float64Array(rows).fill(1)),
    ];
    const file = encodeParquet(table, []);
    expect(file.length).toBeLessThan(rows);
    const read = decodeRequiredColumns(file, decodeFooter(file), table);
    expect(read.get('minute')).toEqual(table[0]!.values);
    expect(read.get('one')).toEqual(table[1]!.values);
  });

  it('the sort key alone, and columns of nulls, are the smallest there is', () => {
    const rows = 1_000_000;
    const nothing = column('nothing', 'double', new Float64Array(rows).fill(NaN), true);
    const table = [column('minute', 'timestamp_ms', minutes(rows)), nothing];
    const file = encodeParquet(table, []);
    expect(rows / file.length).toBeGreaterThan(15);
    expect(decodeColumns(file, decodeFooter(file), table).get('nothing')).toEqual(nothing.values);
    const footer = decodeFooter(file);
    const lying = {
      ...footer,
      num_rows: 1_000_000_000n,
      row_groups: [{ ...footer.row_groups[0]!, num_rows: 1_000_000_000n }],
    };
    expect(() => decodeColumns(file, lying, table)).toThrow('claims 1000000000 rows');
  });

  it('gives back nulls of every type, in any number of row groups', () => {
    const fields = [
      { name: 't', type: 'timestamp_us', nullable: false },
      { name: 'n', type: 'int64', nullable: true },
      { name: 'x', type: 'double', nullable: true },
      { name: 'big', type: 'int64', nullable: true },
    ] as const;
    const groups = [
      [
        [1, 2, 3],
        [NaN, 5, NaN],
        [0.5, NaN, -0],
        [2 ** 52, NaN, 1],
      ],
      [[4], [NaN], [NaN], [NaN]],
      [
        [5, 6],
        [7, 8],
        [1, 2],
        [3, -(2 ** 52)],
      ],
    ].map((columns) => columns.map((values) => Float64Array.from(values)));
    const encoder = new ParquetEncoder(fields, []);
    for (const group of groups) encoder.appendRowGroup(group);
    const file = new Uint8Array(encoder.finish());
    const read = decodeColumns(file, decodeFooter(file), fields);
    fields.forEach(({ name }, index) => {
      expect(Array.from(read.get(name)!)).toEqual(groups.flatMap((columns) => Array.from(columns[index]!)));
    });
    expect(() => decodeRequiredColumns(file, decodeFooter(file), fields)).toThrow('column 2 is n');
    const renamed = fields.map((field) => ({ ...field, name: field.name.toUpperCase() }));
    expect(() => decodeColumns(file, decodeFooter(file), renamed)).toThrow('expected T');
    for (let at = 4; at < 60; at += 5) {
      const damaged = file.slice();
      damaged[at]! ^= 0x10;
      expect(() => decodeColumns(damaged, decodeFooter(damaged), fields)).toThrow();
    }
  });
});
