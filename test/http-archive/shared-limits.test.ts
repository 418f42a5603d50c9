import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type LimitSettings, SharedLimits } from '../../src/download/index.js';
import { SharedState } from '../../src/download/shared-state.js';
import { type Running, run } from './limited-process.js';
import { createServer } from './server.js';
import {
  CSV,
  KEY,
  ZIP,
  afterTest,
  entryOf,
  filesIn,
  mirrorOf,
  newFolder,
  openHttp,
  putObject,
  readObject,
} from './setup.js';

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(5);
};

const pause = async (ms: number): Promise<void> => {
  await sleep(ms);
};

/** A server that counts requests under way, each of which takes `ms`. */
async function countingServer(
  ms: number,
  body: Buffer,
): Promise<{ url: string; peak: () => number; served: () => number }> {
  let [open, peak, served] = [0, 0, 0];
  const url = await createServer((_, response) => {
    peak = Math.max(peak, ++open);
    let isOpen = true;
    // Before the last byte: a client may be back with the next request sooner than this server knows.
    const leave = (): void => {
      if (isOpen) open--;
      isOpen = false;
    };
    response.on('close', leave);
    setTimeout(() => {
      leave();
      served++;
      response.end(body);
    }, ms);
  });
  return { url, peak: () => peak, served: () => served };
}

describe('limits of several processes', () => {
  it('of connections hold for all of them together', async () => {
    const { url, peak, served } = await countingServer(15, Buffer.from('x'));
    const [folder, dataDir] = [await newFolder(), await newFolder()];
    const urls = Array.from({ length: 25 }, (_, i) => `${url}/${i}`);
    // They have been told other numbers than we: the strictest holds, whoever is the first to start.
    await member(folder, { connections: 4, bytesPerSecond: null });
    const all = [4, 5, 9].map((connections) => run({ folder, dataDir, urls, settings: { connections } }));
    await Promise.all(all.map(({ ended }) => ended));
    expect(served()).toBe(75);
    // One of the four is kept for small requests, and is ours.
    expect(peak()).toBe(3);
    expect(Object.keys(await membersIn(folder))).toHaveLength(1);
  });

  it('of bytes a second hold for all of them together', async () => {
    const body = Buffer.alloc(1_000_000, 'x');
    const url = await createServer((_, response) => response.end(body));
    const [folder, dataDir] = [await newFolder(), await newFolder()];
    const rate = 3_000_000;
    const urls = [1, 2, 3, 4].map((i) => `${url}/${i}`);
    // One has been told nothing of a rate, one of a higher one.
    await member(folder, { connections: 19, bytesPerSecond: rate });
    const all = [rate, null, 2 * rate].map((bytesPerSecond) =>
      run({ folder, dataDir, urls, settings: { connections: 6, bytesPerSecond } }),
    );
    await Promise.all(all.map(({ ended }) => ended));
    const bytes = all.reduce((sum, { said }) => sum + said[1]!['bytes']!, 0);
    expect(bytes).toBe(12 * body.length);
    const startedMs = Math.min(...all.map(({ said }) => said[0]!['startedMs']!));
    const endedMs = Math.max(...all.map(({ said }) => said[1]!['endedMs']!));
    const achieved = (1000 * bytes) / (endedMs - startedMs);
    expect(achieved / rate).toBeGreaterThan(0.85);
    expect(achieved / rate).toBeLessThan(1.15);
  });

  it('give back at once what a killed process held', async () => {
    const folder = await newFolder();
    const settings = { connections: 2, bytesPerSecond: null };
    const holder = run({ folder, hold: 2, settings });
    await until(() => holder.said.length > 0);
    const limits = new SharedLimits(folder, settings, pause);
    afterTest(() => limits.close());
    const acquired: string[] = [];
    const waiting = [1, 2].map(async () => {
      await limits.acquire('small', 0);
      acquired.push('slot');
    });
    await sleep(300);
    expect(acquired).toEqual([]);
    const killedMs = Date.now();
    holder.child.kill('SIGKILL');
    await Promise.all(waiting);
    expect(Date.now() - killedMs).toBeLessThan(1000);
  });

  it('hold while processes are killed at any moment', async () => {
    const { url, peak } = await countingServer(3, Buffer.from('x'));
    const [folder, dataDir] = [await newFolder(), await newFolder()];
    const urls = Array.from({ length: 400 }, (_, i) => `${url}/${i}`);
    const start = (): Running => run({ folder, dataDir, urls, settings: { connections: 3 } });
    for (let round = 0; round < 6; round++) {
      const all = [start(), start()];
      await until(() => all.every(({ said }) => said.length > 0));
      await sleep(40 + 37 * round);
      for (const { child } of all) child.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
    }
    const last = run({ folder, dataDir, urls: urls.slice(0, 10), settings: { connections: 3 } });
    await last.ended;
    expect(last.said[1]).toMatchObject({ bytes: 10 });
    expect(peak()).toBeLessThanOrEqual(2);
    expect(await membersIn(folder)).toEqual({});
  });

  it('are those of the members at work, and nobody else', async () => {
    const folder = await newFolder();
    const strict = new SharedLimits(folder, { connections: 1, bytesPerSecond: null }, pause);
    const other = new SharedLimits(folder, { connections: 2, bytesPerSecond: null }, pause);
    const held = await strict.acquire('small', 0);
    let isIn = false;
    const second = other.acquire('small', 0).then((slot) => {
      isIn = true;
      return slot;
    });
    await sleep(200);
    expect(isIn).toBe(false);
    held.release();
    (await second).release();
    await strict.close();
    const both = await Promise.all([other.acquire('small', 0), other.acquire('small', 0)]);
    for (const slot of both) slot.release();
    await other.close();
    expect(await membersIn(folder)).toEqual({});
  });

  it('go round: who wants much does not keep the others waiting', async () => {
    const folder = await newFolder();
    const settings = { connections: 1, bytesPerSecond: null };
    const [much, little] = [1, 2].map(() => new SharedLimits(folder, settings, pause)) as [
      SharedLimits,
      SharedLimits,
    ];
    const served: string[] = [];
    const use = async (limits: SharedLimits, name: string): Promise<void> => {
      const slot = await limits.acquire('bulk', 0);
      served.push(name);
      await sleep(5);
      slot.release();
    };
    const all = Array.from({ length: 20 }, () => use(much, 'much'));
    await until(() => served.length > 0);
    all.push(...Array.from({ length: 4 }, () => use(little, 'little')));
    await Promise.all(all);
    expect(served.lastIndexOf('little')).toBeLessThan(14);
    await Promise.all([much.close(), little.close()]);
  });

  it('let go of who gives up, and go on when their folder is removed', async () => {
    const folder = await newFolder();
    const limits = new SharedLimits(join(folder, 'host'), { connections: 1, bytesPerSecond: null }, pause);
    afterTest(() => limits.close());
    const held = await limits.acquire('bulk', 0);
    await expect(limits.acquire('bulk', 0, AbortSignal.timeout(100))).rejects.toThrow();
    await rm(folder, { recursive: true });
    const next = limits.acquire('bulk', 0);
    held.release();
    (await next).release();
  });

  it('cost no file when nobody asked for a rate', async () => {
    const folder = await newFolder();
    const limits = new SharedLimits(folder, { connections: 1, bytesPerSecond: null }, pause);
    const slot = await limits.acquire('bulk', 0);
    const before = await readdir(folder);
    for (let i = 0; i < 1000; i++) await limits.take(1_000_000, () => undefined);
    expect(await readdir(folder)).toEqual(before);
    slot.release();
    await limits.close();
  });
});

