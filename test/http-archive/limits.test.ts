import { request as httpRequest } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLimits } from '../../src/archive/index.js';
import { withLock } from '../../src/download/index.js';
import { createServer } from './server.js';
import {
  CSV,
  KEY,
  ZIP,
  entryOf,
  failure,
  filesIn,
  mirrorOf,
  newFolder,
  openHttp,
  putObject,
  readObject,
  treeOfOne,
} from './setup.js';

const keyOf = (day: number): string => KEY.replace('01-05', `01-${String(day).padStart(2, '0')}`);
const DAYS = [11, 12, 13, 14, 15, 16, 17, 18];

async function treeOfDays(): Promise<string> {
  const root = await newFolder();
  for (const day of DAYS) await putObject(root, keyOf(day), ZIP);
  return root;
}

const realSleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('limits', () => {
  it('of connections hold for all archives that share them', async () => {
    let [open, peak] = [0, 0];
    const url = await createServer((request, response) => {
      peak = Math.max(peak, ++open);
      setTimeout(() => {
        // Before the last byte: the client may be back with the next request sooner than this server knows.
        open--;
        if (request.url?.endsWith('.zip')) response.end(ZIP);
        else response.writeHead(404).end();
      }, 10);
    });
    const limits = createLimits({ connections: 3, bytesPerSecond: null });
    const [one, two] = [await openHttp(url, { limits }), await openHttp(url, { limits })];
    await Promise.all(
      DAYS.map(async (day, i) => {
        const { archive } = i % 2 === 0 ? one : two;
        expect(await readObject(archive, entryOf(keyOf(day)))).toBe(CSV);
      }),
    );
    expect(peak).toBe(3);
  });

  it('leave one connection for small requests while large ones take all others', async () => {
    const mirror = await mirrorOf(await treeOfDays(), { faults: ['throttle=400000:*.zip'] });
    const { archive } = await openHttp(mirror.url, { connections: 2 });
    const large = archive.open(entryOf(keyOf(11))).then((object) => object.close());
    while (mirror.requests.count({ key: keyOf(11) }) === 0) await realSleep(5);
    const started = Date.now();
    await archive.checksum(keyOf(12));
    expect(Date.now() - started).toBeLessThan(400);
    expect(mirror.requests.list({ key: keyOf(11) })[0]?.outcome).toBe('open');
    await large;
  });

  it('of bytes a second hold for all connections together', async () => {
    const mirror = await mirrorOf(await treeOfDays());
    const { archive } = await openHttp(mirror.url, { bytesPerSecond: 2_000_000 }, { sleep: realSleep });
    const started = Date.now();
    await Promise.all(DAYS.slice(0, 4).map((day) => readObject(archive, entryOf(keyOf(day)))));
    const seconds = (Date.now() - started) / 1000;
    const least = (4 * ZIP.length) / 2_000_000 - 0.2;
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThan(4 * least);
  });

  it('of the disk are looked at before anything is asked for', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const free = { bytes: ZIP.length + 99 };
    const world = { freeBytes: () => Promise.resolve(free.bytes) };
    const { archive } = await openHttp(mirror.url, { diskReserveBytes: 100 }, world);
    const error = await failure(archive.open(entryOf()), 'E_DISK_FULL');
    expect([error.exitStatus, error.message]).toEqual([75, expect.stringContaining(KEY)]);
    expect(mirror.requests.count({ key: KEY })).toBe(0);
    // The index may not know the size; the answer does.
    await failure(archive.open(entryOf(KEY, 0)), 'E_DISK_FULL');
    expect(mirror.requests.count({ key: KEY })).toBe(1);
    free.bytes++;
    expect(await readObject(archive)).toBe(CSV);
  });
});

