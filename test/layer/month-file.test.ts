import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import polars from 'nodejs-polars';
import { afterAll, describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import {
  decodeMonth,
  encodeMonth,
  findLayerFacts,
  readLayerFacts,
  readMonth,
  writeMonth,
} from '../../src/layer/index.js';
import {
  MINUTE_COLUMN,
  MINUTE_COLUMNS,
  type MinuteBars,
  allocateMinuteBars,
} from '../../src/ticks/minute-bars.js';
import { MINUTE_MS } from '../../src/time/index.js';
import { minutesFrom, sampleBars, sampleFacts, sampleSource } from './sample.js';

const folder = mkdtempSync(join(tmpdir(), 'tapemill-layer-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const START = Date.UTC(2026, 3, 1);
const facts = sampleFacts();
const bars = sampleBars(minutesFrom(START, 3000));

function expectSameBits(found: MinuteBars, wanted: MinuteBars): void {
  expect(found.length).toBe(wanted.length);
  for (const name of MINUTE_COLUMNS) {
    const [a, b] = [found.columns[name], wanted.columns[name]].map((column) =>
      Buffer.from(column.slice().buffer),
    );
    expect(a!.equals(b!), name).toBe(true);
  }
}

describe('a month file', () => {
  it('gives back the same bits and facts', async () => {
    const path = join(folder, 'deep', 'er', '2026-04.parquet');
    const bytes = await writeMonth(path, bars, facts);
    const month = await readMonth(path);
    expect(bytes).toBeGreaterThan(10_000);
    expectSameBits(month.bars, bars);
    expect(month.facts).toEqual(facts);
  });

  it('gives back any columns of doubles and safe integers', () => {
    const column = (integers: boolean): fc.Arbitrary<number[]> =>
      fc.array(integers ? fc.maxSafeInteger() : fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: 40,
        maxLength: 40,
      });
    fc.assert(
      fc.property(
        column(true),
        column(false),
        fc.integer({ min: 0, max: 40 }),
        (integers, doubles, length) => {
          const any = allocateMinuteBars(length);
          MINUTE_COLUMNS.forEach((name, shift) => {
            const source = MINUTE_COLUMN[name].type === 'double' ? doubles : integers;
            // + 0 because an integer column has no -0
            const values = Float64Array.from({ length }, (_, row) => source[(row + shift) % 40]!);
            any.columns[name].set(name === 'minute' ? minutesFrom(START, length) : values);
            if (MINUTE_COLUMN[name].type !== 'double') any.columns[name].forEach((v, i, c) => (c[i] = v + 0));
          });
          expectSameBits(decodeMonth(encodeMonth(any, facts), 'x').bars, any);
        },
      ),
    );
  });

  it('reads from memory that is not aligned', () => {
    const bytes = encodeMonth(bars, facts);
    const shifted = Buffer.alloc(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expectSameBits(decodeMonth(shifted, 'x').bars, bars);
  });

  it('has the same bytes every time', () => {
    expect(Buffer.from(encodeMonth(bars, facts)).equals(encodeMonth(bars, facts))).toBe(true);
  });

  it('holds no bars as well as many', () => {
    expect(decodeMonth(encodeMonth(sampleBars([]), facts), 'x').bars.length).toBe(0);
  });

  it('refuses to write an integer column that holds something else', () => {
    const broken = sampleBars(minutesFrom(START, 3));
    broken.columns.trade_count[1] = 1.5;
    expect(() => encodeMonth(broken, facts)).toThrow('trade_count holds 1.5');
  });

  it('gives its facts from the footer alone, however long that is', async () => {
    const days = Array.from({ length: 30 }, (_, day) =>
      sampleSource(`2026-04-${String(day + 1).padStart(2, '0')}`),
    );
    const ranges = Array.from({ length: 1000 }, (_, i) => [i, i + 1] as const);
    const long = sampleFacts({
      sources: days.map((source) => ({
        ...source,
        account: { ...source.account, missingAggIdList: ranges },
      })),
    });
    const path = join(folder, 'long.parquet');
    expect(await writeMonth(path, bars, long)).toBeGreaterThan(200_000);
    expect(await readLayerFacts(path)).toEqual(long);
    expect(await findLayerFacts(join(folder, 'absent.parquet'))).toBeNull();
  });
});

describe('a file that is not a month file', () => {
  const whole = encodeMonth(bars, facts);
  const codeOf = (bytes: Uint8Array): string => {
    try {
      decodeMonth(bytes, 'some/path.parquet');
      return 'none';
    } catch (error) {
      if (!TapemillError.is(error)) throw error;
      expect(error.message).toContain('some/path.parquet');
      return error.code;
    }
  };

  it('is E_LAYER when cut off anywhere', () => {
    for (let length = 0; length < whole.length; length += 997)
      expect(codeOf(whole.subarray(0, length))).toBe('E_LAYER');
    expect(codeOf(whole.subarray(0, whole.length - 1))).toBe('E_LAYER');
  });

  it('is E_LAYER when it is garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(codeOf(bytes)).toBe('E_LAYER');
        expect(codeOf(Buffer.concat([bytes, whole.subarray(whole.length - 8)]))).toBe('E_LAYER');
      }),
    );
  });

  it('is E_LAYER when a bit of a page flips', () => {
    for (let at = 5000; at < 300_000; at += 4999) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x10;
      expect(codeOf(damaged), `byte ${at}`).toBe('E_LAYER');
    }
  });

  it('never yields other bars when any one byte of the footer is changed', () => {
    const footer =
      whole.length - 8 - new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 8, true);
    for (let at = footer; at < whole.length; at += 13) {
      const damaged = whole.slice();
      damaged[at]! ^= 0x55;
      if (codeOf(damaged) === 'none') expectSameBits(decodeMonth(damaged, 'some/path.parquet').bars, bars);
    }
  });

  it('is E_LAYER when its footer is the file of somebody else', async () => {
    const path = join(folder, 'foreign.parquet');
    const database = await (await DuckDBInstance.create()).connect();
    await database.run(`COPY (SELECT 1 AS minute) TO '${path}' (FORMAT parquet)`);
    database.closeSync();
    await expect(readLayerFacts(path)).rejects.toMatchObject({ code: 'E_LAYER' });
    writeFileSync(path, 'PAR1 but not more');
    await expect(readLayerFacts(path)).rejects.toMatchObject({ code: 'E_LAYER' });
    writeFileSync(path, '');
    await expect(readLayerFacts(path)).rejects.toMatchObject({ code: 'E_LAYER' });
  });

  it.each([
    ['twice the same minute', [START, START]],
    ['descending', [START + MINUTE_MS, START]],
    ['not whole', [START + 1]],
    ['of the month before', [START - MINUTE_MS]],
    ['of the month after', [START, Date.UTC(2026, 4, 1)]],
  ])('is E_LAYER when its minutes are %s', (_, minutes) => {
    expect(codeOf(encodeMonth(sampleBars(minutes), facts))).toBe('E_LAYER');
  });

  it('is E_IO when it cannot be opened', async () => {
    await expect(readMonth(join(folder, 'absent.parquet'))).rejects.toMatchObject({ code: 'E_IO' });
  });
});

