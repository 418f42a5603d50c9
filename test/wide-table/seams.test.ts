import { readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportDataset } from '../../src/exports/index.js';
import { type FactorTable } from '../../src/factors/index.js';
import { importTardis } from '../../src/imports/index.js';
import { monthPath, readMonth, sliceToSpan, writeMonth } from '../../src/layer/index.js';
import { DAY_MS, HOUR, formatIso, parseRange } from '../../src/time/index.js';
import { describeDataset, parseFamilies } from '../../src/wide-table/index.js';
import { finalRows } from '../../src/wide-table/final-rows.js';
import { concatTables } from '../../src/wide-table/inputs/index.js';
import { loadColumns } from '../../src/wide-table/mill.js';
import { makeSection } from '../../src/wide-table/section.js';
import { planAndSlim } from '../../src/wide-table/slim.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { snapshot, tapemill, temporaryFolder } from '../cli/run.js';
import { LIQUIDATION_HEADER, csv, eventLine, put, tardisName } from '../imports/fixture.js';
import { built, checked, factorFile } from './kit.js';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT'];
let dataDir = '';
let archive = '';
const FACTOR = (
  formula: string,
): string => `export default { name: 'mine', unit: 'bp', formula: '${formula}', window: 3,
  inputs: ['returns_1h', 'layer.quote_volume'], compute: ({ returns_1h: x }) => x.map((_, i) => (i < 2 ? NaN : ${formula})) };`;
const factorPath = factorFile(FACTOR('x[i] + x[i - 2]'));

async function importLiquidations(days: readonly number[]): Promise<void> {
  const folder = temporaryFolder();
  for (const [i, at] of days.entries()) {
    const ts = at * 1000;
    const lines = [60, 7200, 9000].map((s) =>
      eventLine(
        { ts: ts + s * 1e6, side: s % 7200 === 0 ? 'buy' : 'sell', price: 90 + i, amount: 1 + (s % 7) },
        'AAAUSDT',
      ),
    );
    const name = tardisName('liquidations', formatIso(at).slice(0, 10), 'AAAUSDT');
    put(folder, name, gzipSync(csv(LIQUIDATION_HEADER, lines)));
  }
  await importTardis('liquidations', { path: folder, dataDir, range: null, symbols: null });
}

async function rowsOf(factorPaths: readonly string[], pieceRows: number): Promise<FactorTable> {
  const { spec } = await built(dataDir, SYMBOLS, { factorPaths });
  const { columns, factors } = await loadColumns(spec);
  const plans = await Promise.all(SYMBOLS.map((symbol) => planAndSlim(spec, symbol)));
  const section = await makeSection(spec, plans);
  const names = columns.map(({ name }) => name).slice(0, columns.length - factors.length);
  const parts: FactorTable[] = [];
  for await (const part of finalRows({ spec, plan: plans[0]!, section, pieceRows }, names, factors))
    parts.push(part);
  if (pieceRows === 1) expect(parts.length).toBeGreaterThan(2);
  return concatTables(parts)!;
}

const header = (symbol = 'AAAUSDT'): string[] => lines(symbol)[0]!.split(',');
const lines = (symbol: string): string[] =>
  readFileSync(join(dataDir, 'final_dataset', `${symbol}_final.csv`), 'utf8')
    .trimEnd()
    .split('\n');
const columnsOf = (symbol: string): Record<string, string[]> => {
  const rows = lines(symbol)
    .slice(1)
    .map((line) => line.split(','));
  return Object.fromEntries(header(symbol).map((name, i) => [name, rows.map((cells) => cells[i]!)]));
};
const exported = (own: { readonly symbols?: readonly string[] } = {}): ReturnType<typeof exportDataset> =>
  exportDataset({
    ...{ dataDir, market: 'um', frequency: HOUR, format: 'csv', out: join(dataDir, 'out'), symbols: [] },
    ...{ columns: ['close', 'mine'], labels: [], split: null, fill: null, validOnly: false },
    ...own,
  });

