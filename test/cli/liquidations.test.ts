import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { StepProgress } from '../../src/cli/step-progress.js';
import { WORKED_EXAMPLE, eventLine, newFolder, putLiquidations } from '../imports/fixture.js';
import { type Ran, filesBelow, parseLines, tapemill } from './run.js';

let dataDir = '';
let folder = '';
beforeAll(async () => {
  [dataDir, folder] = [newFolder(), newFolder()];
  const lines = WORKED_EXAMPLE.map((event) => eventLine(event));
  putLiquidations(folder, '2025-10-01', lines);
  putLiquidations(folder, '2025-10-02', []);
  putLiquidations(folder, '2025-10-01', [], 'BTCUSDT');
  putLiquidations(folder, '2025-10-03', [], 'BTCUSDT');
  expect((await tapemill('import', 'liquidations', folder, '--data-dir', dataDir)).status).toBe(0);
});
const liquidations = (...args: string[]): Promise<Ran> =>
  tapemill('liquidations', ...args, '--data-dir', dataDir);
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('liquidations', () => {
  const SEED = [
    '--bucket-quantiles',
    '0.9',
    '--bucket-window-hours',
    '24',
    '--mining-windows',
    '24',
    '--mining-quantiles',
    '0.9',
  ];

  it('with the parameters that the seed’s engine stopped at', async () => {
    const { status, stdout, stderr } = await liquidations('ETHUSDT', '--freq', '15m', ...SEED);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const csv = join(dataDir, 'binance_liquidations_15m', 'ETHUSDT_liquidations.csv');
    expect(stdout.trimEnd().split('\n')).toEqual([
      'ETHUSDT  15m  192 bars  2025-10-01 00:00:00+00:00 … 2025-10-02 23:45:00+00:00  written (new)',
      '  covered  192 of 192 bars, 192 of them lower bounds',
      '  events   5 of tardis',
      '  prices   no minute layer and no klines here: blood_content and pain_depth are empty',
      `  ${csv}`,
    ]);
    const [header = '', first = '', ...rest] = linesOf(csv);
    expect(header).toMatch(/^minute,liquidation_covered,liquidation_lower_bound,liquidation_long_vol_sum,/);
    expect(first).toMatch(/^2025-10-01 00:00:00\+00:00,1,1,4000,1,/);
    const names = header.split(',');
    expect(names).toEqual(
      expect.arrayContaining([
        'liquidation_all_vol_sum_z_96',
        'feat_brk_sum_long_large_lb24_w24_q90',
        'feat_brkabs_diff_skew_w24_q90',
      ]),
    );
    // One quantile: nothing is in between, once a threshold is in force.
    const column = (name: string): string[] =>
      [first, ...rest].map((line) => line.split(',')[names.indexOf(name)]!);
    expect(column('sum_long_large_lb24')[4]).toBe('39000');
    expect(
      column('count_short_med_lb24')
        .slice(4)
        .every((cell) => cell === '0'),
    ).toBe(true);

    const again = await liquidations('ETHUSDT', '--freq', '15m', ...SEED);
    expect(again.stdout.split('\n')[0]).toMatch(/ {2}unchanged$/);
    const other = await liquidations('ETHUSDT', '--freq', '15m', '--engine');
    expect(other.stdout.split('\n')[0]).toMatch(/ {2}written \(the parameters changed\)$/);
  });

  it('takes lists, windows in hours, and none', async () => {
    const { status } = await liquidations(
      'ETHUSDT',
      ...['--freq', '4h', '--z-windows-hours', '24,48', '--rank-windows', '42'],
      ...['--bucket-quantiles', '0.75,0.9', '--bucket-window-hours', '24,48', '--mining-windows', 'none'],
    );
    expect(status).toBe(0);
    const header = linesOf(join(dataDir, 'binance_liquidations_4h', 'ETHUSDT_liquidations.csv'))[0]!.split(
      ',',
    );
    expect(header.filter((name) => name.startsWith('liquidation_all_cnt_'))).toEqual([
      'liquidation_all_cnt_z_6',
      'liquidation_all_cnt_z_12',
      'liquidation_all_cnt_rank_42',
    ]);
    expect(header.filter((name) => name.startsWith('total_vol_long'))).toEqual([
      'total_vol_long_lb24',
      'total_vol_long_lb48',
    ]);
    expect(header.filter((name) => name.startsWith('feat_'))).toEqual([]);
  });

  it('all symbols, as JSON; a day between that nothing covers is exit status 3', async () => {
    const { status, stdout } = await liquidations('--json');
    expect(status).toBe(3);
    expect(parseLines(stdout)).toMatchObject([
      {
        symbol: 'BTCUSDT',
        rows: 72,
        meta: { status: 'partial', missing_periods: [{ period: '2025-10-02' }] },
      },
      {
        symbol: 'ETHUSDT',
        frequency: '1h',
        status: 'written',
        reason: 'new',
        rows: 48,
        meta: { status: 'ok' },
      },
    ]);
    expect(filesBelow(join(dataDir, 'binance_liquidations'))).toHaveLength(6);
  });

  it('one symbol’s fault does not keep the others from theirs', async () => {
    const list = join(folder, 'symbols.txt');
    writeFileSync(list, 'NONEUSDT # not imported\nETHUSDT\n');
    const { status, stdout, stderr } = await liquidations(
      '--symbols-file',
      list,
      '--start',
      '2025-10-01',
      '--end',
      '2025-10-01',
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/^NONEUSDT {2}1h {2}failed: E_NO_LIQUIDATIONS: .*tapemill import liquidations/);
    expect(stdout).toContain('ETHUSDT  1h  24 bars');
  });

  it.each([
    [['NONEUSDT'], 5, 'E_NO_LIQUIDATIONS', 'tapemill import liquidations'],
    [['--market', 'cm'], 5, 'E_NO_LIQUIDATIONS', 'of market cm'],
    [
      ['ETHUSDT', '--start', '2026-01', '--end', '2026-01'],
      5,
      'E_NO_LIQUIDATIONS',
      '2025-10-01 … 2025-10-02',
    ],
    [['ETHUSDT', '--start', '2025-10'], 2, 'E_USAGE', 'both --start and --end'],
    [['ETHUSDT', '--freq', '7m'], 2, 'E_PERIOD', '15m'],
    [['ETHUSDT', '--freq', '4h', '--z-windows-hours', '6'], 2, 'E_USAGE', 'whole number of bars of 4h'],
    [['ETHUSDT', '--z-windows', '6', '--z-windows-hours', '6'], 2, 'E_USAGE', 'either --z-windows or'],
    [['ETHUSDT', '--mining-windows', '0.5'], 2, 'E_USAGE', 'miningWindows'],
    [['ETHUSDT', '--mining-quantiles', '90'], 2, 'E_USAGE', 'miningQuantiles'],
    [['ETHUSDT', '--bucket-quantiles', 'none'], 2, 'E_USAGE', 'bucketQuantiles'],
    [['ETHUSDT', '--market', 'cm'], 2, 'E_USAGE', '--market um'],
  ])('%j is exit status %i, %s', async (args, exit, code, words) => {
    const { status, stdout, stderr } = await liquidations(...args, '--json');
    expect([status, stderr.split(':')[1]]).toEqual([exit, ` ${code}`]);
    expect(stderr).toContain(words);
    expect(parseLines(stdout)).toMatchObject([{ type: 'error', code, exitStatus: exit }]);
  });

  it('refuses what is no list of numbers', async () => {
    for (const text of ['', '1,', 'a', '1;2']) {
      const { status, stderr } = await liquidations('ETHUSDT', '--mining-windows', text);
      expect([text, status]).toEqual([text, 2]);
      expect(stderr).toContain('expected a number, or a list of numbers');
    }
  });

  it('explains itself, examples first', async () => {
    const { stdout } = await tapemill('liquidations', '--help');
    expect(stdout).toMatch(/^Examples:\n {2}tapemill import liquidations/);
    for (const option of [
      '--freq',
      '--bucket-quantiles',
      '--bucket-window-hours',
      '--mining-windows',
      '--mining-quantiles',
      '--z-windows-hours',
      '--rank-windows-hours',
      '--symbols-file',
      '--json',
      '--market',
    ]) {
      expect(stdout).toContain(option);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('factors list has its columns, patterns as patterns', async () => {
    const [text, json] = await Promise.all([
      tapemill('factors', 'list'),
      tapemill('factors', 'list', '--json'),
    ]);
    expect(text.stdout).toContain('\nliquidation_long_vol_sum_z_{w}  [1]\n');
    const names = (JSON.parse(json.stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['trade_count', 'liquidation_imbalance', 'feat_brk_{c}_w{W}_q{100Q}']),
    );
  });

  it('SQL sees the files, and the imports', async () => {
    await liquidations('ETHUSDT');
    const query = async (sql: string): Promise<unknown[]> =>
      parseLines((await tapemill('query', sql, '--json', '--data-dir', dataDir)).stdout);
    expect(
      await query(
        "SELECT market, sum(liquidation_all_cnt)::INT AS n FROM liquidations_1h WHERE symbol = 'ETHUSDT' GROUP BY ALL",
      ),
    ).toEqual([{ market: 'um', n: 5 }]);
    expect(
      await query(
        'SELECT symbol, min(ts) AS first, sum(value) AS total FROM imported_liquidations GROUP BY ALL',
      ),
    ).toEqual([{ symbol: 'ETHUSDT', first: '2025-10-01 00:10:00+00:00', total: 63600 }]);
    expect(await query('SHOW TABLES')).toEqual(
      expect.arrayContaining([{ name: 'imported_liquidations' }, { name: 'liquidations_1h' }]),
    );
  });
});

it('progress is silent for two seconds, then a line now and then', () => {
  let [now, text] = [0, ''];
  const stream = (isTTY: boolean) => ({ isTTY, write: (more: string) => (text += more) });
  const plain = new StepProgress(stream(false), () => now);
  for (now = 0; now <= 12_000; now += 500) plain.show('ETHUSDT', now / 12_000);
  plain.clear();
  expect(text).toBe('ETHUSDT  16%\nETHUSDT  58%\nETHUSDT  100%\n');
  [now, text] = [0, ''];
  const terminal = new StepProgress(stream(true), () => now);
  for (now = 1900; now <= 2200; now += 100) terminal.show('ETHUSDT', 0.5);
  terminal.clear();
  terminal.clear();
  expect(text).toBe('\r\u001b[2KETHUSDT  50%\r\u001b[2KETHUSDT  50%\r\u001b[2K');
});
