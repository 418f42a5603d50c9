import { describe, expect, it } from 'vitest';
import { type ParquetColumn, encodeParquet } from '../../src/parquet/index.js';
import { seeded } from '../layer/sample.js';

/** Columns that compress, each in its own way. */
function table(seed: number): ParquetColumn[] {
  const random = seeded(seed);
  const rows = 1 + Math.floor(random() * 3000);
  const column = (name: string, value: () => number): ParquetColumn => ({
    name,
    type: 'double',
    nullable: false,
    values: Float64Array.from({ length: rows }, value),
  });
  let price = 67_000;
  return [
    column('price', () => (price += Math.floor(random() * 3) - 1) / 10),
    column('quantity', () => Math.floor(Math.exp(random() * 10)) / 1000),
    column('sparse', () => (random() < 0.1 ? Math.floor(random() * 1e6) / 100 : 0)),
  ];
}

describe('the bytes of a table', () => {
  it('do not depend on what was encoded before it', () => {
    const seeds = Array.from({ length: 400 }, (_, seed) => seed);
    const encode = (seed: number): string => Buffer.from(encodeParquet(table(seed), [])).toString('latin1');
    const forwards = seeds.map(encode);
    const backwards = seeds.toReversed().map(encode).toReversed();
    expect(seeds.filter((seed) => forwards[seed] !== backwards[seed])).toEqual([]);
  });
});
