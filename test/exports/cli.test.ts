import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { datasetExportCommand } from '../../src/cli/dataset-export.js';
import { datasetReportCommand } from '../../src/cli/dataset-report.js';
import { range, tableOf, tempFolder, writeWideTable } from './wide-fixture.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs a command line and returns what it printed. */
async function run(...args: string[]): Promise<string[]> {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  printed.mockClear();
  const program = new Command('dataset')
    .addCommand(datasetExportCommand())
    .addCommand(datasetReportCommand());
  // Commands do not inherit it; one that ends the process would end the tests.
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(args, { from: 'user' });
  return printed.mock.calls.map(([line]) => String(line));
}

async function data(): Promise<string> {
  const dataDir = await tempFolder();
  const columns = {
    close: (n: number): number => 100 + (n % 7),
    is_valid_for_training: (n: number): number => Number(n > 23),
    oi_delta: (n: number): number => (n % 3 === 0 ? NaN : n),
  };
  await writeWideTable(dataDir, [
    tableOf('AUSDT', range(0, 480), columns),
    tableOf('BUSDT', range(0, 96), columns),
  ]);
  return dataDir;
}

describe('tapemill dataset export', () => {
  it('writes and says what it left out', async () => {
    const dataDir = await data();
    const lines = await run(
      ...['export', 'ausdt', '--format', 'csv', '--data-dir', dataDir, '--columns', 'close', '--valid-only'],
      ...['--labels', 'logret:1h,4h', '--split', '2026-01-15', '--impute', 'ffill:2'],
    );
    expect(lines[0]).toMatch(/^452 rows of 480, 1 symbols, 1 features, 2 labels; 3 files/);
    expect(lines.slice(1)).toEqual([
      'train  212 rows, 2026-01-06 00:00:00+00:00 … 2026-01-14 19:00:00+00:00',
      'test   240 rows, 2026-01-15 00:00:00+00:00 … 2026-01-24 23:00:00+00:00',
      'left out: 24 not valid for training, 4 purged at the ends of parts',
      `written: ${join(dataDir, 'exports', 'um_1h_csv')}`,
    ]);
    const train = await readFile(join(dataDir, 'exports', 'um_1h_csv', 'train.csv'), 'utf8');
    expect(train.split('\n')).toHaveLength(212 + 2);
    expect(train.startsWith('datetime,symbol,close,y_logret_1h,y_logret_4h\n')).toBe(true);
  });

  it('prints the manifest as one object', async () => {
    const dataDir = await data();
    const [line, ...more] = await run('export', '--format', 'qlib', '--data-dir', dataDir, '--json');
    expect(more).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({
      type: 'dataset-export',
      format: 'qlib',
      rows: { exported: 576 },
      qlib: { freq: '60min' },
    });
  });

  it('refuses horizons, columns and formats that do not exist', async () => {
    const dataDir = await data();
    const with_ = (...args: string[]): Promise<string[]> => run('export', '--data-dir', dataDir, ...args);
    await expect(with_('--format', 'csv', '--labels', 'logret:30m')).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    await expect(with_('--format', 'csv', '--columns', 'nothing')).rejects.toMatchObject({ code: 'E_USAGE' });
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(with_()).rejects.toThrow();
    expect(silent).toHaveBeenCalled();
  });
});

describe('tapemill dataset report', () => {
  it('writes a page and says where', async () => {
    const dataDir = await data();
    const lines = await run('report', '--data-dir', dataDir);
    const path = join(dataDir, 'reports', 'dataset_um_1h.html');
    expect(lines[0]).toMatch(/^576 rows, 2 symbols, 3 columns: 0 empty, 0 constant; 0 pairs/);
    expect(lines.at(-1)).toBe(`report: ${path}`);
    expect(await readFile(path, 'utf8')).toContain('id="c-oi_delta"');
  });

  it('prints numbers for scripts, and opens no browser that is not there', async () => {
    const dataDir = await data();
    const html = join(dataDir, 'r.html');
    vi.stubEnv('PATH', dataDir);
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const lines = await run(
      'report',
      'BUSDT',
      '--data-dir',
      dataDir,
      '--html',
      html,
      '--columns',
      'c*',
      '--open',
    );
    expect(lines.at(-1)).toBe(`report: ${html}`);
    expect(said.mock.calls.flat().join()).toMatch(/no browser/);
    vi.unstubAllEnvs();
    const [line] = await run('report', '--data-dir', dataDir, '--html', html, '--json');
    const parsed = JSON.parse(line!) as { columns: { name: string; min: number }[] };
    expect(parsed).toMatchObject({ type: 'dataset-report', rows: 576, html, months: ['2026-01'] });
    expect(parsed.columns.find(({ name }) => name === 'close')).toMatchObject({
      min: 100,
      max: 106,
      nulls: 0,
    });
  });
});
