import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CSV,
  FOLDER,
  KEY,
  ZIP,
  entryOf,
  failure,
  filesIn,
  mirrorOf,
  openHttp,
  putObject,
  readObject,
  sha256Of,
  treeOfOne,
} from './setup.js';
import { createServer } from './server.js';

const ZIP_PATH = '_tmp/binance_vision/um/daily/aggTrades/XYZUSDT-aggTrades-2024-01-05.zip';

describe('a fault that passes', () => {
  const passing: [string, string[]][] = [
    ['a cut transfer', ['truncate:*.zip:2']],
    ['a reset connection', ['reset:*.zip:2']],
    ['a connection closed without an answer', ['hang-up:*:2']],
    ['a transfer that stalls', ['stall=2000:*.zip:1']],
    ['an answer that does not come', ['slow-headers=2000:*.zip:1']],
    ['a length that is too large', ['length-too-large:*.zip:1']],
    ['500', ['500:*:2']],
    ['502', ['502:*:2']],
    ['503', ['503:*:3']],
    ['504', ['504:*:1']],
    ['one corrupt transfer', ['corrupt:*.zip:1']],
    ['a range that is ignored', ['reset:*.zip:1', 'ignore-range:*.zip:1']],
    ['an ETag that changes on the way', ['reset:*.zip:1', 'change-etag:*.zip:1']],
    ['an object that is replaced between two requests', ['replace:*:1']],
    ['a length that is too small', ['length-too-small:*.zip:1']],
    ['a slow server', ['throttle=2000000:*.zip']],
  ];
  for (const [what, faults] of passing) {
    it(`is survived: ${what}`, async () => {
      const mirror = await mirrorOf(await treeOfOne(), { faults });
      const { archive, dataDir } = await openHttp(mirror.url);
      expect(await readObject(archive)).toBe(CSV);
      expect(sha256Of(await readFile(join(dataDir, ZIP_PATH)))).toBe(sha256Of(ZIP));
      expect(await filesIn(dataDir)).toEqual([ZIP_PATH]);
    });
  }

  it('429: what Retry-After says is waited for, seconds or date', async () => {
    const nowMs = Date.UTC(2026, 0, 1);
    const faults = [
      { kind: '429', pattern: '*.zip', value: 7, count: 1 },
      { kind: '429-date', pattern: '*.zip', value: 90, count: 1, skip: 1 },
    ] as const;
    const mirror = await mirrorOf(await treeOfOne(), { faults, clock: { nowMs: () => nowMs } });
    const { archive, waits, events } = await openHttp(mirror.url, {}, { now: () => nowMs });
    expect(await readObject(archive)).toBe(CSV);
    expect(waits).toEqual([7000, 90_000]);
    expect(events.filter((event) => event.type === 'retry').map((event) => event.reason)).toEqual([
      'the server answered 429 (TooManyRequests)',
      'the server answered 429 (TooManyRequests)',
    ]);
  });

  it('waits twice as long each time, up to the maximum', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['503:*.zip:6'] });
    const { archive, waits } = await openHttp(mirror.url, { attempts: 7 });
    expect(await readObject(archive)).toBe(CSV);
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
});

