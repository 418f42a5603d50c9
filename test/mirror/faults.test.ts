import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openObject } from '../../src/archive/index.js';
import { FAULTS, FAULT_KINDS, type Mirror } from '../../src/mirror/index.js';
import {
  CHECKSUM,
  CHECKSUM_KEY,
  OBJECT,
  ZIP,
  ZIP_KEY,
  folderOf,
  list,
  mirrorOf,
  raw,
  sha256,
} from './fixture.js';

const zip = (mirror: Mirror, ...headers: string[]) => raw(mirror, `GET /${ZIP_KEY}`, ...headers);
const header = (head: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
const statusOf = (head: string): number => Number(head.split(' ')[1]);

test('every kind has a test here', () => {
  const tested = new Set([...KINDS_BELOW, ...STATUS_KINDS.map(([kind]) => kind)]);
  expect([...tested].sort()).toEqual([...FAULT_KINDS].sort());
});

const KINDS_BELOW = [
  ...['truncate', 'reset', 'hang-up', 'stall', 'throttle', 'slow-headers', 'corrupt', 'length-too-large'],
  ...['length-too-small', 'ignore-range', 'change-etag', 'replace', '429', '429-date', 'index-429'],
  ...[
    'index-hang-up',
    'index-slow',
    'index-error-page',
    'index-error-body',
    'index-truncated',
    'index-empty',
  ],
  ...['index-blank', 'index-ignore-marker'],
];

const STATUS_KINDS = [
  ['403', 403, 'AccessDenied'],
  ['404', 404, 'NoSuchKey'],
  ['451', 451, 'UnavailableForLegalReasons'],
  ['500', 500, 'InternalError'],
  ['502', 502, 'BadGateway'],
  ['503', 503, 'SlowDown'],
  ['504', 504, 'GatewayTimeout'],
  ['index-403', 403, 'AccessDenied'],
  ['index-503', 503, 'SlowDown'],
] as const;

test.each(STATUS_KINDS)('%s', async (kind, status, code) => {
  const mirror = await mirrorOf(OBJECT, { faults: [{ kind, count: 1 }] });
  const path = FAULTS[kind].target === 'index' ? '?prefix=data/' : ZIP_KEY;
  const { head, body } = await raw(mirror, `GET /${path}`);
  expect(statusOf(head)).toBe(status);
  expect(body.toString()).toContain(`<Code>${code}</Code>`);
  expect(statusOf((await raw(mirror, `GET /${path}`)).head)).toBe(200);
  mirror.setFaults([kind]);
  const asked = await raw(mirror, `HEAD /${path}`);
  expect([statusOf(asked.head), asked.body.length]).toEqual([status, 0]);
});

test('truncate: the connection is closed in order before the length is reached', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['truncate=0.25'] });
  const { head, body, end } = await zip(mirror);
  expect(header(head, 'content-length')).toBe(String(ZIP.length));
  expect(end).toBe('closed');
  expect(body.equals(ZIP.subarray(0, Math.floor(ZIP.length / 4)))).toBe(true);
  await expect
    .poll(() => mirror.requests.list()[0])
    .toMatchObject({ status: 200, faults: ['truncate'], outcome: 'cut' });
  const part = await zip(mirror, 'Range: bytes=100-199');
  expect(statusOf(part.head)).toBe(206);
  expect(part.body.equals(ZIP.subarray(100, 125))).toBe(true);
  mirror.setFaults(['truncate=1']);
  expect((await zip(mirror)).body.length).toBe(ZIP.length - 1);
  mirror.setFaults(['truncate=0']);
  expect((await zip(mirror)).body.length).toBe(0);
  expect(statusOf((await raw(mirror, `HEAD /${ZIP_KEY}`)).head)).toBe(200);
});

test('truncate: a client notices', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['truncate'] });
  const response = await fetch(`${mirror.url}/${ZIP_KEY}`);
  await expect(response.arrayBuffer()).rejects.toThrow('terminated');
});