describe('a month file in other hands', () => {
  it('has the right types, values and key-values in DuckDB', async () => {
    const path = join(folder, 'duck.parquet');
    await writeMonth(path, bars, facts);
    const database = await (await DuckDBInstance.create()).connect();
    const types = await database.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
    const wanted = {
      timestamp_ms: 'TIMESTAMP WITH TIME ZONE',
      timestamp_us: 'TIMESTAMP WITH TIME ZONE',
      int64: 'BIGINT',
      double: 'DOUBLE',
    };
    expect(types.getRows().map((row) => [row[0], row[1]])).toEqual(
      MINUTE_COLUMNS.map((name) => [name, wanted[MINUTE_COLUMN[name].type]]),
    );

    const times = ['minute', 'first_ts', 'last_ts'];
    const select = MINUTE_COLUMNS.map((name) => (times.includes(name) ? `epoch_us(${name})` : name)).join(
      ', ',
    );
    const rows = (await database.runAndReadAll(`SELECT ${select} FROM '${path}'`)).getRows();
    expect(rows.length).toBe(bars.length);
    rows.forEach((row, index) => {
      const found = row.map((cell, column) => Number(cell) / (column === 0 ? 1000 : 1));
      if (found.some((value, column) => value !== bars.columns[MINUTE_COLUMNS[column]!][index])) {
        expect(found).toEqual(MINUTE_COLUMNS.map((name) => bars.columns[name][index]));
      }
    });

    const nulls = await database.runAndReadAll(
      `SELECT count(*) FROM parquet_schema('${path}') WHERE repetition_type = 'REQUIRED' AND type IS NOT NULL`,
    );
    expect(Number(nulls.getRows()[0]![0])).toBe(MINUTE_COLUMNS.length);
    const keyValues = await database.runAndReadAll(
      `SELECT decode(key), decode(value) FROM parquet_kv_metadata('${path}')`,
    );
    expect(keyValues.getRows()).toContainEqual(['tapemill.symbol', 'BTCUSDT']);
    expect(keyValues.getRows()).toContainEqual([
      'tapemill.thresholds',
      '{"whaleUsd":50000,"retailUsd":1000}',
    ]);
    const pruned = await database.runAndReadAll(
      `SELECT count(*) FROM '${path}' WHERE minute < TIMESTAMPTZ '2026-04-01 01:00:00+00'`,
    );
    expect(Number(pruned.getRows()[0]![0])).toBe(60);
    database.closeSync();
  });

  const python = (code: string): string =>
    execFileSync('python3', ['-c', code], { encoding: 'utf8', stdio: 'pipe' }).trim();
  const hasPython = (modules: string): boolean => {
    try {
      python(`import ${modules}`);
      return true;
    } catch {
      return false;
    }
  };

  it.skipIf(!hasPython('pandas, pyarrow'))(
    'reads in pandas (needs python3 with pandas and pyarrow)',
    async () => {
      const path = join(folder, 'pandas.parquet');
      await writeMonth(path, bars, facts);
      const told = python(
        `import pandas as pd; d = pd.read_parquet(${JSON.stringify(path)}); print(len(d), d.minute.dtype, d.first_ts.dtype, d.trade_count.dtype, d.trade_count.sum())`,
      );
      const trades = bars.columns.trade_count.reduce((sum, value) => sum + value, 0);
      expect(told).toBe(`3000 datetime64[ms, UTC] datetime64[us, UTC] int64 ${trades}`);
    },
  );

  it('reads in polars', async () => {
    const path = join(folder, 'polars.parquet');
    await writeMonth(path, bars, facts);
    const frame = polars.readParquet(path);
    expect(frame.shape).toEqual({ height: bars.length, width: MINUTE_COLUMNS.length });
    const wanted = {
      timestamp_ms: 'Datetime(ms,UTC)',
      timestamp_us: 'Datetime(us,UTC)',
      int64: 'Int64',
      double: 'Float64',
    };
    for (const name of MINUTE_COLUMNS) {
      const { type } = MINUTE_COLUMN[name];
      const column = frame.getColumn(name);
      expect(`${name} ${String(column.dtype)}`).toContain(wanted[type]);
      expect(column.nullCount()).toBe(0);
      if (type === 'double') expect(column.toArray()).toEqual(Array.from(bars.columns[name]));
      if (type === 'int64') expect(column.toArray().map(Number)).toEqual(Array.from(bars.columns[name]));
    }
  });
});
