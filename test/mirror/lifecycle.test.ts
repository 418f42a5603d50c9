import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { startMirror } from '../../src/mirror/index.js';
import { OBJECT, ZIP, ZIP_KEY, folderOf, mirrorOf, put } from './fixture.js';

/** Sockets, servers and requests to the file system that keep the process alive. */
const handles = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /TCP|Server|FS|File/.test(kind)).length;

test('close() leaves nothing open, even in the middle of answers', async () => {
  const before = handles();
  const mirror = await startMirror({ root: folderOf(OBJECT), faults: ['stall=60000:*.zip'] });
  const idle = connect(Number(new URL(mirror.url).port), '127.0.0.1');
  const idleClosed = new Promise((resolve) => idle.on('close', resolve));
  const stalled = fetch(`${mirror.url}/${ZIP_KEY}`).then((response) => response.arrayBuffer());
  stalled.catch(() => undefined);
  await expect.poll(() => mirror.requests.list()[0]?.bodyBytes ?? 0).toBeGreaterThan(0);
  await mirror.close();
  await mirror.close();
  await expect(stalled).rejects.toThrow();
  await idleClosed;
  await expect.poll(() => mirror.requests.list()[0]).toMatchObject({ outcome: 'aborted' });
  await expect.poll(handles).toBeLessThanOrEqual(before);
  await expect(fetch(mirror.url)).rejects.toThrow();
});

test('listens on loopback, on a free port or on the one it is told', async () => {
  const first = await mirrorOf(OBJECT);
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const port = Number(new URL(first.url).port);
  await first.close();
  const second = await mirrorOf(OBJECT, { port });
  expect(second.url).toBe(first.url);
});

test('a port that is taken, a folder that is none, a fault that is none', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const root = folderOf({ 'data/a.zip': 'a' });
  const code = async (starting: Promise<unknown>): Promise<string> => {
    const error = await starting.catch((thrown: unknown) => thrown);
    return TapemillError.is(error) ? error.code : 'none of ours';
  };
  expect(await code(startMirror({ root, port }))).toBe('E_USAGE');
  expect(await code(startMirror({ root: `${root}/nothing` }))).toBe('E_ARCHIVE_UNREADABLE');
  expect(await code(startMirror({ root: `${root}/data/a.zip` }))).toBe('E_ARCHIVE_UNREADABLE');
  expect(await code(startMirror({ root, faults: ['nonsense'] }))).toBe('E_USAGE');
  await new Promise((resolve) => other.close(resolve));
});

test('the log: what was asked, how it was answered, how much at once', async () => {
  const ended: string[] = [];
  const mirror = await mirrorOf(OBJECT, { onRequest: ({ method, key }) => ended.push(`${method} ${key}`) });
  const url = `${mirror.url}/${ZIP_KEY}`;
  await (await fetch(url, { headers: { range: 'bytes=0-9' } })).arrayBuffer();
  await fetch(url, { method: 'HEAD' });
  await (await fetch(`${mirror.url}/?prefix=data/`)).text();
  await (await fetch(`${mirror.url}/data/nothing.zip`)).text();
  await expect.poll(() => ended.length).toBe(4);
  expect(ended[1]).toBe(`HEAD ${ZIP_KEY}`);
  const { requests } = mirror;
  expect(requests.total).toBe(4);
  expect(requests.list()[0]).toMatchObject({
    ...{ method: 'GET', target: 'object', key: ZIP_KEY, range: 'bytes=0-9', status: 206, bodyBytes: 10 },
    ...{ faults: [], outcome: 'sent' },
  });
  expect(requests.count({ target: 'index', key: 'data/' })).toBe(1);
  expect(requests.count({ key: /\.zip$/ })).toBe(3);
  expect(requests.count({ hasRange: true })).toBe(1);
  expect(requests.count({ status: 404, method: 'GET' })).toBe(1);
  expect(requests.bodyBytes).toBeGreaterThan(10);
  mirror.setFaults(['slow-headers=250']);
  requests.clear();
  await Promise.all([1, 2, 3].map(() => fetch(url, { method: 'HEAD' })));
  expect(requests.peakOpen).toBe(3);
  expect(requests.total).toBe(3);
});

test('setFaults forgets counts', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['503:1'] });
  const status = async () => (await fetch(`${mirror.url}/${ZIP_KEY}`, { method: 'HEAD' })).status;
  expect([await status(), await status()]).toEqual([503, 200]);
  mirror.setFaults(['503:1']);
  expect([await status(), await status()]).toEqual([503, 200]);
  mirror.setFaults([]);
  expect(await status()).toBe(200);
});

test('one connection serves many requests, answers of faults among them', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['503:*.zip:3'] });
  const socket = connect(Number(new URL(mirror.url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  // All of them at once: answers come in the order of the requests.
  for (let i = 0; i < 5; i++) {
    socket.write(`GET /${ZIP_KEY} HTTP/1.1\r\nHost: x\r\nRange: bytes=${i}-${i}\r\n\r\n`);
  }
  await expect.poll(() => text.split('HTTP/1.1 ').length - 1).toBe(5);
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual([
    '503',
    '503',
    '503',
    '206',
    '206',
  ]);
  socket.destroy();
});

test('an object that becomes shorter while it is sent breaks the connection', async () => {
  const root = folderOf({});
  put(root, ZIP_KEY, Buffer.alloc(4_000_000));
  const mirror = await mirrorOf(root, { faults: ['throttle=2000000'] });
  const response = await fetch(`${mirror.url}/${ZIP_KEY}`);
  put(root, ZIP_KEY, ZIP.subarray(0, 10));
  await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  await expect.poll(() => mirror.requests.list()[0]?.outcome).toBe('aborted');
});
