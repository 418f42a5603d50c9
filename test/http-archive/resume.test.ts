import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  readObject,
  sha256Of,
  treeOfOne,
} from './setup.js';

const ZIP_PATH = '_tmp/binance_vision/um/daily/aggTrades/XYZUSDT-aggTrades-2024-01-05.zip';

/** A data folder in which an earlier run left this. */
async function leftBehind(part: Uint8Array, origin?: object): Promise<string> {
  const dataDir = await newFolder();
  const path = join(dataDir, `${ZIP_PATH}.part`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, part);
  if (origin) await writeFile(`${path}.json`, JSON.stringify(origin));
  return dataDir;
}

async function etagOf(url: string): Promise<string> {
  return (await fetch(`${url}/${KEY}`, { method: 'HEAD' })).headers.get('etag')!;
}

describe('a transfer that breaks', () => {
  it('goes on from where it was', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['reset=0.5:*.zip:2'] });
    const { archive, events } = await openHttp(mirror.url);
    expect(await readObject(archive)).toBe(CSV);
    const asked = mirror.requests.list({ key: KEY });
    expect(asked.map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9]\d*-$/),
      expect.stringMatching(/^bytes=[1-9]\d*-$/),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([200, 206, 206]);
    const starts = asked.slice(1).map(({ range }) => Number(/\d+/.exec(range!)![0]));
    expect(starts[1]).toBeGreaterThan(starts[0]!);
    const received = events.flatMap((event) => (event.type === 'received' ? [event.bytes] : []));
    expect(received.reduce((sum, bytes) => sum + bytes, 0)).toBe(ZIP.length);
  });

  it('counts attempts anew as long as it moves', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['reset=0.3:*.zip:8'] });
    const { archive } = await openHttp(mirror.url, { attempts: 2 });
    expect(await readObject(archive)).toBe(CSV);
    expect(mirror.requests.count({ key: KEY })).toBe(9);
  });

  it('but not when it starts over each time', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['reset=0.3:*.zip', 'ignore-range:*.zip'] });
    const { archive, dataDir } = await openHttp(mirror.url, { attempts: 3 });
    await failure(archive.open(entryOf()), 'E_NETWORK');
    expect(mirror.requests.count({ key: KEY })).toBeLessThan(12);
    expect(await filesIn(dataDir)).toEqual([`${ZIP_PATH}.part`, `${ZIP_PATH}.part.json`]);
  });

  it('is resumed by the next run', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['reset=0.5:*.zip'] });
    const first = await openHttp(mirror.url, { attempts: 1 });
    await failure(first.archive.open(entryOf()), 'E_NETWORK');
    mirror.setFaults([]);
    mirror.requests.clear();
    const { archive } = await openHttp(mirror.url, { dataDir: first.dataDir });
    expect(await readObject(archive)).toBe(CSV);
    const [asked, ...more] = mirror.requests.list({ key: KEY });
    expect(more).toEqual([]);
    expect(asked?.status).toBe(206);
    expect(asked?.bodyBytes).toBeLessThan(ZIP.length);
  });
});

describe('what an earlier run left', () => {
  it('is promoted without a request when it is complete', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const dataDir = await leftBehind(ZIP);
    const { archive } = await openHttp(mirror.url, { dataDir });
    expect(await readObject(archive)).toBe(CSV);
    expect(mirror.requests.count({ key: KEY })).toBe(0);
    expect(await filesIn(dataDir)).toEqual([ZIP_PATH]);
  });

  const half = ZIP.subarray(0, 200_000);
  const broken: [string, Uint8Array, (url: string, etag: string) => object | undefined, number[]][] = [
    ['belongs to the same object', half, (url, etag) => ({ url, etag, bytes: ZIP.length }), [206]],
    ['has no origin', half, () => undefined, [200]],
    ['has no ETag', half, (url) => ({ url, etag: null, bytes: ZIP.length }), [200]],
    ['comes from elsewhere', half, (_, etag) => ({ url: 'http://127.0.0.1:1/x', etag, bytes: null }), [200]],
    ['has another ETag', half, (url) => ({ url, etag: '"other"', bytes: ZIP.length }), [200]],
    ['has another size', half, (url, etag) => ({ url, etag, bytes: 7 }), [206, 200]],
    ['is longer', Buffer.concat([ZIP, half]), (url, etag) => ({ url, etag, bytes: null }), [416, 200]],
    ['has other bytes', Buffer.alloc(1000), (url, etag) => ({ url, etag, bytes: ZIP.length }), [206, 200]],
  ];
  for (const [what, part, origin, statuses] of broken) {
    it(`that ${what}: answers ${statuses.join(', ')}`, async () => {
      const mirror = await mirrorOf(await treeOfOne());
      const dataDir = await leftBehind(part, origin(`${mirror.url}/${KEY}`, await etagOf(mirror.url)));
      const { archive } = await openHttp(mirror.url, { dataDir });
      expect(await readObject(archive)).toBe(CSV);
      expect(mirror.requests.list({ key: KEY, method: 'GET' }).map(({ status }) => status)).toEqual(statuses);
      expect(await filesIn(dataDir)).toEqual([ZIP_PATH]);
    });
  }

  it('a whole ZIP is used, unless it is another revision', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    for (const [content, requests] of [
      [ZIP, 0],
      [half, 1],
    ] as const) {
      const dataDir = await leftBehind(Buffer.alloc(0));
      await writeFile(join(dataDir, ZIP_PATH), content);
      mirror.requests.clear();
      const { archive } = await openHttp(mirror.url, { dataDir });
      expect(await readObject(archive)).toBe(CSV);
      expect(mirror.requests.count({ key: KEY })).toBe(requests);
    }
  });

  it('a weak ETag is not resumed by', async () => {
    const ranges: (string | undefined)[] = [];
    const url = await createServer((request, response) => {
      if (request.url?.endsWith('.CHECKSUM')) {
        response.writeHead(404).end();
        return;
      }
      ranges.push(request.headers.range);
      response.writeHead(200, { etag: 'W/"x"', 'content-length': ZIP.length });
      if (ranges.length > 1) response.end(ZIP);
      else response.write(ZIP.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
    });
    const { archive } = await openHttp(url);
    expect(await readObject(archive)).toBe(CSV);
    expect(ranges).toEqual([undefined, undefined]);
  });
});

