import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  temporaryFolder,
} from './run.js';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
let archive = '';
let undisturbed: Record<string, string> = {};
/** From the first event to the last of an undisturbed run. */
let workMs = 0;

const args = (dataDir: string, ...more: string[]): string[] => [
  'collect',
  ...SYMBOLS,
  '--archive',
  archive,
  '--data-dir',
  dataDir,
  '--json',
  '--keep-zip',
  ...more,
];

beforeAll(async () => {
  // Many small objects: a run is never far from a write.
  const simulated = await archiveOf('2024-01-20', '2024-02-10', { symbols: SYMBOLS, monthly: false });
  archive = simulated.outDir;
  const dataDir = temporaryFolder();
  const run = start(args(dataDir, '--workers', '1'));
  await run.said('"planned"');
  const began = performance.now();
  expect(await run.done).toMatchObject({ status: 0 });
  workMs = performance.now() - began;
  undisturbed = snapshot(dataDir);
});

/** Small, seeded, uniform in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a run that is killed', () => {
  it('gives the same files in the end as one that is not, whatever the number of workers', async () => {
    const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1e6);
    console.log(`KILL_SEED=${seed}`);
    const random = randomFrom(seed);
    let killed = 0;
    for (const workers of ['3', '1']) {
      const dataDir = temporaryFolder();
      for (let i = 0; i < 2; i++) {
        const run = start(args(dataDir, '--workers', workers));
        await run.said('"planned"');
        await sleep(random() * workMs * 0.6);
        run.child.kill('SIGKILL');
        if ((await run.done).signal === 'SIGKILL') killed++;
      }
      const last = await start(args(dataDir, '--workers', workers)).done;
      expect(last).toMatchObject({ status: 0, stderr: '' });
      expect(snapshot(dataDir), `KILL_SEED=${seed}`).toEqual(undisturbed);
    }
    expect(killed).toBeGreaterThan(1);
  });

  it('has its temporary files removed by the next, and only those of dead processes', async () => {
    const dataDir = temporaryFolder();
    const host = hostname()
      .replace(/[^A-Za-z0-9]+/g, '_')
      .slice(0, 40);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const folders = ['binance_aggTrades', join('binance_aggTrades_1m_parquet', 'AAAUSDT')];
    for (const folder of folders) {
      mkdirSync(join(dataDir, folder), { recursive: true });
      for (const pid of [dead, process.pid]) {
        writeFileSync(join(dataDir, folder, `.tapemill-${host}-${pid}-0123456789abcdef.tmp`), 'half');
      }
    }
    await start(args(dataDir)).done;
    const left = outputsBelow(dataDir).filter((path) => path.endsWith('.tmp'));
    expect(left).toEqual(
      folders.map((folder) => join(folder, `.tapemill-${host}-${process.pid}-0123456789abcdef.tmp`)),
    );
    for (const path of left) rmSync(join(dataDir, path));
    expect(snapshot(dataDir)).toEqual(undisturbed);
  });
});

describe('an interrupted run', () => {
  async function interrupted(
    signals: readonly NodeJS.Signals[],
    after: string,
  ): Promise<{ ran: Ran; ms: number; dataDir: string }> {
    const dataDir = temporaryFolder();
    const run = start(args(dataDir, '--workers', '1'));
    await run.said(after);
    const began = performance.now();
    for (const signal of signals) run.child.kill(signal);
    const ran = await run.done;
    return { ran, ms: performance.now() - began, dataDir };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops on %s soon, cleanly, and says so', async (signal, status) => {
    const { ran, ms, dataDir } = await interrupted([signal], '"object-milled"');
    expect(ran).toMatchObject({ status, signal: null });
    expect(ms).toBeLessThan(2000);
    expect(ran.stderr).toBe(`tapemill: stopped by ${signal}; what was finished is kept\n`);
    expect(parseLines(ran.stdout).at(-1)).toEqual({ type: 'stopped', signal, exitStatus: status });
    // Whatever is there is whole: it is part of what the undisturbed run made.
    expect(undisturbed).toMatchObject(snapshot(dataDir));
    expect(await start(args(dataDir)).done).toMatchObject({ status: 0 });
    expect(snapshot(dataDir)).toEqual(undisturbed);
  });

  it('does not begin what was planned when the signal came', async () => {
    const { ran, dataDir } = await interrupted(['SIGINT'], '"planned"');
    expect(ran.status).toBe(130);
    expect(parseLines(ran.stdout).filter(({ type }) => type === 'month-written')).toEqual([]);
    expect(outputsBelow(dataDir).filter((path) => path.endsWith('.parquet'))).toEqual([]);
  });

  it('stops at once on the second signal', async () => {
    const { ran, ms } = await interrupted(['SIGINT', 'SIGTERM'], '"object-milled"');
    expect([130, 143]).toContain(ran.status);
    expect(ms).toBeLessThan(1000);
  });
});

describe.skipIf(process.platform === 'win32')('a run that fails in one of many workers', () => {
  it('leaves nothing of what the others were writing', async () => {
    // Months of a few megabytes: no file may have more than one, which is enough for the ledger.
    const large = await archiveOf('2024-01', '2024-01', {
      symbols: ['AAAUSDT', 'BBBUSDT'],
      ticksPerMonth: 150_000,
      daily: false,
    });
    // Several times: what is left depends on who was writing when the first one failed.
    for (let i = 0; i < 2; i++) {
      const dataDir = temporaryFolder();
      const command = ['collect', 'AAAUSDT', 'BBBUSDT', '--archive', large.outDir, '--data-dir', dataDir];
      const limited = ['-c', 'ulimit -f 1024; exec "$0" "$@"', process.execPath, TAPEMILL, ...command];
      const ran = await startCommand('bash', limited).done;
      expect(ran.status).toBe(1);
      expect(ran.stderr).toMatch(/^tapemill: E_IO: writing .*EFBIG.*\n$/m);
      expect(outputsBelow(dataDir)).toEqual([]);
    }
  });
});