beforeAll(async () => {
  const simulated = await archiveOf('2024-01', '2024-03-20', {
    ...{ sources: ['aggTrades', 'fundingRate', 'metrics'], ticksPerMonth: 900, symbols: SYMBOLS },
  });
  archive = simulated.outDir;
  dataDir = temporaryFolder();
  await collectRun({ archive, dataDir, symbols: SYMBOLS, dataTypes: ['aggTrades', 'metrics'] });
  await importLiquidations([0, 1, 20, 33, 50, 76].map((day) => Date.UTC(2024, 0, 2) + day * DAY_MS));
});

describe('seams that show in no value', () => {
  it('pieces: months one by one, with the rows before them, equal all at once', async () => {
    const [piece, whole] = [await rowsOf([factorPath], 1), await rowsOf([factorPath], Infinity)];
    expect(
      piece.names.filter((name) => piece.columns[name]!.some((x) => !Number.isNaN(x))).length,
    ).toBeGreaterThan(180);
    expect(piece).toEqual(whole);
    const liquidated = whole.columns['liquidation_long_vol_sum']!;
    expect(liquidated.reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : x), 0)).toBeGreaterThan(0);
  });

  it('a later start: the same rows as of all', async () => {
    await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    const whole = columnsOf('AAAUSDT');
    const { spec } = await built(dataDir, SYMBOLS, {
      factorPaths: [factorPath],
      range: parseRange('2024-03-16', '2024-03-18'),
    });
    expect(spec.leadInMs).toBe(Date.UTC(2024, 0, 1));
    const part = columnsOf('AAAUSDT');
    for (const [name, cells] of Object.entries(part)) {
      const from = whole['datetime']!.indexOf('2024-03-16 00:00:00+00:00');
      expect([name, ...cells]).toEqual([name, ...whole[name]!.slice(from, from + 72)]);
    }
  });
});