test('truncate: who resumes gets there', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['truncate:*.zip:5'] });
  let got = Buffer.alloc(0);
  for (let request = 0; got.length < ZIP.length; request++) {
    expect(request).toBeLessThan(7);
    const { body } = await zip(mirror, `Range: bytes=${got.length}-`);
    got = Buffer.concat([got, body]);
  }
  expect(got.equals(ZIP)).toBe(true);
  expect(mirror.requests.count({ fault: 'truncate' })).toBe(5);
  expect(mirror.requests.total).toBe(6);
});

test('reset: some of the body, then RST', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['reset=0.1'] });
  const { head, body, end } = await zip(mirror);
  expect(end).toBe('reset');
  expect(statusOf(head)).toBe(200);
  expect(body.equals(ZIP.subarray(0, Math.floor(ZIP.length / 10)))).toBe(true);
});

test.each(['hang-up', 'index-hang-up'])('%s: no answer at all', async (kind) => {
  const mirror = await mirrorOf(OBJECT, { faults: [kind] });
  const { head, body, end } = await raw(
    mirror,
    kind === 'hang-up' ? `HEAD /${ZIP_KEY}` : 'GET /?prefix=data/',
  );
  expect([head, body.length, end]).toEqual(['', 0, 'closed']);
  await expect.poll(() => mirror.requests.list()[0]).toMatchObject({ status: undefined, outcome: 'cut' });
});

test('stall: half of the body, nothing for a time, then the rest', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['stall=500'] });
  const answer = zip(mirror);
  const half = { bodyBytes: Math.floor(ZIP.length / 2), outcome: 'open' };
  await expect.poll(() => mirror.requests.list()[0], { interval: 5 }).toMatchObject(half);
  const stalledMs = performance.now();
  expect((await answer).body.equals(ZIP)).toBe(true);
  expect(performance.now() - stalledMs).toBeGreaterThan(100);
});

test('stall: a client that gives up is noticed', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['stall=60000'] });
  await expect(
    fetch(`${mirror.url}/${ZIP_KEY}`, { signal: AbortSignal.timeout(100) }).then((r) => r.arrayBuffer()),
  ).rejects.toThrow();
  await expect.poll(() => mirror.requests.count({ outcome: 'aborted' })).toBe(1);
});

test('throttle: so many bytes a second', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: [{ kind: 'throttle', value: 100_000 }] });
  const startedMs = performance.now();
  const { body } = await zip(mirror, 'Range: bytes=0-29999');
  expect(body.equals(ZIP.subarray(0, 30_000))).toBe(true);
  expect(performance.now() - startedMs).toBeGreaterThan(280);
});

test.each(['slow-headers', 'index-slow'])('%s: a pause before the status line', async (kind) => {
  const mirror = await mirrorOf(OBJECT, { faults: [`${kind}=120`] });
  const startedMs = performance.now();
  const { head } = await raw(mirror, kind === 'index-slow' ? 'GET /' : `HEAD /${ZIP_KEY}`);
  expect(statusOf(head)).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThan(110);
});

test('corrupt: so many bytes differ, at places that repeat with the seed', async () => {
  const differing = async (seed: number): Promise<number[]> => {
    const mirror = await mirrorOf(OBJECT, { seed, faults: ['corrupt=3:*.zip:1'] });
    const { head, body } = await zip(mirror);
    expect(header(head, 'content-length')).toBe(String(ZIP.length));
    expect((await zip(mirror)).body.equals(ZIP)).toBe(true);
    return [...body.keys()].filter((i) => body[i] !== ZIP[i]);
  };
  const first = await differing(1);
  expect(first).toHaveLength(3);
  expect(await differing(1)).toEqual(first);
  expect(await differing(2)).not.toEqual(first);
});

test('corrupt: a part is corrupted within itself', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['corrupt=1000'] });
  const { body } = await zip(mirror, 'Range: bytes=10-14');
  expect(body.equals(Buffer.from(ZIP.subarray(10, 15).map((byte) => byte ^ 0xff)))).toBe(true);
});