describe('after use', () => {
  it('a ZIP goes', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    await readObject(archive);
    await archive.release([entryOf()], false);
    expect(await filesIn(dataDir)).toEqual([ZIP_PATH]);
    await archive.release([entryOf()], true);
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it('or is kept as an archive, and found there again', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url, { keepZip: true });
    await readObject(archive);
    await archive.release([entryOf()], true);
    await archive.release([entryOf()], true);
    expect(await filesIn(dataDir)).toEqual([`archive/${KEY}`, `archive/${KEY}.CHECKSUM`]);
    const again = await openHttp(mirror.url, { dataDir });
    expect(await readObject(again.archive)).toBe(CSV);
    expect(mirror.requests.count({ key: KEY })).toBe(1);
    // A kept copy that is damaged is not used, and not destroyed either.
    await writeFile(join(dataDir, 'archive', KEY), 'damaged');
    const third = await openHttp(mirror.url, { dataDir });
    expect(await readObject(third.archive)).toBe(CSV);
    expect(mirror.requests.count({ key: KEY })).toBe(2);
  });
});

/** A process that downloads `KEY` and prints `done`. Needs `npm run build`. */
function downloading(url: string, dataDir: string): ChildProcess {
  const module = new URL('../../dist/archive/index.js', import.meta.url).href;
  const program = `
    const { HttpArchive } = await import(${JSON.stringify(module)});
    const archive = new HttpArchive(${JSON.stringify(url)}, { dataDir: ${JSON.stringify(dataDir)}, diskReserveBytes: 0 });
    const name = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' };
    const [entry] = await archive.list(name);
    const object = await archive.open(entry);
    await object.close();
    await archive.close();
    console.log('done');`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a process that is killed', () => {
  it('leaves a part from which the next one goes on to the same file', async () => {
    // Random bytes: larger than a block that is written at once.
    const zip = Buffer.concat([ZIP, Buffer.from(CSV), Buffer.from(CSV), Buffer.from(CSV)]);
    const root = await treeOfOne(zip);
    const mirror = await mirrorOf(root, { faults: ['throttle=3000000:*.zip'] });
    const dataDir = await newFolder();
    const first = downloading(mirror.url, dataDir);
    const part = join(dataDir, `${ZIP_PATH}.part`);
    while (((await stat(part).catch(() => undefined))?.size ?? 0) < 1 << 20) {
      expect(first.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('exit', resolve));
    mirror.setFaults([]);
    mirror.requests.clear();
    const { archive } = await openHttp(mirror.url, { dataDir });
    await failure(archive.open(entryOf(KEY, zip.length)), 'E_ZIP'); // not of ZIPs, this test
    expect(sha256Of(await readFile(join(dataDir, ZIP_PATH)))).toBe(sha256Of(zip));
    const [asked] = mirror.requests.list({ key: KEY });
    expect(asked).toMatchObject({ range: expect.stringMatching(/^bytes=[1-9]\d+-$/) as string, status: 206 });
    expect((await filesIn(dataDir)).filter((file) => !file.includes('_tmp/index/'))).toEqual([ZIP_PATH]);
  });
});