describe('an archive with shared limits', () => {
  it('keeps them with others on the same folder, for each host apart', async () => {
    const { url, peak } = await countingServer(10, ZIP);
    const keyOf = (day: number): string => KEY.replace('01-05', `01-${day}`);
    const sharedLimits = await newFolder();
    const options = { sharedLimits, connections: 2 };
    const archives = [await openHttp(url, options), await openHttp(url, options)];
    await Promise.all(
      [11, 12, 13, 14, 15, 16].map(async (day, i) => {
        const { archive } = archives[i % 2]!;
        // The .CHECKSUM is a ZIP, too, which is an error only after the limits were passed.
        await archive.open(entryOf(keyOf(day))).catch(() => undefined);
      }),
    );
    expect(peak()).toBe(2);
    const mirror = await mirrorOf(await newFolder());
    await putObject(mirror.root, KEY, ZIP);
    const other = await openHttp(mirror.url, options);
    expect(await readObject(other.archive)).toBe(CSV);
    const hosts = new Set((await filesIn(sharedLimits)).map((file) => file.split('/')[0]));
    expect(hosts).toEqual(new Set([url, mirror.url].map((it) => new URL(it).host.replace(':', '_'))));
  });
});

/** Somebody at work until the test ends, with a small request under way. */
async function member(folder: string, settings: LimitSettings): Promise<void> {
  const limits = new SharedLimits(folder, settings, pause);
  afterTest(() => limits.close());
  await limits.acquire('small', 0);
}

async function membersIn(folder: string): Promise<object> {
  const shared = new SharedState<{ members: object }>(
    folder,
    { members: {} },
    (value) => value as { members: object },
  );
  return (await shared.read()).members;
}
