import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import {
  type ExportFormat,
  type ExportRequest,
  type ExportResult,
  exportDataset,
  parseLabels,
  parseSplit,
} from '../../src/exports/index.js';
import { HOUR, HOUR_MS } from '../../src/time/index.js';
import { datasetPaths } from '../../src/wide-table/paths.js';
import {
  type FixtureTable,
  T0,
  hour,
  range,
  realTables,
  tableOf,
  tempFolder,
  writeWideTable,
} from './wide-fixture.js';

const NONE = { symbols: [], columns: null, labels: [], split: null, fill: null, validOnly: false } as const;

async function run(
  dataDir: string,
  format: ExportFormat,
  more: Partial<ExportRequest> = {},
): Promise<ExportResult> {
  return await exportDataset({
    dataDir,
    market: 'um',
    frequency: HOUR,
    out: join(dataDir, 'out'),
    ...NONE,
    format,
    ...more,
  });
}

/** Two symbols over three days; B has a hole, and every fifth row is not valid. */
function smallTables(): FixtureTable[] {
  const columns = {
    close: (n: number): number => 100 + ((n * 7) % 13),
    funding_rate: (n: number): number => (n % 3 === 0 ? n / 1000 : NaN),
    bar_end_time: (n: number): number => hour(n + 1),
    feature_time: (n: number): number => hour(n + 1) + 1,
    is_valid_for_training: (n: number): number => Number(n % 5 !== 0),
    my_factor: (n: number): number => n ** 20 * 1e-7,
  };
  return [
    tableOf('AUSDT', range(0, 72), columns),
    tableOf('BUSDT', [...range(10, 30), ...range(40, 72)], columns),
  ];
}

/** Spoils the first values of BUSDT; its footer stays good. */
async function damage(dataDir: string): Promise<void> {
  const path = join(datasetPaths(dataDir, 'um', '1h').folder, 'BUSDT_final.parquet');
  const bytes = await readFile(path);
  const hash = (): string => createHash('sha256').update(bytes).digest('hex');
  const before = hash();
  bytes[200]! ^= 0xff;
  await writeFile(path, bytes);
  // As a build would say that wrote such a file: else it is refused before anything is read.
  const { lock } = datasetPaths(dataDir, 'um', '1h');
  await writeFile(lock, (await readFile(lock, 'utf8')).replace(before, hash()));
}

async function rowsOf(path: string): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({ file: await asyncBufferFromFile(path) });
}

async function bytesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const hashes = await Promise.all(
    files.sort().map(async (path) => {
      const hash = createHash('sha256').update(await readFile(path));
      return [path.slice(folder.length + 1), hash.digest('hex')] as const;
    }),
  );
  return new Map(hashes);
}

