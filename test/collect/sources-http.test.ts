import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';
import { type Mirror, parseFault, startMirror } from '../../src/mirror/index.js';
import type { SimulationReport } from '../../src/simulator/index.js';
import { parseLines, snapshot, start, tapemill, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun, eventsOf } from './collecting.js';

const RANGE = ['2024-01', '2024-02-05'] as const;
const QUICK = { backoffMs: 5, maxBackoffMs: 20, stallTimeoutMs: 300, headersTimeoutMs: 300 };
const ASKED = {
  symbols: ['AAAUSDT'],
  dataTypes: ['metrics', 'fundingRate', 'klines'],
  intervals: ['1m', '1h'],
};
const ARGS = ['AAAUSDT', '--data-type', 'metrics,fundingRate,klines', '--interval', '1m,1h'];
const WHEN = ['--start', RANGE[0], '--end', RANGE[1]];

let archive: SimulationReport;
let expected: Record<string, string>;
let mirror: Mirror;
beforeAll(async () => {
  archive = await archiveOf(...RANGE, {
    symbols: ['AAAUSDT'],
    sources: ['metrics', 'fundingRate', 'klines'],
    ticksPerMonth: 30_000,
  });
  const dataDir = temporaryFolder();
  await collectRun({ archive: archive.outDir, dataDir, ...ASKED }, RANGE);
  expected = snapshot(dataDir);
  expect(Object.keys(expected)).toHaveLength(15);
  mirror = await startMirror({ root: archive.outDir });
});
afterAll(() => mirror.close());

const zipsLeft = (dataDir: string): string[] =>
  existsSync(dataDir)
    ? readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.zip'))
    : [];

/** Without listings and the folders of downloads. */
const outputs = (dataDir: string): Record<string, string> =>
  Object.fromEntries(Object.entries(snapshot(dataDir)).filter(([path]) => path.startsWith('binance_')));

describe('sources over HTTP', () => {
  const request = (faults: readonly string[]): Parameters<typeof collectRun>[0] => {
    mirror.setFaults(faults.map(parseFault));
    return { archive: mirror.url, dataDir: join(temporaryFolder(), 'data'), network: QUICK, ...ASKED };
  };

  it.each([
    ['without faults', []],
    ['that breaks off and is busy', ['truncate:*.zip:1', '503:*:1', 'index-503:*:1']],
    ['that flips a byte once', ['corrupt:*.zip:1']],
  ])('are the same bytes from a server %s', async (_, faults) => {
    const own = request(faults);
    const { summary } = await collectRun(own, RANGE);
    expect(summary).toMatchObject({ exitStatus: EXIT.done, objectsFailed: 0 });
    expect(outputs(own.dataDir)).toEqual(expected);
    expect(zipsLeft(own.dataDir)).toEqual([]);
  });

  it('are not fetched a second time', async () => {
    const own = request([]);
    await collectRun(own, RANGE);
    mirror.requests.clear();
    const second = await collectRun(own, RANGE);
    expect(second.summary).toMatchObject({ objectsMilled: 0, monthsReused: 7 });
    // Neither an object nor its .CHECKSUM: the listing shows what the ledger remembers.
    expect(mirror.requests.count({ key: /\.zip/ })).toBe(0);
    // Published anew with the same content: its .CHECKSUM is asked for, once.
    const touched = archive.objects.find(({ dataType }) => dataType === 'metrics')!.key;
    utimesSync(join(archive.outDir, touched), 1_700_000_000, 1_700_000_000);
    const now = { ...own, network: { ...QUICK, cacheMaxAgeMs: 0 } };
    for (const asked of [1, 1]) {
      expect((await collectRun(now, RANGE)).summary).toMatchObject({ objectsMilled: 0, monthsReused: 7 });
      expect(mirror.requests.count({ key: /\.zip/ })).toBe(asked);
    }
  });

  it('are tried three times by the queue, and what stays broken costs its day', async () => {
    const own = request(['500:*AAAUSDT-metrics-2024-01-07.zip']);
    const run = await collectRun({ ...own, network: { ...QUICK, attempts: 2 } }, RANGE);
    expect(run.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1 });
    expect(eventsOf(run, 'task-retry').map(({ task }) => task)).toEqual(
      Array(2).fill('um/metrics/AAAUSDT/2024-01'),
    );
    expect(eventsOf(run, 'object-failed')).toMatchObject([{ period: '2024-01-07', stream: 'metrics' }]);
  });

  it('go on where killed processes stopped', async () => {
    const own = request(['throttle=200000:*.zip']);
    const args = ['collect', ...ARGS, ...WHEN, '--archive', mirror.url, '--data-dir', own.dataDir, '--json'];
    let killed = 0;
    for (const [after, afterMs] of [
      ['"planned"', 150],
      ['"object-milled"', 50],
      ['"object-milled"', 300],
      ['"month-written"', 0],
    ] as const) {
      const run = start(args);
      await run.said(after).catch(() => undefined);
      await sleep(afterMs);
      run.child.kill('SIGKILL');
      if ((await run.done).signal === 'SIGKILL') killed++;
    }
    expect(killed).toBeGreaterThan(1);
    mirror.setFaults([]);
    const last = await start(args).done;
    expect(last).toMatchObject({ status: 0, stderr: '' });
    expect(outputs(own.dataDir)).toEqual(expected);
    expect(zipsLeft(own.dataDir)).toEqual([]);
  }, 60_000);
});

describe('the command line', () => {
  it('prints events of every stream, and plans them', async () => {
    const dataDir = temporaryFolder();
    const common = [...ARGS, ...WHEN, '--archive', archive.outDir, '--data-dir', dataDir];
    const plan = await tapemill('plan', ...common);
    expect(plan).toMatchObject({ status: 0, stderr: '' });
    expect(plan.stdout).toMatch(/^AAAUSDT klines:1m +2 +0 +6 /m);
    const ran = await tapemill('collect', ...common, '--json');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const settled = parseLines(ran.stdout).filter(({ type }) => type === 'symbol-settled');
    expect(settled.map(({ stream }) => stream).sort()).toEqual([
      'fundingRate',
      'klines:1h',
      'klines:1m',
      'metrics',
    ]);
    expect(snapshot(dataDir)).toEqual(expected);
  });

  it.each([
    [['--data-type', 'kline'], 'found "kline"; did you mean klines?'],
    [['--data-type', 'aggTrades,depth'], 'expected a data type out of aggTrades, klines, '],
    [['--data-type', 'metrics', '--market', 'spot'], 'metrics is published for um and cm, not for spot'],
    [['--data-type', 'metrics', '--interval', '1h'], 'an interval is for klines'],
    [['--interval', '5m'], 'an interval is for klines; of aggTrades there are none'],
    [['--data-type', 'klines', '--interval', '7m'], 'expected a kline interval out of 1m, 3m'],
    [['--data-type', 'tardis:liquidations'], 'with --start and --end'],
    [
      ['--data-type', 'tardis:trades', '--exchange', 'binance-delivery', ...WHEN],
      'binance-delivery is what Tardis calls cm, not um',
    ],
    [['--data-type', 'tardis:book'], 'found "tardis:book"'],
  ])('explains what is wrong with %j', async (args, message) => {
    const { status, stderr } = await tapemill('collect', 'AAAUSDT', '--archive', archive.outDir, ...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
