import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { monthPath } from '../../src/layer/index.js';
import { parseFrequency } from '../../src/time/index.js';
import { parseFamilies } from '../../src/wide-table/index.js';
import { filesBelow, snapshot } from '../cli/run.js';
import { built, collected, factorFile } from './kit.js';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
let dataDir = '';
const path = (name: string): string => join(dataDir, 'final_dataset', name);

async function rowsOf(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(sql)).getRows();
}

/** Final files and the cache: all that a build leaves. */
const outputs = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(snapshot(folder)).filter(([name]) => name.startsWith('final_')));

beforeAll(async () => {
  dataDir = await collected(['2024-01-30', '2024-02-03'], { symbols: SYMBOLS });
  await built(dataDir, SYMBOLS);
});

describe('files', () => {
  it('CSV and Parquet of a symbol hold the same cells', async () => {
    const csv = `read_csv('${path('AAAUSDT_final.csv')}', header = true, all_varchar = true, nullstr = '')`;
    const parquet = `read_parquet('${path('AAAUSDT_final.parquet')}')`;
    const columns = await rowsOf(`DESCRIBE SELECT * FROM ${parquet}`);
    expect(columns.length).toBeGreaterThan(200);
    const header = readFileSync(path('AAAUSDT_final.csv'), 'utf8').split('\n', 1)[0]!.split(',');
    expect(columns.map(([name]) => name)).toEqual(header);
    const differs = columns.map(([name, type]) => {
      const cast = `CAST(c."${String(name)}" AS ${String(type)})`;
      return `count(*) FILTER (WHERE ${cast} IS DISTINCT FROM p."${String(name)}")::INTEGER`;
    });
    const [counts] = await rowsOf(
      `SET TimeZone = 'UTC'; SELECT count(*)::INTEGER, ${differs.join(', ')} FROM ${csv} c POSITIONAL JOIN ${parquet} p`,
    );
    expect(counts![0]).toBe(5 * 24);
    expect(counts!.slice(1).every((count) => count === 0)).toBe(true);
  });

  it('one file holds all symbols, by name and then by time', async () => {
    const all = `read_parquet('${join(dataDir, 'final_dataset_all.parquet')}')`;
    expect(await rowsOf(`SELECT symbol, count(*)::INTEGER FROM ${all} GROUP BY 1 ORDER BY 1`)).toEqual(
      SYMBOLS.map((symbol) => [symbol, 120]),
    );
    const own = SYMBOLS.map(
      (symbol) => `SELECT '${symbol}' AS s, * FROM read_parquet('${path(`${symbol}_final.parquet`)}')`,
    );
    const [[differing]] = (await rowsOf(
      `SELECT count(*)::INTEGER FROM (SELECT symbol, * EXCLUDE symbol FROM ${all} EXCEPT SELECT * FROM (${own.join(' UNION ALL ')}))`,
    )) as [[number]];
    expect(differing).toBe(0);
    const [[unsorted]] = (await rowsOf(
      `SELECT count(*)::INTEGER FROM (SELECT symbol || datetime AS k, lag(symbol || datetime) OVER () AS b FROM ${all}) WHERE k <= b`,
    )) as [[number]];
    expect(unsorted).toBe(0);
  });

  it('times are printed as pandas does, nulls are empty, flags 0 and 1', () => {
    const [header, first] = readFileSync(path('BBBUSDT_final.csv'), 'utf8').split('\n');
    const cells = Object.fromEntries(header!.split(',').map((name, i) => [name, first!.split(',')[i]]));
    expect(cells).toMatchObject({
      datetime: '2024-01-30 00:00:00+00:00',
      bar_end_time: '2024-01-30 01:00:00+00:00',
      feature_time: '2024-01-30 01:00:00.001000+00:00',
      gap_seconds: '',
      trade_allowed: '1',
      cs_universe_size: '3',
      triad_mark_close: '',
      dq_flags: '',
    });
  });

  it('summary and lock say what there is', () => {
    const lines = readFileSync(path('dataset_summary.csv'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      /^AAAUSDT,120,2024-01-30 00:00:00\+00:00,2024-02-03 23:00:00\+00:00,\d+,0,1,layer,1,/,
    );
    const lock = JSON.parse(readFileSync(path('dataset.lock'), 'utf8')) as {
      symbols: { inputs: { source: string; objects: number }[]; files: { csv: { bytes: number } } }[];
    };
    expect(lock.symbols[0]!.inputs.map(({ source }) => source)).toEqual([
      'aggTrades',
      'aggTrades',
      'metrics',
      'metrics',
    ]);
    expect(lock.symbols[0]!.files.csv.bytes).toBe(statSync(path('AAAUSDT_final.csv')).size);
  });
});

describe('again', () => {
  it('changes nothing, and after a file is lost makes only that one', async () => {
    const before = outputs(dataDir);
    const again = await built(dataDir, SYMBOLS);
    expect(again.symbols.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    rmSync(path('BBBUSDT_final.csv'));
    const third = await built(dataDir, SYMBOLS);
    expect(third.symbols.map(({ status }) => status)).toEqual(['unchanged', 'written', 'unchanged']);
    expect(outputs(dataDir)).toEqual(before);
  });

  it('gives the same bytes without its cache, and by threads', async () => {
    const before = outputs(dataDir);
    rmSync(join(dataDir, '_cache'), { recursive: true });
    rmSync(join(dataDir, 'final_dataset'), { recursive: true });
    await built(dataDir, SYMBOLS, { workers: 2 });
    expect(outputs(dataDir)).toEqual(before);
    expect(
      filesBelow(dataDir).filter((name) => name.endsWith('.tmp') || name.endsWith('-final_dataset.lock')),
    ).toEqual([]);
  });

  it('after another month was collected, has the bytes of a build of both', async () => {
    const before = outputs(dataDir);
    const months = SYMBOLS.map((symbol) => monthPath(dataDir, 'um', symbol, '2024-02'));
    rmSync(join(dataDir, '_cache'), { recursive: true });
    for (const month of months) renameSync(month, `${month}.away`);
    const { symbols } = await built(dataDir, SYMBOLS);
    expect(symbols[0]!.record.rows).toBe(48);
    const kept = statSync(join(dataDir, '_cache/wide/um_1h/AAAUSDT/2024-01.parquet')).mtimeMs;
    for (const month of months) renameSync(`${month}.away`, month);
    await built(dataDir, SYMBOLS);
    expect(outputs(dataDir)).toEqual(before);
    expect(statSync(join(dataDir, '_cache/wide/um_1h/AAAUSDT/2024-01.parquet')).mtimeMs).toBe(kept);
  });

  it('a damaged cached month is made again', async () => {
    const before = outputs(dataDir);
    const cached = filesBelow(join(dataDir, '_cache')).find((name) =>
      name.endsWith('AAAUSDT/2024-01.parquet'),
    )!;
    writeFileSync(join(dataDir, '_cache', cached), 'PAR1 nonsense');
    rmSync(path('AAAUSDT_final.parquet'));
    await built(dataDir, SYMBOLS);
    expect(outputs(dataDir)).toEqual(before);
  });
});

describe('range, families, symbols', () => {
  it('holds the families that are asked for, in the order of the table', async () => {
    const report = await built(dataDir, SYMBOLS, {
      families: parseFamilies(['orderflow', 'price', 'dumps']),
      frequency: parseFrequency('4h'),
    });
    expect([...new Set(report.columns.map(({ family }) => family))]).toEqual([
      'price',
      'dumps',
      'order-flow',
    ]);
    const header = readFileSync(join(dataDir, 'final_dataset_4h', 'AAAUSDT_final.csv'), 'utf8').split(
      '\n',
      1,
    )[0]!;
    expect(header).toMatch(/^datetime,open,.*vwap,dump_openInterest_openInterest_open,.*,at_/);
    expect(() => parseFamilies(['prise'])).toThrow(/expected families out of price/);
  });

  it('holds the symbols that are asked for: others go, one that is not collected is a failure', async () => {
    const report = await built(dataDir, ['AAAUSDT', 'NONEUSDT']);
    expect(report.exitStatus).toBe(3);
    expect(report.failures).toMatchObject([{ symbol: 'NONEUSDT', error: { code: 'E_NO_LAYER' } }]);
    expect(report.removed).toEqual(['BBBUSDT', 'CCCUSDT']);
    expect(filesBelow(join(dataDir, 'final_dataset'))).toEqual([
      ...['AAAUSDT_final.csv', 'AAAUSDT_final.parquet', 'dataset.lock', 'dataset_summary.csv'],
    ]);
    await expect(built(dataDir, ['NONEUSDT'])).rejects.toMatchObject({ code: 'E_NO_LAYER', exitStatus: 5 });
  });

  it('has user factors as its last columns, of all rows of a life at once', async () => {
    const factors = factorFile(`
      export const twice = { name: 'twice', inputs: ['close'], window: 1, unit: '1', formula: '2 close',
        compute: ({ close }) => close.map((x) => 2 * x) };
      export default [{ name: 'count', inputs: ['twice', 'metrics.sum_open_interest', 'layer.quote_volume'], unit: '1', formula: 'rows',
        compute: ({ twice }) => twice.map((_, i) => i) }];`);
    await built(dataDir, ['AAAUSDT'], { factorPaths: [factors] });
    const lines = readFileSync(path('AAAUSDT_final.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/,twice,count$/);
    expect(lines.at(-1)).toMatch(/,[\d.e-]+,119$/);
    const wrong =
      factorFile(`export default { name: 'x', inputs: ['nothing'], window: 1, unit: '1', formula: '',
      compute: ({ nothing }) => nothing };`);
    await expect(built(dataDir, ['AAAUSDT'], { factorPaths: [wrong] })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });
});
