import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';
import { factorPaths, monthPath } from '../../src/layer/index.js';
import { type Mirror, parseFault, startMirror } from '../../src/mirror/index.js';
import type { SimulationReport } from '../../src/simulator/index.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun, eventsOf } from './collecting.js';

const SYMBOLS = ['SIMAUSDT', 'SIMDUSDT'];
const RANGE = ['2024-01', '2024-02-05'] as const;
const QUICK = { backoffMs: 5, maxBackoffMs: 20, stallTimeoutMs: 300, headersTimeoutMs: 300 };

/** Bytes of all that a collection leaves: month files and factor tables. */
function outputs(dataDir: string): Record<string, string> {
  const files = SYMBOLS.flatMap((symbol) => [
    ...['2024-01', '2024-02'].map((month) => monthPath(dataDir, 'um', symbol, month)),
    factorPaths(dataDir, 'um', symbol, '1h').csv,
    factorPaths(dataDir, 'um', symbol, '1h').parquet,
  ]);
  return Object.fromEntries(
    files.map((file) => [file.slice(dataDir.length), readFileSync(file).toString('base64')]),
  );
}

/** ZIPs, whole or in part, that lie about below the data folder. */
function zipsLeft(dataDir: string): string[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.zip'));
}

describe('collecting over HTTP', () => {
  let archive: SimulationReport;
  let expected: Record<string, string>;
  let mirror: Mirror;

  beforeAll(async () => {
    archive = await archiveOf(...RANGE, { symbols: SYMBOLS, ticksPerMonth: 30_000 });
    const dataDir = join(temporaryFolder(), 'data');
    await collectRun({ archive: archive.outDir, dataDir, symbols: SYMBOLS }, RANGE);
    expected = outputs(dataDir);
    mirror = await startMirror({ root: archive.outDir });
  });
  afterAll(() => mirror.close());

  const request = (faults: readonly string[]): Parameters<typeof collectRun>[0] => {
    mirror.setFaults(faults.map(parseFault));
    return {
      archive: mirror.url,
      dataDir: join(temporaryFolder(), 'data'),
      symbols: SYMBOLS,
      network: QUICK,
    };
  };

  it.each([
    ['without faults', []],
    ['that breaks off', ['truncate:*.zip:2']],
    ['that is reset', ['reset:*.zip:1']],
    ['that stalls', ['stall=2000:*2024-02-0?.zip:1']],
    ['that is busy', ['503:*:1', '429=0:*.zip:1', 'index-503:*:1']],
    ['that ignores ranges of broken downloads', ['truncate:*.zip:1', 'ignore-range:*.zip']],
    ['whose objects change meanwhile', ['truncate:*.zip:1', 'change-etag:*.zip']],
    ['that replaces an object between two requests', ['replace:*.zip']],
    ['that flips a byte once', ['corrupt:*.zip:1']],
    ['without an index', ['index-403']],
  ])('gives the same bytes from a server %s', async (_, faults) => {
    const own = request(faults);
    const { summary } = await collectRun(own, RANGE);
    expect(summary).toMatchObject({ exitStatus: EXIT.done, objectsFailed: 0 });
    expect(outputs(own.dataDir)).toEqual(expected);
    expect(zipsLeft(own.dataDir)).toEqual([]);
  });

  it('does nothing the second time', async () => {
    const own = request([]);
    await collectRun(own, RANGE);
    mirror.requests.clear();
    const second = await collectRun(own, RANGE);
    expect(second.milled).toEqual([]);
    expect(eventsOf(second, 'symbol-settled').map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
    ]);
    expect(mirror.requests.count({ key: /\.zip$/ })).toBe(0);
  });

  it('fails an object whose hash stays wrong alone, and quarantines it', async () => {
    const own = request(['corrupt:*SIMAUSDT-aggTrades-2024-02-03.zip']);
    const ran = await collectRun(own, RANGE);
    expect(ran.summary).toMatchObject({ exitStatus: EXIT.partial, objectsFailed: 1 });
    expect(eventsOf(ran, 'object-failed')).toMatchObject([{ period: '2024-02-03', code: 'E_CHECKSUM' }]);
    expect(zipsLeft(join(own.dataDir, '_quarantine')).length).toBeGreaterThan(0);
  });

  it('ends with what it means when the server refuses', async () => {
    await expect(collectRun(request(['451:*.zip']), RANGE)).rejects.toMatchObject({ code: 'E_GEOBLOCKED' });
    await expect(collectRun(request(['403:*.zip']), RANGE)).rejects.toMatchObject({ code: 'E_FORBIDDEN' });
  });

  it('keeps what it fetched with keepZip, as an archive of its own', async () => {
    const own = { ...request([]), keepZip: true };
    await collectRun(own, RANGE);
    const again = join(temporaryFolder(), 'data');
    await collectRun({ archive: join(own.dataDir, 'archive'), dataDir: again, symbols: SYMBOLS }, RANGE);
    expect(outputs(again)).toEqual(expected);
  });

  it('goes on where a killed process stopped', async () => {
    const own = request(['throttle=400000:*.zip']);
    const args = ['collect', ...SYMBOLS, '--archive', mirror.url, '--data-dir', own.dataDir];
    for (const afterMs of [500, 900, 700]) {
      const child = spawn(process.execPath, [
        'bin/tapemill.js',
        ...args,
        '--start',
        RANGE[0],
        '--end',
        RANGE[1],
      ]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await sleep(afterMs);
      child.kill('SIGKILL');
      await ended;
    }
    mirror.setFaults([]);
    await collectRun(own, RANGE);
    expect(outputs(own.dataDir)).toEqual(expected);
    expect(zipsLeft(own.dataDir)).toEqual([]);
  }, 60_000);
});
