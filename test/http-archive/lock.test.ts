import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { dropAbandonedLock, withLock } from '../../src/download/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tapemill-lock-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const pause = async (ms: number): Promise<void> => {
  await sleep(ms);
};

describe('a lock file', () => {
  it('is taken over soon when its owner was killed before signing it', async () => {
    const path = join(folder, 'unsigned.lock');
    writeFileSync(path, '');
    expect(await withLock(path, pause, () => Promise.resolve('done'))).toBe('done');
    expect(existsSync(path)).toBe(false);
  }, 10_000);

  it('is taken over at once when its process has ended', async () => {
    const path = join(folder, 'dead.lock');
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, token: 'x' }));
    expect(await withLock(path, pause, () => Promise.resolve('done'))).toBe('done');
  }, 10_000);

  it('that is held is not dropped, one that is abandoned is', async () => {
    const path = join(folder, 'held.lock');
    await withLock(path, pause, async () => {
      await dropAbandonedLock(path);
      expect(existsSync(path)).toBe(true);
    });
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, token: 'x' }));
    await dropAbandonedLock(path);
    expect(existsSync(path)).toBe(false);
    await dropAbandonedLock(path);
  });
});
