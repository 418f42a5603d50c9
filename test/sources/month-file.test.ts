import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import polars from 'nodejs-polars';
import { describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import {
  SOURCE_KINDS,
  SOURCE_TYPES,
  type SourceTable,
  decodeSourceMonth,
  encodeSourceMonth,
  findSourceFacts,
  readSourceFacts,
  readSourceMonth,
  sourceMonthPath,
  sourceObjectFacts,
  sourceSeries,
  writeSourceMonth,
} from '../../src/sources/index.js';
import {
  KLINES_1H,
  METRICS,
  METRICS_HEADER,
  factsOf,
  metricsDay,
  metricsLine,
  partOf,
  rowsOf,
  temporaryFolder,
} from './fixture.js';

const folder = await temporaryFolder();
const BLANK = metricsLine('2024-01-05 08:00:01', '0E-16', '', 1.2, '', '');
const lines = metricsDay('2024-01-05 00:05:00').map((line, n) => (n === 95 ? BLANK : line));
const part = await partOf(folder, METRICS, METRICS_HEADER, ...lines);
const { table } = part;
const facts = factsOf(METRICS, {
  sources: [sourceObjectFacts(part)],
  missingPeriods: [{ period: '2024-01-06', reason: 'not listed' }],
});
const bytes = encodeSourceMonth(table, facts);

describe('a month file', () => {
  it('gives back rows, nulls and facts', async () => {
    const path = sourceMonthPath(folder, sourceSeries(METRICS), '2024-01');
    expect(path).toBe(join(folder, 'binance_metrics_parquet', 'XYZUSDT', '2024-01.parquet'));
    const written = await writeSourceMonth(path, table, facts);
    expect(written.bytes).toBe(bytes.length);
    const month = await readSourceMonth(path);
    expect(rowsOf(month.table)).toEqual(rowsOf(table));
    expect(month.facts).toEqual(facts);
    expect(await readSourceFacts(path)).toEqual(facts);
    expect(await findSourceFacts(join(folder, 'none.parquet'))).toBeNull();
    const nulls = rowsOf(month.table)[95]!;
    expect(Object.values(nulls).filter((value) => value === null)).toHaveLength(5);
  });

  it('has the same bytes every time, whichever way the sources are listed', () => {
    const second = { ...facts.sources[0]!, period: '2024-01-04', key: 'a' };
    const one = encodeSourceMonth(table, { ...facts, sources: [facts.sources[0]!, second] });
    const two = encodeSourceMonth(table, { ...facts, sources: [second, facts.sources[0]!] });
    expect(Buffer.from(one).equals(two)).toBe(true);
    expect(Buffer.from(encodeSourceMonth(table, facts)).equals(bytes)).toBe(true);
  });

  it('holds any nulls and numbers, of every kind', () => {
    for (const dataType of SOURCE_TYPES) {
      const schema = SOURCE_KINDS[dataType].schema('cm');
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 300 }),
          fc.infiniteStream(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
          (length, stream) => {
            // prettier-ignore
            const columns = schema.columns.map(({ name, type, whenNull }) => {
            const values = Float64Array.from({ length }, (_, row) => {
              if (type.startsWith('timestamp')) return Date.UTC(2024, 0, 1) + row * 60_000;
              const value = (stream.next().value as number | null | undefined) ?? null;
              if (value === null) return whenNull === null ? 1 : NaN;
              return type === 'int64' ? Math.round(value % 1e6) + 0 : value;
            });
            return [name, values] as const;
          });
            const any: SourceTable = { schema, length, columns: Object.fromEntries(columns) };
            const own = factsOf({ ...KLINES_1H, market: 'cm', dataType });
            expect(rowsOf(decodeSourceMonth(encodeSourceMonth(any, own), 'x').table)).toEqual(rowsOf(any));
          },
        ),
        { numRuns: 15 },
      );
    }
  });

  it('holds a column that is null throughout, its CRC-32 included', () => {
    const blank = new Float64Array(table.length).fill(NaN);
    const empty = { ...table, columns: { ...table.columns, count_long_short_ratio: blank } };
    expect(rowsOf(decodeSourceMonth(encodeSourceMonth(empty, facts), 'x').table)).toEqual(rowsOf(empty));
  });

  it('is published by the hook, or not at all', async () => {
    const path = join(folder, 'hook', 'a.parquet');
    let was: boolean | undefined;
    await writeSourceMonth(path, table, facts, (rename) => {
      was = existsSync(path);
      rename();
      expect(existsSync(path)).toBe(true);
    });
    expect(was).toBe(false);
    const before = await readFile(path);
    const refuse = (): void => {
      throw new Error('lease lost');
    };
    await expect(writeSourceMonth(path, table, { ...facts, missingPeriods: [] }, refuse)).rejects.toThrow(
      'lease lost',
    );
    await expect(writeSourceMonth(path, table, facts, () => undefined)).rejects.toThrow('was not published');
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(readdirSync(join(folder, 'hook'))).toEqual(['a.parquet']);
  });
});

