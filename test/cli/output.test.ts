import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { archiveOf } from '../collect/collecting.js';
import {
  type Ran,
  TAPEMILL,
  outputsBelow,
  parseLines,
  snapshot,
  start,
  startCommand,
  tapemill,
  temporaryFolder,
} from './run.js';

const EVENTS = [
  'planned',
  'month-started',
  'object-milled',
  'object-failed',
  'month-written',
  'symbol-settled',
  'symbol-failed',
  'done',
];
let archive = '';
beforeAll(async () => {
  const simulated = await archiveOf('2024-01-30', '2024-02-02', {
    symbols: ['AAAUSDT', '币安人生USDT', 'CRCUSDT'],
    defects: ['crc-mismatch:CRCUSDT:2024-01-31'],
    monthly: false,
  });
  archive = simulated.outDir;
});
const collect = (dataDir: string, ...args: string[]): Promise<Ran> =>
  tapemill('collect', ...args, '--archive', archive, '--data-dir', dataDir);

describe('help', () => {
  it.each([['collect'], ['factors'], ['query'], ['simulate']])(
    '%s --help leads with examples',
    async (command) => {
      const { status, stdout } = await tapemill(command, '--help');
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Examples:\n  tapemill ${command} `));
      expect(stdout).toContain(`Usage: tapemill ${command} `);
    },
  );

  it('is what the bare command prints, as wrong usage', async () => {
    const { status, stdout, stderr } = await tapemill();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Examples:\n {2}tapemill simulate /);
    expect((await tapemill('--help')).status).toBe(0);
    expect((await tapemill('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('what collect prints', () => {
  it('is one event a line with --json, in order, and the exit status last', async () => {
    const { status, stdout, stderr } = await collect(
      temporaryFolder(),
      'AAAUSDT',
      'CRCUSDT',
      'NONEUSDT',
      '--json',
    );
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    const events = parseLines<{ type: string; symbol?: string }>(stdout);
    expect([...new Set(events.map(({ type }) => type))].filter((type) => !EVENTS.includes(type))).toEqual([]);
    const ofOne = events.filter(({ symbol }) => symbol === 'AAAUSDT').map(({ type }) => type);
    expect([ofOne[0], ofOne[1], ofOne.at(-1)]).toEqual(['planned', 'month-started', 'symbol-settled']);
    const of = (type: string, symbol: string): number =>
      events.filter((event) => event.type === type && event.symbol === symbol).length;
    expect([
      of('month-started', 'AAAUSDT'),
      of('object-milled', 'AAAUSDT'),
      of('month-written', 'AAAUSDT'),
    ]).toEqual([2, 4, 2]);
    expect([
      of('object-failed', 'CRCUSDT'),
      of('object-milled', 'CRCUSDT'),
      of('symbol-failed', 'NONEUSDT'),
    ]).toEqual([1, 3, 1]);
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      exitStatus: 3,
      symbolsDone: 1,
      symbolsPartial: 1,
      symbolsFailed: 1,
      monthsBuilt: 4,
      objectsMilled: 7,
      objectsFailed: 1,
    });
  });

  it('is an error line with --json when nothing could be begun', async () => {
    const { status, stdout } = await tapemill('collect', 'AAAUSDT', '--archive', '/nowhere/at/all', '--json');
    expect(status).toBe(1);
    expect(parseLines(stdout)).toMatchObject([
      { type: 'error', code: 'E_ARCHIVE_UNREADABLE', exitStatus: 1 },
    ]);
  });

  it('is plain lines where there is no terminal', async () => {
    const { stdout, stderr } = await collect(temporaryFolder(), 'AAAUSDT');
    // eslint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u001b\r\u2588]/);
    expect(stderr).toBe('');
    expect(stdout).toContain('AAAUSDT  2024-01  building: 2024-01 is not in the layer\n');
  });

  it('may go unread: the work is done all the same', async () => {
    const dataDir = temporaryFolder();
    const { status } = await startCommand('bash', [
      '-c',
      'set -o pipefail; "$0" "$@" 2>&1 | head -1 > /dev/null',
      ...[process.execPath, TAPEMILL, 'collect', 'AAAUSDT', '--archive', archive, '--data-dir', dataDir],
    ]).done;
    expect(status).toBe(0);
    expect(outputsBelow(dataDir)).toHaveLength(5);
  });
});

describe('symbols', () => {
  it('come from arguments and a file, each once', async () => {
    const file = join(temporaryFolder(), 'symbols.txt');
    writeFileSync(file, '\uFEFF# the best\r\n\r\naaausdt, 币安人生usdt # and again:\nAAAUSDT\n  ,\n');
    const { status, stdout } = await collect(temporaryFolder(), 'AAAUSDT', '--symbols-file', file, '--json');
    expect(status).toBe(0);
    const planned = parseLines(stdout).filter(({ type }) => type === 'planned');
    expect(planned.map(({ symbol }) => symbol)).toEqual(['AAAUSDT', '币安人生USDT']);
  });

  it('need not be ASCII', async () => {
    const dataDir = temporaryFolder();
    expect((await collect(dataDir, '币安人生USDT')).status).toBe(0);
    expect(outputsBelow(dataDir)).toContain('binance_aggTrades/币安人生USDT_aggTrades.csv');
    expect((await tapemill('factors', '--freq', '1d', '--data-dir', dataDir)).stdout).toContain(
      '币安人生USDT  1d  4 bars',
    );
    const asked = await tapemill(
      'query',
      'SELECT DISTINCT symbol FROM minutes',
      '--format',
      'csv',
      '--data-dir',
      dataDir,
    );
    expect(asked.stdout).toBe('symbol\n币安人生USDT\n');
  });
});

describe('--keep-zip', () => {
  it('keeps what was used as an archive of its own', async () => {
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    await collect(first, 'AAAUSDT', '--keep-zip');
    const kept = join(first, 'archive');
    expect(outputsBelow(kept)).toHaveLength(8);
    const again = await tapemill('collect', 'AAAUSDT', '--archive', kept, '--data-dir', second);
    expect(again.status).toBe(0);
    const made = Object.entries(snapshot(first)).filter(([path]) => !path.startsWith('archive'));
    expect(snapshot(second)).toEqual(Object.fromEntries(made));
  });
});

describe('factors', () => {
  it('of a sum of days are those of the days together', async () => {
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    await collect(whole, 'AAAUSDT', '--start', '2024-01-30', '--end', '2024-02-02');
    for (const day of ['2024-02-01', '2024-01-30', '2024-02-02', '2024-01-31']) {
      await collect(parts, 'AAAUSDT', '--start', day, '--end', day);
    }
    const csv = 'binance_aggTrades/AAAUSDT_aggTrades.csv';
    const rows = readFileSync(join(whole, csv), 'utf8');
    // The CSV of the last run is that of its day, cut from the same bars.
    const lastDay = readFileSync(join(parts, csv), 'utf8').split('\n').slice(1);
    expect(rows).toContain(`\n${lastDay.join('\n')}`);
    await tapemill('factors', 'AAAUSDT', '--data-dir', parts);
    expect(readFileSync(join(parts, csv), 'utf8')).toBe(rows);
  });

  it('go on with other symbols when one has nothing', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir, 'AAAUSDT');
    const { status, stdout, stderr } = await tapemill(
      'factors',
      'NONEUSDT',
      'AAAUSDT',
      '--freq',
      '1d',
      '--data-dir',
      dataDir,
    );
    expect(status).toBe(3);
    expect(stderr).toContain('NONEUSDT  1d  failed: E_NO_LAYER: ');
    expect(stdout).toContain('AAAUSDT  1d  4 bars');
    expect((await tapemill('factors', 'NONEUSDT', '--data-dir', dataDir)).status).toBe(5);
    expect((await start(['factors', '--data-dir', join(dataDir, 'none')]).done).status).toBe(5);
  });
});
