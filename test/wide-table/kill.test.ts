import { cpSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, snapshot, start, tapemill, temporaryFolder } from '../cli/run.js';
import { collected } from './kit.js';

const outputs = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(snapshot(folder)).filter(([name]) => name.startsWith('final_')));

describe('a build that is killed', () => {
  it('is completed by the next one, to the same bytes', async () => {
    const symbols = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
    const dataDir = await collected(['2024-01-30', '2024-02-02'], { symbols, ticksPerMonth: 2000 });
    const undisturbed = join(temporaryFolder(), 'data');
    cpSync(dataDir, undisturbed, { recursive: true });
    const build = (folder: string): string[] => ['dataset', 'build', '--all', '--data-dir', folder];
    expect((await tapemill(...build(undisturbed))).status).toBe(0);
    const wanted = outputs(undisturbed);
    expect(Object.keys(wanted)).toHaveLength(9);

    // Once a month is kept, once a table is there, and once before the lock is.
    const marks = [
      () => filesBelow(join(dataDir, '_cache')).length >= 2,
      () => filesBelow(join(dataDir, 'final_dataset')).some((name) => name.endsWith('_final.parquet')),
      () => filesBelow(dataDir).includes('final_dataset_all.parquet'),
    ];
    for (const reached of marks) {
      const { child, done } = start(build(dataDir));
      while (!reached() && child.exitCode === null) await sleep(2);
      child.kill('SIGKILL');
      await done;
    }
    expect((await tapemill(...build(dataDir))).status).toBe(0);
    expect(outputs(dataDir)).toEqual(wanted);
    expect(readdirSync(join(dataDir, 'final_dataset')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('and two at the same time leave one whole table', async () => {
    const dataDir = await collected(['2024-01-30', '2024-02-01'], {
      symbols: ['AAAUSDT', 'BBBUSDT'],
      ticksPerMonth: 2000,
    });
    const args = ['dataset', 'build', 'AAAUSDT', 'BBBUSDT', '--data-dir', dataDir, '--json'];
    const both = await Promise.all([tapemill(...args), tapemill(...args)]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    const before = outputs(dataDir);
    rmSync(join(dataDir, '_cache'), { recursive: true });
    expect((await tapemill(...args)).status).toBe(0);
    expect(outputs(dataDir)).toEqual(before);
  });
});