describe('tables', () => {
  it('hold every value of every family, symbol by symbol, in Parquet that others read', async () => {
    const dataDir = await tempFolder();
    const tables = realTables(['AUSDT', 'BUSDT'], 3);
    await writeWideTable(dataDir, tables, { groupRows: 17 });
    const { folder } = await run(dataDir, 'parquet');
    const rows = await rowsOf(join(folder, 'data.parquet'));
    const expected = tables.flatMap(({ symbol, minute, columns }) =>
      Array.from(minute, (at, row) => ({ at, symbol, row, columns })),
    );
    expect(rows).toHaveLength(expected.length);
    expected.forEach(({ at, symbol, row, columns }, i) => {
      expect(rows[i]).toMatchObject({ datetime: new Date(at), symbol });
      for (const [name, values] of Object.entries(columns)) {
        const cell = rows[i]![name];
        const found = cell instanceof Date ? cell.getTime() : typeof cell === 'bigint' ? Number(cell) : cell;
        if (!Object.is(found ?? NaN, values[row])) {
          expect.fail(`${symbol} ${name}[${row}]: ${String(found)}, expected ${values[row]}`);
        }
      }
    });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const path = join(folder, 'data.parquet');
    const answer = await connection.runAndReadAll(
      `SELECT symbol, count(*)::INT AS n, count(funding_rate)::INT AS rates, typeof(any_value(datetime)) AS time,
       typeof(any_value(is_stable)) AS flag FROM '${path}' GROUP BY symbol ORDER BY symbol`,
    );
    expect(answer.getRowObjects()).toEqual(
      tables.map(({ symbol, minute, columns }) => ({
        symbol,
        n: minute.length,
        rates: columns['funding_rate']!.filter((value) => !Number.isNaN(value)).length,
        time: 'TIMESTAMP WITH TIME ZONE',
        flag: 'BIGINT',
      })),
    );
    connection.closeSync();
  });

  it('print CSV as the final files do', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    const { folder } = await run(dataDir, 'csv', {
      symbols: ['BUSDT'],
      columns: ['feature_time', 'c*', 'f*', 'is_valid*', 'my_*'],
      labels: parseLabels('ret:1h', HOUR),
    });
    const lines = (await readFile(join(folder, 'data.csv'), 'utf8')).split('\n');
    expect(lines[0]).toBe(
      'datetime,symbol,close,funding_rate,feature_time,is_valid_for_training,my_factor,y_ret_1h',
    );
    expect(lines[1]).toBe(
      `2026-01-05 10:00:00+00:00,BUSDT,105,,2026-01-05 11:00:00.001000+00:00,0,10000000000000,${112 / 105 - 1}`,
    );
    // The bar after 05:00 of the next day is missing.
    expect(lines[20]).toMatch(/^2026-01-06 05:00:00\+00:00,.*,$/);
    expect(lines).toHaveLength(52 + 2);
  });

  it('split with labels of rows that are dropped, purged and counted', async () => {
    const dataDir = await tempFolder();
    const [a, b] = smallTables();
    await writeWideTable(dataDir, [a!, b!], { groupRows: 25 });
    const { folder, manifest } = await run(dataDir, 'parquet', {
      labels: parseLabels('ret:1h,4h', HOUR),
      split: parseSplit('2026-01-06,2026-01-07'),
      validOnly: true,
    });
    const parts = Object.fromEntries(
      await Promise.all(
        ['train', 'valid', 'test'].map(
          async (name) => [name, await rowsOf(join(folder, `${name}.parquet`))] as const,
        ),
      ),
    );
    const all = Object.values(parts).flat();
    expect(manifest.rows).toMatchObject({
      read: 124,
      not_valid: 124 - [...a!.minute, ...b!.minute].filter((t) => ((t - T0) / HOUR_MS) % 5 !== 0).length,
      exported: all.length,
    });
    expect(manifest.rows.read).toBe(manifest.rows.exported + manifest.rows.not_valid + manifest.rows.purged);
    expect(manifest.rows.parts.map(({ name, rows }) => [name, rows])).toEqual(
      ['train', 'valid', 'test'].map((name) => [name, parts[name]!.length]),
    );
    expect(manifest.rows.purged).toBeGreaterThan(0);
    const close = a!.columns['close']!;
    for (const [name, from, before] of [
      ['train', 0, 20],
      ['valid', 24, 44],
      ['test', 48, 72],
    ] as const) {
      const numbers = parts[name]!.filter(({ symbol }) => symbol === 'AUSDT').map(
        ({ datetime }) => ((datetime as Date).getTime() - T0) / HOUR_MS,
      );
      expect(numbers).toEqual(range(from, before).filter((n) => n % 5 !== 0));
    }
    // Hour 4 comes before one that is not valid: its label knows that row's price all the same.
    expect(parts['train']!.find(({ datetime }) => (datetime as Date).getTime() === hour(4))).toMatchObject({
      y_ret_1h: close[5]! / close[4]! - 1,
      y_ret_4h: close[8]! / close[4]! - 1,
    });
    expect(Object.keys(all[0]!).slice(-2)).toEqual(['y_ret_1h', 'y_ret_4h']);
    expect(manifest.labels).toEqual(['y_ret_1h', 'y_ret_4h']);
    expect(manifest.columns.filter(({ role }) => role === 'label').map(({ name }) => name)).toEqual(
      manifest.labels,
    );
  });

  it('fill features within a symbol, before rows are dropped, and no labels', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables(), { groupRows: 7 });
    const { folder, manifest } = await run(dataDir, 'parquet', {
      fill: { maxBars: 1 },
      validOnly: true,
      labels: parseLabels('ret:1h', HOUR),
    });
    const rows = await rowsOf(join(folder, 'data.parquet'));
    for (const { datetime, symbol, funding_rate: rate } of rows) {
      const n = ((datetime as Date).getTime() - T0) / HOUR_MS;
      const isFirst = symbol === 'BUSDT' && (n === 10 || n === 40);
      const expected = n % 3 === 0 ? n / 1000 : n % 3 === 1 && !isFirst ? (n - 1) / 1000 : null;
      expect([symbol, n, rate]).toEqual([symbol, n, expected]);
    }
    expect(rows.at(-1)!['y_ret_1h']).toBeNull();
    expect(manifest.imputed_cells).toBeGreaterThan(0);
    const imputed = manifest.columns.filter((column) => column.imputed).map(({ name }) => name);
    expect(imputed).toEqual(['close', 'funding_rate', 'my_factor']);
  });
});