test('length-too-large: the body ends before its stated length', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['length-too-large=7'] });
  const { head, body, end } = await zip(mirror);
  expect(header(head, 'content-length')).toBe(String(ZIP.length + 7));
  expect(body.equals(ZIP)).toBe(true);
  expect(end).toBe('closed');
  const asked = await raw(mirror, `HEAD /${ZIP_KEY}`);
  expect(header(asked.head, 'content-length')).toBe(String(ZIP.length + 7));
});

test('length-too-small: more comes than was stated', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['length-too-small=7'] });
  const { head, body } = await zip(mirror);
  expect(header(head, 'content-length')).toBe(String(ZIP.length - 7));
  expect(body.equals(ZIP)).toBe(true);
  const response = await fetch(`${mirror.url}/${ZIP_KEY}`);
  expect((await response.arrayBuffer()).byteLength).toBe(ZIP.length - 7);
});

test('ignore-range: 200 and all of it', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['ignore-range:*.zip:1'] });
  await zip(mirror); // Without a Range: not a request that the fault counts.
  const { head, body } = await zip(mirror, 'Range: bytes=10-');
  expect(statusOf(head)).toBe(200);
  expect(header(head, 'content-range')).toBeUndefined();
  expect(body.equals(ZIP)).toBe(true);
  expect(statusOf((await zip(mirror, 'Range: bytes=10-')).head)).toBe(206);
});

test('change-etag: a resumed request meets another ETag', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['change-etag'] });
  const etag = async () => header((await raw(mirror, `HEAD /${ZIP_KEY}`)).head, 'etag')!;
  const before = await etag();
  expect(header((await zip(mirror)).head, 'etag')).toBe(before);
  const resumed = await zip(mirror, 'Range: bytes=10-', `If-Range: ${before}`);
  expect(statusOf(resumed.head)).toBe(200);
  const after = header(resumed.head, 'etag')!;
  expect(after).toMatch(/^"[0-9a-f]{32}"$/);
  expect(after).not.toBe(before);
  // Once and for all.
  expect(statusOf((await zip(mirror, 'Range: bytes=10-', `If-Range: ${after}`)).head)).toBe(206);
  expect(await etag()).toBe(after);
  expect(resumed.body.equals(ZIP)).toBe(true);
});

/** Whether the two files that were fetched belong together. */
const matches = (body: Buffer, checksum: Buffer): boolean => checksum.toString().startsWith(sha256(body));

test.each(['checksum first', 'zip first'])('replace, %s: two revisions, then one', async (order) => {
  const mirror = await mirrorOf(OBJECT, { faults: ['replace'] });
  const pair = async () => {
    if (order === 'zip first') {
      const { body } = await zip(mirror);
      return { body, checksum: (await raw(mirror, `GET /${CHECKSUM_KEY}`)).body };
    }
    const { body: checksum } = await raw(mirror, `GET /${CHECKSUM_KEY}`);
    return { checksum, body: (await zip(mirror)).body };
  };
  const first = await pair();
  expect(matches(first.body, first.checksum)).toBe(false);
  expect(first.checksum.toString()).toMatch(/^[0-9a-f]{64} {2}SIMAUSDT-aggTrades-2024-01-05\.zip\n$/);
  const second = await pair();
  expect(second.body.equals(ZIP)).toBe(true);
  expect(second.checksum.toString()).toBe(CHECKSUM);
});

test('replace: the earlier revision is a whole ZIP with another size, ETag and time', async () => {
  const root = folderOf(OBJECT);
  const mirror = await mirrorOf(root, { faults: ['replace'] });
  const asked = await raw(mirror, `HEAD /${ZIP_KEY}`);
  const { head, body } = await zip(mirror);
  const now = await raw(mirror, `HEAD /${ZIP_KEY}`);
  expect(header(asked.head, 'etag')).toBe(header(head, 'etag'));
  for (const name of ['etag', 'last-modified', 'content-length']) {
    expect(header(now.head, name)).not.toBe(header(head, name));
  }
  expect(header(head, 'content-length')).toBe(String(body.length));
  const path = join(root, 'earlier.zip');
  writeFileSync(path, body);
  const object = await openObject(path, { key: ZIP_KEY, expectedSha256: sha256(body) });
  let bytes = 0;
  for await (const chunk of object.read()) bytes += chunk.length;
  expect(bytes).toBe(600_000);
  await object.close();
  const resumed = await zip(mirror, 'Range: bytes=10-', `If-Range: ${header(head, 'etag')!}`);
  expect(statusOf(resumed.head)).toBe(200);
});