describe('what changes, and only that, is made again', () => {
  const kept = (symbol: string): Record<string, number> =>
    Object.fromEntries(
      readdirSync(join(dataDir, '_cache/wide/um_1h', symbol))
        .filter((name) => /^\d{4}-\d\d\.parquet$/.test(name))
        .map((name) => [name, statSync(join(dataDir, '_cache/wide/um_1h', symbol, name)).mtimeMs]),
    );
  const statuses = async (factorPaths: readonly string[]): Promise<string[]> =>
    (await built(dataDir, SYMBOLS, { factorPaths })).symbols.map(({ status }) => status);

  it('a source that is collected later', async () => {
    await statuses([factorPath]);
    const [before, other, months] = [columnsOf('AAAUSDT'), columnsOf('BBBUSDT'), kept('AAAUSDT')];
    expect(before['funding_rate']!.every((cell) => cell === '')).toBe(true);
    await collectRun({ archive, dataDir, symbols: ['AAAUSDT'], dataTypes: ['fundingRate'] });
    await expect(exported()).rejects.toMatchObject({ code: 'E_DATASET', exitStatus: 4 });
    await expect(exported()).rejects.toThrow(
      /fundingRate 2024-01 was collected for AAAUSDT since the table was built; run "tapemill dataset build" again/,
    );
    await expect(checked(dataDir)).rejects.toThrow(/fundingRate 2024-01 was collected for AAAUSDT/);
    expect(await statuses([factorPath])).toEqual(['written', 'written']);
    const after = columnsOf('AAAUSDT');
    const changed = (a: Record<string, string[]>, b: Record<string, string[]>): string[] =>
      Object.keys(a).filter((name) => a[name]!.join() !== b[name]!.join());
    expect(changed(before, after)).toEqual([
      ...['funding_rate', 'funding_interval_hours', 'funding_annualized', 'funding_delta', 'arb_pressure'],
      ...['hours_to_funding', 'funding_age_s', 'funding_pressure'],
    ]);
    expect(after['funding_rate']!.filter((cell) => cell !== '').length).toBeGreaterThan(1400);
    // The other has no rate, so no pressure either; its file is made again for the median beside it.
    expect(changed(other, columnsOf('BBBUSDT'))).toEqual([]);
    expect(kept('AAAUSDT')).toEqual(months);
    expect(await statuses([factorPath])).toEqual(['unchanged', 'unchanged']);
  });

  it('liquidations that are imported later, and an audit', async () => {
    await importLiquidations([Date.UTC(2024, 1, 10)]);
    await expect(exported()).rejects.toThrow(/its liquidations changed for AAAUSDT/);
    await expect(checked(dataDir)).rejects.toThrow(/its liquidations changed for AAAUSDT/);
    await exported({ symbols: ['BBBUSDT'] });
    expect(await statuses([factorPath])).toEqual(['written', 'unchanged']);
    const at = columnsOf('AAAUSDT')['datetime']!.indexOf('2024-02-10 00:00:00+00:00');
    expect(columnsOf('AAAUSDT')['liquidation_covered']![at]).toBe('1');
  });

  it('thresholds of the layer', async () => {
    const months = kept('BBBUSDT');
    for (const key of ['2024-01', '2024-02', '2024-03']) {
      const path = monthPath(dataDir, 'um', 'BBBUSDT', key);
      const { bars, facts } = await readMonth(path);
      await writeMonth(path, bars, { ...facts, thresholds: { ...facts.thresholds, whaleUsd: 123_456 } });
    }
    await expect(exported()).rejects.toThrow(/aggTrades 2024-01 changed for BBBUSDT/);
    await statuses([factorPath]);
    expect(Object.entries(kept('BBBUSDT')).every(([name, time]) => time > months[name]!)).toBe(true);
    const path = monthPath(dataDir, 'um', 'BBBUSDT', '2024-02');
    const { bars, facts } = await readMonth(path);
    await writeMonth(path, bars, { ...facts, thresholds: { ...facts.thresholds, whaleUsd: 1 } });
    const { failures, symbols, exitStatus, removed } = await built(dataDir, SYMBOLS, {
      factorPaths: [factorPath],
    });
    expect(exitStatus).toBe(3);
    expect(failures).toMatchObject([{ symbol: 'BBBUSDT', error: { code: 'E_LAYER' } }]);
    expect(failures[0]!.error.message).toMatch(/2024-02.parquet holds whale ≥ 1,.*expected whale ≥ 123456/);
    expect([symbols.length, removed]).toEqual([1, ['BBBUSDT']]);
    await writeMonth(path, bars, facts);
    await statuses([factorPath]);
  });

  it('a month that ends otherwise: the quiet minutes that the next one begins with too', async () => {
    const path = monthPath(dataDir, 'um', 'BBBUSDT', '2024-01');
    const { bars, facts } = await readMonth(path);
    const until = { startMs: 0, endMs: Date.UTC(2024, 0, 31, 12) };
    const [first, ...others] = facts.sources;
    const sources = [{ ...first!, sha256: '0'.repeat(64) }, ...others];
    await writeMonth(path, sliceToSpan(bars, until), { ...facts, sources });
    const before = columnsOf('BBBUSDT');
    await statuses([factorPath]);
    const after = columnsOf('BBBUSDT');
    const at = before['datetime']!.indexOf('2024-02-01 00:00:00+00:00');
    expect(after['open']![at]).not.toBe(before['open']![at]);
    expect(after['open']![at]).toBe(after['close']![at - 1]);
    await writeMonth(path, bars, facts);
    await statuses([factorPath]);
    expect(columnsOf('BBBUSDT')).toEqual(before);
  });

  it('families', async () => {
    const { symbols } = await built(dataDir, SYMBOLS, { families: ['price'] });
    expect([...symbols.map(({ status }) => status), header().join()]).toEqual([
      ...['written', 'written', 'datetime,open,high,low,close,volume,quote_volume,vwap'],
    ]);
    await statuses([factorPath]);
  });
});