describe('a fault that stays', () => {
  it('5xx: E_NETWORK with URL, status and attempts', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: ['503:*.zip'] });
    const { archive } = await openHttp(mirror.url);
    const error = await failure(archive.open(entryOf()), 'E_NETWORK');
    expect(error.message).toBe(
      `GET ${mirror.url}/${KEY}: the server answered 503 (SlowDown) (after 4 attempts)`,
    );
    expect(error.context).toMatchObject({
      url: `${mirror.url}/${KEY}`,
      status: 503,
      attempts: 4,
      object: KEY,
    });
    expect([error.exitStatus, error.retryable]).toEqual([75, true]);
    expect(mirror.requests.count({ key: KEY })).toBe(4);
  });

  it('nobody listens: E_NETWORK', async () => {
    const { archive } = await openHttp('http://127.0.0.1:9');
    const error = await failure(archive.checksum(KEY), 'E_NETWORK');
    expect(error.message).toMatch(/ECONNREFUSED 127.0.0.1:9.*4 attempts/);
  });

  it('403 and 451 stop at once with what they mean', async () => {
    for (const [fault, code] of [
      ['403', 'E_FORBIDDEN'],
      ['451', 'E_GEOBLOCKED'],
    ] as const) {
      const mirror = await mirrorOf(await treeOfOne(), { faults: [`${fault}:*.zip`] });
      const { archive } = await openHttp(mirror.url);
      const error = await failure(archive.open(entryOf()), code);
      expect(error.context.status).toBe(Number(fault));
      expect(error.exitStatus).toBe(1);
      expect(mirror.requests.count({ key: KEY })).toBe(1);
    }
  });

  it('404 is an answer', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    const key = KEY.replace('01-05', '01-06');
    const error = await failure(archive.open(entryOf(key)), 'E_NOT_FOUND');
    expect(error.message).toContain(`${mirror.url}/${key}`);
    expect(mirror.requests.count({ key })).toBe(1);
    expect((await filesIn(dataDir)).filter((file) => file.endsWith('.zip'))).toEqual([]);
  });

  it('an endless body of undeclared length is E_HTTP', async () => {
    const url = await createServer((request, response) => {
      if (request.url?.endsWith('.CHECKSUM')) {
        response.writeHead(404).end();
        return;
      }
      const block = Buffer.alloc(1 << 20);
      const write = (): void => {
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    });
    const { archive } = await openHttp(url);
    await failure(archive.open(entryOf(KEY, 1000)), 'E_HTTP');
  });

  it('a wrong checksum is fetched again, then the object goes to quarantine with both hashes', async () => {
    const wrong = '0'.repeat(64);
    const mirror = await mirrorOf(await treeOfOne(ZIP, wrong));
    const { archive, dataDir } = await openHttp(mirror.url);
    const error = await failure(archive.open(entryOf()), 'E_CHECKSUM');
    expect(error.context).toMatchObject({ expected: wrong, found: sha256Of(ZIP) });
    expect(mirror.requests.count({ key: KEY })).toBe(2);
    expect(mirror.requests.count({ key: `${KEY}.CHECKSUM` })).toBe(3);
    const name = `_quarantine/um/daily/aggTrades/XYZUSDT-aggTrades-2024-01-05.${sha256Of(ZIP).slice(0, 12)}.zip`;
    expect(await filesIn(dataDir)).toEqual([name, `${name}.json`]);
    expect(JSON.parse(await readFile(join(dataDir, `${name}.json`), 'utf8'))).toMatchObject({
      key: KEY,
      url: `${mirror.url}/${KEY}`,
      sha256: sha256Of(ZIP),
      expectedSha256: wrong,
      bytes: ZIP.length,
    });
  });

  it('a .CHECKSUM that is none is asked for twice', async () => {
    const root = await treeOfOne();
    await putObject(root, `${KEY}.CHECKSUM`, Buffer.from('<html>sorry</html>'), null);
    const mirror = await mirrorOf(root);
    const { archive } = await openHttp(mirror.url);
    await failure(archive.open(entryOf()), 'E_CHECKSUM_FORMAT');
    expect(mirror.requests.count({ key: `${KEY}.CHECKSUM` })).toBe(2);
  });

  it('a missing .CHECKSUM is recorded', async () => {
    const mirror = await mirrorOf(await treeOfOne(ZIP, null));
    const { archive } = await openHttp(mirror.url);
    const object = await archive.open(entryOf());
    expect(object.facts).toMatchObject({ checksum: 'missing', sha256: sha256Of(ZIP) });
    await object.close();
  });

  it('a damaged ZIP without .CHECKSUM is E_ZIP, and fetched anew by the next run', async () => {
    const root = await treeOfOne(ZIP.subarray(0, 1000), null);
    const mirror = await mirrorOf(root);
    const first = await openHttp(mirror.url);
    await failure(first.archive.open(entryOf()), 'E_ZIP');
    await putObject(root, KEY, ZIP, null);
    const { archive } = await openHttp(mirror.url, { dataDir: first.dataDir });
    expect(await readObject(archive)).toBe(CSV);
  });
});

describe('URLs and keys', () => {
  it('percent-encodes names', async () => {
    const root = await treeOfOne();
    const key = KEY.replaceAll('XYZUSDT', '币安人生USDT');
    await putObject(root, key, ZIP);
    const mirror = await mirrorOf(root);
    const { archive, dataDir } = await openHttp(mirror.url);
    expect(await readObject(archive, entryOf(key))).toBe(CSV);
    expect(mirror.requests.list({ key })[0]?.url).toMatch(/%E5%B8%81/);
    expect(await filesIn(dataDir)).toContain(ZIP_PATH.replace('XYZUSDT', '币安人生USDT'));
  });

  it('sends credentials, and never shows them', async () => {
    const seen: (string | undefined)[] = [];
    const url = await createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    const { archive } = await openHttp(url.replace('//', '//me:s%40cret@'));
    const error = await failure(archive.checksum(KEY), 'E_FORBIDDEN');
    expect(seen).toEqual([`Basic ${Buffer.from('me:s@cret').toString('base64')}`]);
    expect(JSON.stringify([error, archive.location])).not.toContain('s%40cret');
  });

  it('follows redirections, but takes the credentials nowhere else', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const seen: (string | undefined)[] = [];
    const elsewhere = await createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${mirror.url}${request.url!}` }).end();
    });
    const url = await createServer((request, response) => {
      response.writeHead(307, { location: `${elsewhere}${request.url!}` }).end();
    });
    const { archive } = await openHttp(url.replace('//', '//me:secret@'));
    expect(await readObject(archive)).toBe(CSV);
    expect(seen).toEqual([undefined, undefined]);
  });

  it('takes no key that leaves the archive, and no URL with a query', async () => {
    const { archive } = await openHttp('http://127.0.0.1:9');
    await failure(
      Promise.resolve().then(() => archive.checksum(`${FOLDER}/../x.zip`)),
      'E_USAGE',
    );
    await failure(openHttp('http://127.0.0.1:9/?prefix=data/'), 'E_USAGE');
    await failure(openHttp('http://127.0.0.1:9', { connections: 0 }), 'E_USAGE');
  });
});