test('replace: parts of the earlier revision fit together', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['replace:*:1'] });
  const { body: earlier } = await zip(mirror);
  for (const [start, end] of [
    [0, 10],
    [ZIP.length - 10, ZIP.length + 5],
    [ZIP.length + 1, earlier.length],
  ] as const) {
    mirror.setFaults(['replace:*:1']);
    const part = await zip(mirror, `Range: bytes=${start}-${end - 1}`);
    expect(part.body.equals(earlier.subarray(start, end))).toBe(true);
  }
});

test('replace: what is replaced three times still does not match after one refetch', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['replace:*.zip*:3'] });
  const verdicts: boolean[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const { body: checksum } = await raw(mirror, `GET /${CHECKSUM_KEY}`);
    verdicts.push(matches((await zip(mirror)).body, checksum));
  }
  expect(verdicts).toEqual([false, false, true]);
});

test('429 with Retry-After in seconds, or as a date', async () => {
  const nowMs = Date.UTC(2026, 0, 5, 12, 0, 0, 300);
  const faults = ['429=7:*.zip', 'index-429=2', '429-date=7:*.CHECKSUM'];
  const mirror = await mirrorOf(OBJECT, { faults, clock: { nowMs: () => nowMs } });
  const seconds = await zip(mirror);
  expect([statusOf(seconds.head), header(seconds.head, 'retry-after')]).toEqual([429, '7']);
  expect(header((await raw(mirror, 'GET /?prefix=data/')).head, 'retry-after')).toBe('2');
  const date = await raw(mirror, `GET /${CHECKSUM_KEY}`);
  expect(statusOf(date.head)).toBe(429);
  expect(header(date.head, 'retry-after')).toBe('Mon, 05 Jan 2026 12:00:08 GMT');
});

test('the index: error page, error body, truncated, empty, blank', async () => {
  const mirror = await mirrorOf(OBJECT);
  const whole = (await list(mirror, { prefix: 'data/' })).xml;
  const spoiled = async (kind: string) => {
    mirror.setFaults([kind]);
    const { head, body } = await raw(mirror, 'GET /?prefix=data/');
    expect(statusOf(head)).toBe(200);
    expect(header(head, 'content-length')).toBe(String(body.length));
    return { type: header(head, 'content-type'), body: body.toString() };
  };
  expect(await spoiled('index-error-page')).toMatchObject({
    type: 'text/html',
    body: expect.stringContaining('<h1>503') as string,
  });
  expect((await spoiled('index-error-body')).body).toContain('<Error><Code>InternalError</Code>');
  expect((await spoiled('index-truncated')).body).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  expect((await spoiled('index-blank')).body).toBe('');
  await spoiled('index-empty');
  expect(await list(mirror, { prefix: 'data/' })).toMatchObject({ keys: [], isTruncated: false });
});

test('index-ignore-marker: the first page again and again', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['index-ignore-marker'] });
  const first = await list(mirror, { 'max-keys': '1' });
  const second = await list(mirror, { 'max-keys': '1', marker: first.keys[0]! });
  expect([second.keys, second.isTruncated]).toEqual([first.keys, true]);
});

test('several faults strike one request', async () => {
  const mirror = await mirrorOf(OBJECT, { faults: ['throttle=1000000', 'corrupt=2', 'truncate'] });
  const { body } = await zip(mirror, 'Range: bytes=0-9999');
  expect(body.length).toBe(5000);
  expect(mirror.requests.list()[0]!.faults).toEqual(['throttle', 'corrupt', 'truncate']);
});