describe('a file that is not a month file', () => {
  const codeOf = (content: Uint8Array): string => {
    try {
      decodeSourceMonth(content, 'some/path.parquet');
      return 'none';
    } catch (error) {
      if (!TapemillError.is(error)) throw error;
      expect(error.message).toContain('some/path.parquet');
      return error.code;
    }
  };

  it('is E_LAYER: cut off, garbage, or with a flipped bit', () => {
    for (let length = 0; length < bytes.length; length += 97)
      expect(codeOf(bytes.subarray(0, length))).toBe('E_LAYER');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (content) => codeOf(content) === 'E_LAYER'));
    const footer =
      bytes.length - 8 - new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
    for (let at = 40; at < footer; at += 101) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      // A page header holds what nobody needs; the rows are never other ones.
      if (codeOf(damaged) === 'none')
        expect(rowsOf(decodeSourceMonth(damaged, 'x').table)).toEqual(rowsOf(table));
      else expect(codeOf(damaged), `byte ${at}`).toBe('E_LAYER');
    }
  });

  it('is E_LAYER when its rows are not those of the month, in order', () => {
    const twisted = (edit: (time: Float64Array) => void): string => {
      const columns = { ...table.columns, time: table.columns['time']!.slice() };
      edit(columns.time);
      return codeOf(encodeSourceMonth({ ...table, columns }, facts));
    };
    expect(twisted(() => undefined)).toBe('none');
    expect(twisted((time) => time.reverse())).toBe('E_LAYER');
    expect(twisted((time) => (time[1] = time[0]!))).toBe('E_LAYER');
    expect(codeOf(encodeSourceMonth(table, { ...facts, period: '2024-02' }))).toBe('E_LAYER');
    expect(codeOf(encodeSourceMonth(table, { ...facts, period: '2023-12' }))).toBe('E_LAYER');
  });

  it('is E_LAYER of another version, type or with a strange account', () => {
    expect(codeOf(encodeSourceMonth(table, { ...facts, schemaVersion: 2 }))).toBe('E_LAYER');
    expect(codeOf(encodeSourceMonth(table, { ...facts, dataType: 'fundingRate' }))).toBe('E_LAYER');
    const account = { ...part.account, rows: -1 };
    const strange = { ...facts.sources[0]!, account };
    expect(codeOf(encodeSourceMonth(table, { ...facts, sources: [strange] }))).toBe('E_LAYER');
  });
});

describe('a month file in other hands', () => {
  const path = join(folder, 'others.parquet');
  const names = table.schema.columns.map(({ name }) => name);

  it('reads in DuckDB, nulls and key-values included', async () => {
    await writeFile(path, bytes);
    const database = await (await DuckDBInstance.create()).connect();
    const types = (await database.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`)).getRows();
    expect(types.map((row) => [row[0], row[1]])).toEqual(
      table.schema.columns.map(({ name, type }) => [
        name,
        { timestamp_ms: 'TIMESTAMP WITH TIME ZONE', timestamp_us: '', int64: 'BIGINT', double: 'DOUBLE' }[
          type
        ],
      ]),
    );
    const select = table.schema.columns.map(({ name, type }) =>
      type === 'timestamp_ms' ? `epoch_ms(${name})` : name,
    );
    const rows = (await database.runAndReadAll(`SELECT ${select.join(', ')} FROM '${path}'`)).getRows();
    expect(rows.map((row) => row.map((cell) => (cell === null ? null : Number(cell))))).toEqual(
      rowsOf(table).map((row) => Object.values(row)),
    );
    const keyValues = (
      await database.runAndReadAll(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${path}')`)
    ).getRows();
    expect(keyValues).toContainEqual(['tapemill.data_type', 'metrics']);
    database.closeSync();
  });

  it('reads in polars', async () => {
    await writeFile(path, bytes);
    const frame = polars.readParquet(path);
    expect(frame.shape).toEqual({ height: table.length, width: names.length });
    expect(frame.getColumn('sum_open_interest').nullCount()).toBe(1);
    expect(frame.getColumn('sum_open_interest').toArray()).toEqual(rowsOf(table).map((row) => row['sum_open_interest'])); // prettier-ignore
    expect(String(frame.getColumn('time').dtype)).toContain('Datetime(ms,UTC)');
  });
});
