import { renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKSUM, CHECKSUM_KEY, OBJECT, ZIP, ZIP_KEY, folderOf, mirrorOf, put, raw } from './fixture.js';

async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url, { headers, method });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

test('GET gives the bytes and what is known of them', async () => {
  const root = folderOf(OBJECT);
  utimesSync(join(root, ZIP_KEY), 1_700_000_000.5, 1_700_000_000.5);
  const mirror = await mirrorOf(root);
  const { status, headers, body } = await get(`${mirror.url}/${ZIP_KEY}`);
  expect(status).toBe(200);
  expect(body.equals(ZIP)).toBe(true);
  expect(headers.get('content-length')).toBe(String(ZIP.length));
  expect(headers.get('content-type')).toBe('application/zip');
  expect(headers.get('accept-ranges')).toBe('bytes');
  expect(headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
  expect(headers.get('last-modified')).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
  const checksum = await get(`${mirror.url}/${CHECKSUM_KEY}`);
  expect(checksum.body.toString()).toBe(CHECKSUM);
});

test('HEAD gives the same headers and no body', async () => {
  const mirror = await mirrorOf(OBJECT);
  const url = `${mirror.url}/${ZIP_KEY}`;
  const [head, whole] = [await get(url, {}, 'HEAD'), await get(url)];
  expect(head.status).toBe(200);
  expect(head.body.length).toBe(0);
  for (const name of ['content-length', 'etag', 'last-modified', 'accept-ranges', 'content-type']) {
    expect(head.headers.get(name)).toBe(whole.headers.get(name));
  }
});

test('the ETag is stable, and another one when the object is replaced', async () => {
  const root = folderOf(OBJECT);
  const mirror = await mirrorOf(root);
  const etag = async () => (await get(`${mirror.url}/${ZIP_KEY}`, {}, 'HEAD')).headers.get('etag');
  const first = await etag();
  expect(await etag()).toBe(first);
  const again = await mirrorOf(root);
  expect((await get(`${again.url}/${ZIP_KEY}`, {}, 'HEAD')).headers.get('etag')).toBe(first);
  // Of the same size and time, but another file.
  const { atime, mtime } = statSync(join(root, ZIP_KEY));
  const other = put(root, 'data/other.tmp', Buffer.alloc(ZIP.length));
  utimesSync(other, atime, mtime);
  renameSync(other, join(root, ZIP_KEY));
  expect(await etag()).not.toBe(first);
});

test.each([
  ['bytes=0-0', 0, 1],
  ['bytes=100-199', 100, 200],
  ['bytes=262143-262145', 262_143, 262_146],
  ['bytes=1000-', 1000, ZIP.length],
  ['bytes=5-99999999', 5, ZIP.length],
  ['bytes=-10', ZIP.length - 10, ZIP.length],
  ['bytes=-99999999', 0, ZIP.length],
])('%s is a part', async (range, start, end) => {
  const mirror = await mirrorOf(OBJECT);
  const { status, headers, body } = await get(`${mirror.url}/${ZIP_KEY}`, { range });
  expect(status).toBe(206);
  expect(headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${ZIP.length}`);
  expect(headers.get('content-length')).toBe(String(end - start));
  expect(body.equals(ZIP.subarray(start, end))).toBe(true);
});

test.each([`bytes=${ZIP.length}-`, `bytes=99999999-99999999`, 'bytes=-0'])(
  '%s cannot be met',
  async (range) => {
    const mirror = await mirrorOf(OBJECT);
    const { status, headers, body } = await get(`${mirror.url}/${ZIP_KEY}`, { range });
    expect(status).toBe(416);
    expect(headers.get('content-range')).toBe(`bytes */${ZIP.length}`);
    expect(body.toString()).toContain('<Code>InvalidRange</Code>');
  },
);

test.each(['bytes=9-5', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=0-1,3-4', ''])(
  'a Range of "%s" is ignored',
  async (range) => {
    const mirror = await mirrorOf(OBJECT);
    const { status, body } = await get(`${mirror.url}/${ZIP_KEY}`, { range });
    expect(status).toBe(200);
    expect(body.length).toBe(ZIP.length);
  },
);

test('an empty object is served, and has no part', async () => {
  const mirror = await mirrorOf({ 'data/empty.zip': '' });
  const whole = await get(`${mirror.url}/data/empty.zip`);
  expect([whole.status, whole.body.length, whole.headers.get('content-length')]).toEqual([200, 0, '0']);
  expect((await get(`${mirror.url}/data/empty.zip`, { range: 'bytes=0-' })).status).toBe(416);
});

test('If-Range keeps the part for the same revision alone', async () => {
  const mirror = await mirrorOf(OBJECT);
  const url = `${mirror.url}/${ZIP_KEY}`;
  const { headers } = await get(url, {}, 'HEAD');
  const etag = headers.get('etag')!;
  const date = headers.get('last-modified')!;
  const status = async (ifRange: string) =>
    (await get(url, { range: 'bytes=10-', 'if-range': ifRange })).status;
  expect(await status(etag)).toBe(206);
  expect(await status(date)).toBe(206);
  expect(await status('"0123456789abcdef"')).toBe(200);
  expect(await status(`W/${etag}`)).toBe(200);
  expect(await status('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(200);
  expect(await status('nonsense')).toBe(200);
});

test('conditions', async () => {
  const mirror = await mirrorOf(OBJECT);
  const url = `${mirror.url}/${ZIP_KEY}`;
  const { headers } = await get(url, {}, 'HEAD');
  const etag = headers.get('etag')!;
  const date = headers.get('last-modified')!;
  const past = 'Wed, 21 Oct 2015 07:28:00 GMT';
  const status = async (conditions: Record<string, string>) => {
    const answer = await get(url, conditions);
    expect(answer.headers.get('content-length') === String(ZIP.length)).toBe(answer.status === 200);
    return answer.status;
  };
  expect(await status({ 'if-none-match': etag })).toBe(304);
  expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
  expect(await status({ 'if-none-match': '*' })).toBe(304);
  expect(await status({ 'if-none-match': '"x"' })).toBe(200);
  expect(await status({ 'if-modified-since': date })).toBe(304);
  expect(await status({ 'if-modified-since': past })).toBe(200);
  // The ETag is the stricter of the two.
  expect(await status({ 'if-none-match': '"x"', 'if-modified-since': date })).toBe(200);
  expect(await status({ 'if-match': etag })).toBe(200);
  expect(await status({ 'if-match': '"x"' })).toBe(412);
  expect(await status({ 'if-unmodified-since': past })).toBe(412);
  expect(await status({ 'if-unmodified-since': date })).toBe(200);
});

test('what is not there is NoSuchKey: files, folders, another case', async () => {
  const mirror = await mirrorOf(OBJECT);
  const keys = [
    'data/nothing.zip',
    'data',
    'data/futures/',
    ZIP_KEY.toLowerCase(),
    `${ZIP_KEY}/x`,
    'data//x',
  ];
  for (const key of keys) {
    const { status, headers, body } = await get(`${mirror.url}/${key}`);
    expect(status, key).toBe(404);
    expect(headers.get('content-type')).toBe('application/xml');
    expect(body.toString()).toContain('<Error><Code>NoSuchKey</Code>');
    expect(body.toString()).toContain(`<Key>${key}</Key>`);
    expect((await get(`${mirror.url}/${key}`, {}, 'HEAD')).body.length).toBe(0);
  }
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is not allowed', async (method) => {
  const mirror = await mirrorOf(OBJECT);
  for (const path of [ZIP_KEY, '', '?prefix=data/']) {
    const { status, headers, body } = await get(`${mirror.url}/${path}`, {}, method);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, HEAD');
    expect(body.toString()).toContain('<Code>MethodNotAllowed</Code>');
  }
});

test('keys need not be ASCII', async () => {
  const key = 'data/futures/um/daily/aggTrades/币安人生USDT/币安人生USDT-aggTrades-2026-01-05.zip';
  const mirror = await mirrorOf({ [key]: 'bytes', 'data/a b+c&d.zip': 'odd' });
  expect((await get(`${mirror.url}/${encodeURI(key)}`)).body.toString()).toBe('bytes');
  const odd = await raw(mirror, 'GET /data/a%20b+c&d.zip');
  expect(odd.body.toString()).toBe('odd');
  const missing = await get(`${mirror.url}/data/%E5%B8%81%3C.zip`);
  expect(missing.body.toString()).toContain('<Key>data/币&lt;.zip</Key>');
});

test('a request line with the whole URL is understood', async () => {
  const mirror = await mirrorOf(OBJECT);
  const { head, body } = await raw(mirror, `GET http://data.example/${ZIP_KEY}`, 'Range: bytes=0-3');
  expect(head).toContain('206 Partial Content');
  expect(body.equals(ZIP.subarray(0, 4))).toBe(true);
});