describe('prefetch', () => {
  const entries = DAYS.map((day) => entryOf(keyOf(day)));

  it('brings in what is announced, no further than allowed, and goes on as it is released', async () => {
    const mirror = await mirrorOf(await treeOfDays());
    const options = { prefetchObjects: 3, prefetchBytes: 2 * ZIP.length };
    const { archive, dataDir } = await openHttp(mirror.url, options);
    const there = async (): Promise<number> =>
      (await filesIn(dataDir)).filter((file) => file.endsWith('.zip')).length;
    archive.prefetch(entries);
    for (const [used, entry] of entries.entries()) {
      const ahead = Math.min(2, entries.length - used);
      while ((await there()) < ahead) await realSleep(5);
      await realSleep(20);
      expect(mirror.requests.count({ key: /\.zip$/ })).toBe(used + ahead);
      expect(await readObject(archive, entry)).toBe(CSV);
      await archive.release([entry], true);
    }
    expect(mirror.requests.count({ key: /\.zip$/ })).toBe(entries.length);
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it('is shared with another archive on the same folder: nothing is fetched twice', async () => {
    const mirror = await mirrorOf(await treeOfDays(), { faults: ['throttle=3000000:*.zip'] });
    const { archive, dataDir } = await openHttp(mirror.url);
    const other = await openHttp(mirror.url, { dataDir });
    archive.prefetch(entries);
    expect(await Promise.all(entries.map((entry) => readObject(other.archive, entry)))).toEqual(
      entries.map(() => CSV),
    );
    expect(mirror.requests.count({ key: /\.zip$/ })).toBe(entries.length);
    await archive.release(entries, true);
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it('leaves failures to whoever opens, and ends with the archive', async () => {
    const mirror = await mirrorOf(await treeOfDays(), {
      faults: [`403:${keyOf(11)}`, 'throttle=50000:*.zip'],
    });
    const { archive, dataDir } = await openHttp(mirror.url, { connections: 8 });
    archive.prefetch(entries);
    await failure(archive.open(entries[0]!), 'E_FORBIDDEN');
    while (mirror.requests.count({ key: /\.zip$/ }) < 4) await realSleep(5);
    await archive.close();
    expect((await filesIn(dataDir)).filter((file) => file.endsWith('.lock'))).toEqual([]);
  });

  it('what is released while it arrives stops, and can be had later', async () => {
    const mirror = await mirrorOf(await treeOfDays(), { faults: ['throttle=300000:*.zip:1'] });
    const { archive, dataDir } = await openHttp(mirror.url);
    archive.prefetch(entries.slice(0, 1));
    while (mirror.requests.count({ key: /\.zip$/ }) === 0) await realSleep(5);
    await realSleep(100);
    await archive.release(entries.slice(0, 1), false);
    expect((await filesIn(dataDir)).map((file) => file.replace(/^.*zip/, ''))).toEqual([
      '.part',
      '.part.json',
    ]);
    expect(await readObject(archive, entries[0])).toBe(CSV);
    expect(mirror.requests.list({ key: /\.zip$/ }).map(({ status }) => status)).toEqual([200, 206]);
  });
});

describe('an abort', () => {
  it('ends a download with its reason and keeps what arrived', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['throttle=300000:*.zip'] });
    const controller = new AbortController();
    const { archive, dataDir } = await openHttp(mirror.url, {}, { signal: controller.signal });
    const opening = archive.open(entryOf());
    while (mirror.requests.count({ key: KEY }) === 0) await realSleep(5);
    await realSleep(100);
    controller.abort(new Error('stopped by SIGINT'));
    await expect(opening).rejects.toThrow('stopped by SIGINT');
    expect((await filesIn(dataDir)).map((file) => file.replace(/^.*zip/, ''))).toEqual([
      '.part',
      '.part.json',
    ]);
  });
});

describe('a lock', () => {
  it('lets one at a time, and is taken over from a process that has ended', async () => {
    const path = join(await newFolder(), 'x', 'y.lock');
    let inside = 0;
    const work = async (): Promise<void> => {
      expect(++inside).toBe(1);
      await realSleep(10);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(path, realSleep, work)));
    await writeFile(path, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, token: 'x' }));
    await withLock(path, realSleep, work);
    await writeFile(path, JSON.stringify({ host: 'another', pid: 1, token: 'x' }));
    const waiting = withLock(path, realSleep, work, AbortSignal.timeout(150));
    await expect(waiting).rejects.toThrow();
  });
});

describe('a proxy', () => {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  async function proxy(): Promise<{ url: string; seen: string[] }> {
    const seen: string[] = [];
    const url = await createServer((request, response) => {
      seen.push(request.url!);
      httpRequest(request.url!, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      }).end();
    });
    return { url, seen };
  }

  it('of the environment is used, with NO_PROXY as the exception', async () => {
    for (const name of names) Reflect.deleteProperty(process.env, name);
    const mirror = await mirrorOf(await treeOfOne());
    const { url, seen } = await proxy();
    process.env['HTTP_PROXY'] = url;
    const through = await openHttp(mirror.url);
    expect(await readObject(through.archive)).toBe(CSV);
    expect(seen).toContain(`${mirror.url}/${KEY}`);
    seen.length = 0;
    process.env['NO_PROXY'] = '127.0.0.1';
    const past = await openHttp(mirror.url);
    expect(await readObject(past.archive)).toBe(CSV);
    expect(seen).toEqual([]);
  });

  it('that cannot be reached is E_NETWORK', async () => {
    for (const name of names) Reflect.deleteProperty(process.env, name);
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    const { archive } = await openHttp('http://archive.invalid');
    const error = await failure(archive.checksum(KEY), 'E_NETWORK');
    expect(error.message).toMatch(/ECONNREFUSED/);
  });
});