describe('user factors', () => {
  it('carry unit and formula into the lock, describe, the manifest and the report', async () => {
    const { manifest } = await exported();
    expect(manifest.columns.at(-1)).toMatchObject({
      name: 'mine',
      unit: 'bp',
      meaning: 'x[i] + x[i - 2]',
      family: 'user',
    });
    const { columns } = await describeDataset(dataDir, 'um', HOUR);
    expect(columns.at(-1)).toMatchObject({
      name: 'mine',
      unit: 'bp',
      family: 'factors',
      window: '3 rows ending with this one',
    });
    const args = [
      '--columns',
      'mine,close',
      '--data-dir',
      dataDir,
      '--json',
      '--html',
      join(dataDir, 'report.html'),
    ];
    const { stdout } = await tapemill('dataset', 'report', ...args);
    expect(JSON.parse(stdout)).toMatchObject({
      columns: [{ unit: 'quote/base' }, { unit: 'bp', meaning: 'x[i] + x[i - 2]' }],
    });
  });

  it('that were edited since make the table stale; described are those that it has', async () => {
    writeFileSync(factorPath, FACTOR('x[i] - x[i - 2]'));
    await expect(exported()).rejects.toThrow(/own.mjs changed since the table was built/);
    const { columns } = await describeDataset(dataDir, 'um', HOUR);
    expect(columns.at(-1)).toMatchObject({ formula: 'x[i] + x[i - 2]' });
    const { status, stderr } = await tapemill('dataset', 'check', '--leaks', '--data-dir', dataDir);
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/own.mjs, or what it imports, changed since/),
    ]);
    rmSync(factorPath);
    await exported();
    writeFileSync(factorPath, FACTOR('x[i] + x[i - 2]'));
  });
});

describe('damage', () => {
  const path = (name: string): string => join(dataDir, 'final_dataset', name);

  it('a file of the same length and other bytes is refused, and made again', async () => {
    const before = snapshot(join(dataDir, 'final_dataset'));
    const bytes = readFileSync(path('AAAUSDT_final.parquet'));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path('AAAUSDT_final.parquet'), bytes);
    const later = new Date(Date.now() + 5000);
    utimesSync(path('AAAUSDT_final.parquet'), later, later);
    await expect(exported()).rejects.toMatchObject({ code: 'E_DATASET', exitStatus: 4 });
    const { symbols } = await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    expect(symbols.map(({ status }) => status)).toEqual(['written', 'unchanged']);
    expect(snapshot(join(dataDir, 'final_dataset'))).toEqual(before);
    utimesSync(path('AAAUSDT_final.parquet'), later, later);
    const again = await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    expect(again.symbols.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
  });

  it('without its lock a table is none, with half a lock it is damaged: the same to all commands', async () => {
    const lock = readFileSync(path('dataset.lock'));
    const tried = async (): Promise<(string | undefined)[]> => {
      const said = async (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'ok',
          (error: unknown) => (error as { code: string }).code,
        );
      return [
        await said(exported()),
        await said(checked(dataDir)),
        await said(describeDataset(dataDir, 'um', HOUR)),
      ];
    };
    writeFileSync(path('dataset.lock'), lock.subarray(0, 1000));
    expect(await tried()).toEqual(['E_DATASET', 'E_DATASET', 'E_DATASET']);
    rmSync(path('dataset.lock'));
    expect(await tried()).toEqual(['E_NO_DATASET', 'E_NO_DATASET', 'ok']);
    await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    rmSync(path('BBBUSDT_final.parquet'));
    expect(await tried()).toEqual(['E_DATASET', 'E_DATASET', 'ok']);
  });

  it('while files are replaced there is no lock, so that an ended build leaves no table for whole', async () => {
    await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    const ways = [join(dataDir, 'final_dataset_all.parquet'), path('BBBUSDT_final.csv')];
    for (const [i, families] of [null, parseFamilies(['price', 'cross'])].entries()) {
      rmSync(ways[i]!);
      put(ways[i]!, 'in-the-way', '');
      const own = { factorPaths: [factorPath], families };
      await expect(built(dataDir, SYMBOLS, own)).rejects.toMatchObject({ code: 'E_IO' });
      await expect(exported()).rejects.toMatchObject({ code: 'E_NO_DATASET', exitStatus: 5 });
      rmSync(ways[i]!, { recursive: true });
      await built(dataDir, SYMBOLS, { factorPaths: [factorPath] });
    }
    await exported();
  });
});