describe('folder', () => {
  it.each(['parquet', 'csv', 'qlib'] as const)(
    'of %s has the same bytes each time, and the hashes it says',
    async (format) => {
      const dataDir = await tempFolder();
      await writeWideTable(dataDir, smallTables());
      const options = { labels: parseLabels('logret:1h', HOUR), split: parseSplit('2026-01-06') };
      const { folder, manifest } = await run(dataDir, format, options);
      const first = await bytesOf(folder);
      await run(dataDir, format, options);
      expect(await bytesOf(folder)).toEqual(first);
      expect(new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]))).toEqual(
        new Map([...first].filter(([name]) => name !== 'manifest.json')),
      );
      expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
      const { lock } = datasetPaths(dataDir, 'um', '1h');
      expect(await readFile(join(folder, 'dataset.lock'))).toEqual(await readFile(lock));
      expect(manifest.source.lock_sha256).toBe(first.get('dataset.lock'));
      expect(JSON.stringify(manifest)).not.toContain(dirname(dataDir));
    },
  );

  it('goes to exports/ of the data folder when none is named', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    expect((await run(dataDir, 'csv', { out: null })).folder).toBe(join(dataDir, 'exports', 'um_1h_csv'));
  });

  it('is replaced by an export of another kind, and nothing of the old one stays', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    await run(dataDir, 'qlib');
    await run(dataDir, 'csv');
    expect([...(await bytesOf(join(dataDir, 'out'))).keys()]).toEqual([
      'data.csv',
      'dataset.lock',
      'manifest.json',
    ]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('stays as it was when the new one fails half way, and nothing else stays', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    await run(dataDir, 'parquet');
    const before = await bytesOf(join(dataDir, 'out'));
    await damage(dataDir);
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_DATASET' });
    expect(await bytesOf(join(dataDir, 'out'))).toEqual(before);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each(['notes.txt', 'features/btcusdt/mine.bin'])('is refused when it holds %s', async (name) => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    const stranger = join(dataDir, 'out', ...name.split('/'));
    await mkdir(dirname(stranger), { recursive: true });
    await writeFile(stranger, 'mine');
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_USAGE' });
    await rm(join(dataDir, 'out'), { recursive: true });
    await run(dataDir, 'csv');
    await mkdir(dirname(stranger), { recursive: true });
    await writeFile(stranger, 'mine');
    await expect(run(dataDir, 'csv')).rejects.toThrow(name);
    expect(await readFile(stranger, 'utf8')).toBe('mine');
  });

  it('may be a link to a folder, which stays one', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    await mkdir(join(dataDir, 'elsewhere'));
    await symlink(join(dataDir, 'elsewhere'), join(dataDir, 'out'));
    await run(dataDir, 'csv');
    expect(await readdir(join(dataDir, 'elsewhere'))).toContain('data.csv');
  });

  it('is put back when a process was killed between the two renamings', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    const { hostname } = await import('node:os');
    const host = hostname().replace(/[^A-Za-z0-9]+/g, '_');
    // No process has this number: it is beyond what systems give.
    const left = (kind: string): string =>
      join(dataDir, `.out.tapemill-${host}-99999999-0123456789ab.${kind}`);
    await run(dataDir, 'csv', { out: left('old') });
    await mkdir(left('new'));
    await damage(dataDir);
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_DATASET' });
    expect(await readdir(join(dataDir, 'out'))).toContain('data.csv');
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('refusals', () => {
  it('say what is missing', async () => {
    const dataDir = await tempFolder();
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_NO_DATASET', exitStatus: 5 });
    await writeWideTable(dataDir, smallTables());
    await expect(run(dataDir, 'csv', { symbols: ['CUSDT'] })).rejects.toThrow(
      /no CUSDT.*near are AUSDT, BUSDT/,
    );
    await expect(run(dataDir, 'csv', { columns: ['clsoe'] })).rejects.toThrow(/near are close/);
    await rm(datasetPaths(dataDir, 'um', '1h').lock);
    await expect(run(dataDir, 'csv')).rejects.toThrow(/holds no finished wide table/);
  });

  it('want the columns that options need', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, [tableOf('AUSDT', range(0, 5), { open: (n) => n, y_mine: (n) => n })]);
    await expect(run(dataDir, 'csv', { validOnly: true })).rejects.toThrow(/is_valid_for_training/);
    await expect(run(dataDir, 'csv', { labels: parseLabels('ret:1h', HOUR) })).rejects.toThrow(
      /column close/,
    );
  });

  it('let no feature look like a label', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, [tableOf('AUSDT', range(0, 5), { close: (n) => n + 1, y_mine: (n) => n })]);
    const labels = parseLabels('ret:1h', HOUR);
    await expect(run(dataDir, 'csv', { labels })).rejects.toThrow(/y_mine/);
    await run(dataDir, 'csv', { labels, columns: ['close'] });
    await run(dataDir, 'csv');
  });

  it('notice a lock that is none, and files that are not those of the lock', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, smallTables());
    const { lock, folder } = datasetPaths(dataDir, 'um', '1h');
    const said = await readFile(lock, 'utf8');
    for (const wrong of [
      '{"schema_ver',
      'null',
      said.replace(/"schema_version":\d+/, '"schema_version":0'),
    ]) {
      await writeFile(lock, wrong);
      await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_DATASET', exitStatus: 4 });
    }
    await writeFile(lock, said);
    const path = join(folder, 'AUSDT_final.parquet');
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
    await expect(run(dataDir, 'csv')).rejects.toThrow(/AUSDT_final.parquet is not what the build wrote/);
    await run(dataDir, 'csv', { symbols: ['BUSDT'] });
    await rm(path);
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_DATASET' });
  });

  it('notice symbols of different columns, and files that are none', async () => {
    const dataDir = await tempFolder();
    await writeWideTable(dataDir, [
      tableOf('AUSDT', range(0, 5), { close: (n) => n }),
      tableOf('BUSDT', range(0, 5), { open: (n) => n }),
    ]);
    await expect(run(dataDir, 'csv')).rejects.toThrow(/BUSDT.*other columns than .*AUSDT/);
    await writeFile(join(datasetPaths(dataDir, 'um', '1h').folder, 'BUSDT_final.parquet'), 'x');
    await expect(run(dataDir, 'csv')).rejects.toMatchObject({ code: 'E_DATASET', exitStatus: 4 });
  });
});
