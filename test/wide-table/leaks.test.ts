import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSourceMonth, sourceMonthPath, sourceSeries, writeSourceMonth } from '../../src/sources/index.js';
import { HOUR, HOUR_MS, MINUTE_MS, parseRange } from '../../src/time/index.js';
import { spreadCuts } from '../../src/wide-table/index.js';
import { tapemill, temporaryFolder } from '../cli/run.js';
import { built, checked, collected, factorFile } from './kit.js';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT'];
let dataDir = '';

beforeAll(async () => {
  dataDir = await collected(['2024-01', '2024-01'], { symbols: SYMBOLS, ticksPerMonth: 4000 });
});

const factor = (name: string, compute: string): string =>
  `export default { name: '${name}', inputs: ['close'], unit: '1', formula: '', compute: ({ close: x }) => ${compute} };`;
const HONEST = factor('largest', 'x.map((_, i) => x.subarray(0, i + 1).reduce((a, b) => Math.max(a, b)))');
const PLANTED: Record<string, string> = {
  quantile: factor('quantile', '{ const q = x.slice().sort()[x.length >> 1]; return x.map((v) => v / q); }'),
  bfill: factor('bfill', 'x.map((v, i) => (i % 2 ? v : (x[i + 1] ?? NaN)))'),
  centred: factor('centred', 'x.map((v, i) => ((x[i - 1] ?? v) + v + (x[i + 1] ?? v)) / 3)'),
};

describe('what knows nothing of the future', () => {
  it('passes, user factors and cross section included', async () => {
    await built(dataDir, SYMBOLS, { factorPaths: [factorFile(HONEST)] });
    const report = await checked(dataDir);
    expect(report).toMatchObject({ symbols: SYMBOLS, found: 0, leaks: [] });
    expect(report.compared).toBeGreaterThan(2 * 2 * 200 * 100);
  });

  it('passes for a later range, whose lead-in is cut too', async () => {
    await built(dataDir, SYMBOLS, { range: parseRange('2024-01-20', '2024-01-31') });
    expect(await checked(dataDir, { cuts: 1 })).toMatchObject({ found: 0 });
  });
});

describe('what does', () => {
  it.each(Object.keys(PLANTED))('a planted %s is found, by name, bar and both values', async (name) => {
    await built(dataDir, SYMBOLS, { factorPaths: [factorFile(PLANTED[name]!)] });
    const { found, leaks } = await checked(dataDir, { cuts: 1, symbols: ['BBBUSDT'] });
    expect(found).toBeGreaterThan(0);
    expect([...new Set(leaks.map(({ column }) => column))]).toEqual([name]);
    const [leak] = leaks;
    expect(leak!.symbol).toBe('BBBUSDT');
    expect(leak!.whole).not.toBe(leak!.cut);
    expect(leak!.minute + HOUR_MS).toBeLessThanOrEqual(leak!.cutMs);
  });

  it.each([
    ['metrics', 5 * MINUTE_MS, 'oi_open_interest'],
    ['fundingRate', 8 * HOUR_MS, 'funding_rate'],
  ] as const)('%s whose stamps are too early by %i ms are found', async (dataType, earlyMs, column) => {
    const own = join(temporaryFolder(), 'data');
    cpSync(dataDir, own, { recursive: true });
    for (const symbol of ['AAAUSDT']) {
      const path = sourceMonthPath(own, sourceSeries({ market: 'um', dataType, symbol }), '2024-01');
      const { table, facts } = await readSourceMonth(path);
      const early = table.columns['available_at']!.map((t) => Math.max(Date.UTC(2024, 0, 1), t - earlyMs));
      await writeSourceMonth(path, { ...table, columns: { ...table.columns, available_at: early } }, facts);
    }
    await built(own, ['AAAUSDT']);
    const { leaks } = await checked(own, { cuts: 1 });
    expect(leaks.map((leak) => leak.column)).toContain(column);
  });

  it('ends the command with status 4, and says what and where', async () => {
    const own = ['--factors', factorFile(PLANTED['centred']!), '--data-dir', dataDir];
    expect((await tapemill('dataset', 'build', ...SYMBOLS, ...own)).status).toBe(0);
    const { status, stdout } = await tapemill(
      'dataset',
      'check',
      '--leaks',
      '--cuts',
      '1',
      '--data-dir',
      dataDir,
    );
    expect(status).toBe(4);
    expect(stdout).toMatch(
      /^AAAUSDT {2}centred {2}row \d+, bar 2024-01-\d\d \d\d:00:00\+00:00: [\d.]+ in the table, [\d.]+ by/,
    );
    expect(stdout).toMatch(/2 symbols, 1 cuts, \d+ cells compared: 2 know the future, in centred\n$/);
  });
});

describe('what cannot be checked', () => {
  it('a table whose inputs have changed, or that is not there', async () => {
    await built(dataDir, SYMBOLS);
    rmSync(
      sourceMonthPath(
        dataDir,
        sourceSeries({ market: 'um', dataType: 'metrics', symbol: 'AAAUSDT' }),
        '2024-01',
      ),
    );
    await expect(checked(dataDir)).rejects.toMatchObject({ code: 'E_DATASET', exitStatus: 4 });
    await expect(checked(dataDir, { market: 'cm' })).rejects.toMatchObject({ code: 'E_NO_DATASET' });
  });

  it('cuts are ends of bars within the range', () => {
    const span = { startMs: 0, endMs: 100 * HOUR_MS };
    const cuts = spreadCuts([{ span }], { startMs: -Infinity, endMs: Infinity, frequency: HOUR }, 20);
    expect(cuts).toHaveLength(20);
    expect(cuts.every((cut) => cut % HOUR_MS === 0 && cut > 0 && cut < 100 * HOUR_MS)).toBe(true);
  });
});
