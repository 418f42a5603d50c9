import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, type ListQuery, LocalArchive } from '../../src/archive/index.js';
import { isoDate, quotedEtag } from '../../src/archive/archive.js';
import { parseRange } from '../../src/time/index.js';
import { KEY, ZIP, filesIn, mirrorOf, openHttp, putObject, treeOfOne } from './setup.js';

const query: ListQuery = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' };
const MODIFIED = new Date(Date.UTC(2024, 1, 5, 6, 7, 8, 901));

async function agedTree(): Promise<string> {
  const root = await treeOfOne();
  await utimes(join(root, KEY), MODIFIED, MODIFIED);
  return root;
}

const only = (entries: readonly ArchiveEntry[]): ArchiveEntry => {
  expect(entries).toHaveLength(1);
  return entries[0]!;
};

describe('which revision of an object there is', () => {
  it('a folder tells by its time alone', async () => {
    const entry = only(await new LocalArchive(await agedTree()).list(query));
    expect([entry.etag, entry.lastModified]).toEqual([null, '2024-02-05T06:07:08.901Z']);
  });

  it('an index tells, and its cached listing too', async () => {
    const mirror = await mirrorOf(await agedTree());
    const { archive, dataDir } = await openHttp(mirror.url);
    const entry = only(await archive.list(query));
    const head = await fetch(`${mirror.url}/${KEY}`, { method: 'HEAD' });
    expect([entry.etag, entry.lastModified]).toEqual([head.headers.get('etag'), '2024-02-05T06:07:08.901Z']);
    const asked = mirror.requests.count({ key: /daily/ });
    const again = await openHttp(mirror.url, { dataDir });
    expect(await again.archive.list(query)).toEqual([entry]);
    expect(mirror.requests.count({ key: /daily/ })).toBe(asked);
  });

  it('HEAD tells in the same form where there is no index', async () => {
    const mirror = await mirrorOf(await agedTree(), { faults: ['index-403'] });
    const { archive } = await openHttp(mirror.url, {}, { now: () => Date.UTC(2024, 0, 20) });
    const entry = only(await archive.list({ ...query, range: parseRange('2024-01', '2024-01') }));
    const head = await fetch(`${mirror.url}/${KEY}`, { method: 'HEAD' });
    expect([entry.etag, entry.lastModified]).toEqual([head.headers.get('etag'), '2024-02-05T06:07:08.000Z']);
  });

  it('is spelled the same way whatever the server writes', () => {
    expect(['"a"', 'W/"a"', 'a', '', null].map(quotedEtag)).toEqual(['"a"', 'W/"a"', '"a"', null, null]);
    expect(
      ['2024-02-05T06:07:08.901Z', '2024-02-05T06:07:08Z', 'Mon, 05 Feb 2024 06:07:08 GMT', 'x', null].map(
        isoDate,
      ),
    ).toEqual([
      '2024-02-05T06:07:08.901Z',
      '2024-02-05T06:07:08.000Z',
      '2024-02-05T06:07:08.000Z',
      null,
      null,
    ]);
  });
});

describe('a fresh listing', () => {
  it('passes by the cache, and renews it for others', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    const first = only(await archive.list(query));
    await putObject(mirror.root, KEY, Buffer.concat([ZIP, Buffer.from('re-uploaded')]));
    expect(await archive.list(query)).toEqual([first]);
    const second = only(await archive.list({ ...query, fresh: true }));
    expect(second.bytes).toBe(first.bytes + 11);
    expect(second.etag).not.toBe(first.etag);
    const asked = mirror.requests.count({ key: /daily/ });
    const other = await openHttp(mirror.url, { dataDir });
    expect(await other.archive.list(query)).toEqual([second]);
    expect(mirror.requests.count({ key: /daily/ })).toBe(asked);
  });

  it('of symbols, too', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive } = await openHttp(mirror.url);
    expect(await archive.symbols('um', 'aggTrades')).toEqual(['XYZUSDT']);
    await putObject(mirror.root, KEY.replaceAll('XYZUSDT', 'ABCUSDT'), ZIP);
    expect(await archive.symbols('um', 'aggTrades')).toEqual(['XYZUSDT']);
    expect(await archive.symbols('um', 'aggTrades', { fresh: true })).toEqual(['ABCUSDT', 'XYZUSDT']);
    expect(await archive.symbols('um', 'aggTrades')).toEqual(['ABCUSDT', 'XYZUSDT']);
  });
});

describe('the cache of listings leaves the data folder as it is', () => {
  it('when it may only be read', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const looking = await openHttp(mirror.url, { indexCache: 'read' });
    await looking.archive.list(query);
    await looking.archive.symbols('um', 'aggTrades', { fresh: true });
    expect(await filesIn(looking.dataDir)).toEqual([]);
    await (await openHttp(mirror.url, { dataDir: looking.dataDir })).archive.list(query);
    const asked = mirror.requests.count({ key: /daily/ });
    await looking.archive.list(query);
    expect(mirror.requests.count({ key: /daily/ })).toBe(asked);
  });

  it('when it is off', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    await archive.list(query);
    const before = await filesIn(dataDir);
    const asked = mirror.requests.count({ key: /daily/ });
    const off = await openHttp(mirror.url, { dataDir, indexCache: 'off' });
    await off.archive.list(query);
    expect(mirror.requests.count({ key: /daily/ })).toBe(asked + 1);
    expect(await filesIn(dataDir)).toEqual(before);
  });
});
