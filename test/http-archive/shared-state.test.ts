import { execFileSync } from 'node:child_process';
import type * as Files from 'node:fs/promises';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SharedState } from '../../src/download/shared-state.js';
import { CHILD, run } from './limited-process.js';
import { newFolder } from './setup.js';

const disk = vi.hoisted(() => ({ hasLinks: true }));
vi.mock(import('node:fs/promises'), async (original): Promise<typeof Files> => {
  const files = await original();
  return {
    ...files,
    link: (from, to) =>
      disk.hasLinks
        ? files.link(from, to)
        : Promise.reject(Object.assign(new Error('not supported'), { code: 'ENOTSUP' })),
  };
});
afterEach(() => {
  disk.hasLinks = true;
});

describe('a shared state', () => {
  const parse = (value: unknown): number | null => (typeof value === 'number' ? value : null);

  it('loses no change of any process', async () => {
    const folder = await newFolder();
    const all = [1, 2, 3].map(() => run({ folder, count: 60 }));
    await Promise.all(all.map(({ ended }) => ended));
    expect(await new SharedState(folder, 0, parse).read()).toBe(180);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await readdir(folder)).length).toBeLessThan(12);
  });

  it('notices that it was stopped for long in the midst of a change', async () => {
    const folder = await newFolder();
    const shared = new SharedState(folder, 0, parse);
    await shared.update((n) => n + 1);
    let calls = 0;
    await shared.update((n) => {
      if (calls++ === 0) execFileSync(process.execPath, [CHILD, JSON.stringify({ folder, count: 50 })]);
      return n + 100;
    });
    expect([calls, await shared.read()]).toEqual([2, 151]);
  });

  it('goes on after what a crash left', async () => {
    const folder = await newFolder();
    const shared = new SharedState(folder, 0, parse);
    await shared.update(() => 7);
    await writeFile(join(folder, '2.json'), '');
    expect(await shared.update((n) => n + 1)).toBe(8);
    await writeFile(join(folder, '4.json'), '{"state":"of another release","changes":[]}');
    expect(await new SharedState(folder, 0, parse).update((n) => n + 1)).toBe(9);
  });

  it('does without hard links', async () => {
    disk.hasLinks = false;
    const folder = await newFolder();
    const all = [1, 2, 3, 4].map(() => new SharedState(folder, 0, parse));
    await Promise.all(
      all.map(async (shared) => {
        for (let i = 0; i < 40; i++) await shared.update((n) => n + 1);
      }),
    );
    expect(await all[0]!.read()).toBe(160);
  });
});
