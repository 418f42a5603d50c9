import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, type ListQuery, LocalArchive } from '../../src/archive/index.js';
import { parseRange } from '../../src/time/index.js';
import { put } from '../archive/fixture.js';
import { createServer } from './server.js';
import {
  FOLDER,
  KEY,
  ZIP,
  afterTest,
  failure,
  mirrorOf,
  newFolder,
  openHttp,
  putObject,
  treeOfOne,
} from './setup.js';

const UM = 'data/futures/um';
const SYMBOLS = [
  'BTCUSDT',
  '1000SATSUSDT',
  'BTCUSDT_240329',
  'BTCUSD_PERP',
  'LUNAUSDT_SETTLED1',
  'STXXUSDT',
  '币安人生USDT',
  'ÄÖUSDT',
  'ÄÖUSDT'.normalize('NFD'),
];
const PERIODS = [
  '2020-8',
  '2020-08',
  '2024-01',
  '2024-02',
  '2024-01-01',
  '2024-1-2',
  '2024-02-31',
  '2024-12-31',
];

const file = fc
  .record({
    market: fc.constantFrom(UM, 'data/futures/cm', 'data/spot'),
    cadence: fc.constantFrom('monthly', 'daily'),
    type: fc.constantFrom('aggTrades', 'klines'),
    symbol: fc.constantFrom(...SYMBOLS),
    period: fc.constantFrom(...PERIODS),
    end: fc.constantFrom('.zip', '.zip', '.zip.CHECKSUM', '.csv', '.zip.part', ''),
  })
  .map(({ market, cadence, type, symbol, period, end }) => {
    const folder = `${market}/${cadence}/${type}/${symbol}`;
    return type === 'klines'
      ? `${folder}/1m/${symbol}-1m-${period}${end}`
      : `${folder}/${symbol}-${type}-${period}${end}`;
  });

/** A folder has none. */
const withoutEtag = (entry: ArchiveEntry): ArchiveEntry => {
  expect(entry.etag).toMatch(/^"[0-9a-f]{32}"$/);
  return { ...entry, etag: null };
};

describe('a tree behind HTTP', () => {
  it('lists what the same tree lists as a folder', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(file, { minLength: 1, maxLength: 40 }), async (files) => {
        const root = await newFolder();
        for (const [i, key] of files.entries()) await put(root, key, 'x'.repeat(i));
        const mirror = await mirrorOf(root);
        const { archive } = await openHttp(mirror.url);
        const local = new LocalArchive(root);
        for (const market of ['um', 'cm', 'spot'] as const) {
          for (const dataType of ['aggTrades', 'klines'] as const) {
            expect(await archive.symbols(market, dataType)).toEqual(await local.symbols(market, dataType));
            for (const symbol of [...SYMBOLS, 'NOPE']) {
              const query: ListQuery = {
                market,
                dataType,
                symbol,
                ...(dataType === 'klines' ? { interval: '1m' } : {}),
              };
              expect((await archive.list(query)).map(withoutEtag)).toEqual(await local.list(query));
            }
          }
        }
        await mirror.close();
        await rm(root, { recursive: true });
      }),
      { numRuns: 8, seed: 7 },
    );
  });

  it('is listed over several pages', async () => {
    const root = await newFolder();
    for (let day = 0; day < 620; day++) {
      const date = new Date(Date.UTC(2022, 0, 1 + day)).toISOString().slice(0, 10);
      await put(root, `${FOLDER}/XYZUSDT-aggTrades-${date}.zip`, 'x');
      await put(root, `${FOLDER}/XYZUSDT-aggTrades-${date}.zip.CHECKSUM`, 'x');
    }
    const mirror = await mirrorOf(root, { faults: ['index-503:*:1', 'index-truncated:*XYZUSDT/:2'] });
    const { archive } = await openHttp(mirror.url, { attempts: 6 });
    const query = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;
    const found = await archive.list(query);
    expect(found.map(withoutEtag)).toEqual(await new LocalArchive(root).list(query));
    expect(found).toHaveLength(620);
    expect(mirror.requests.count({ key: `${FOLDER}/`, status: 200 })).toBeGreaterThanOrEqual(2);
  });
});

describe('the cache of listings', () => {
  const query = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;

  it('is used by other runs until it is too old', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    let nowMs = Date.UTC(2026, 0, 1);
    const world = { now: () => nowMs };
    const { archive, dataDir } = await openHttp(mirror.url, {}, world);
    const first = await archive.list(query);
    const asked = mirror.requests.count({ key: `${FOLDER}/` });
    nowMs += 59_000;
    const again = await openHttp(mirror.url, { dataDir }, world);
    expect(await again.archive.list(query)).toEqual(first);
    expect(mirror.requests.count({ key: `${FOLDER}/` })).toBe(asked);
    nowMs += 2000;
    expect(await again.archive.list(query)).toEqual(first);
    expect(mirror.requests.count({ key: `${FOLDER}/` })).toBe(asked + 1);
    const fresh = await openHttp(mirror.url, { dataDir, cacheMaxAgeMs: 0 }, world);
    await fresh.archive.list(query);
    expect(mirror.requests.count({ key: `${FOLDER}/` })).toBe(asked + 2);
  });

  it('does not remember that there was nothing', async () => {
    const root = await treeOfOne();
    const mirror = await mirrorOf(root);
    const { archive } = await openHttp(mirror.url);
    const other = { ...query, symbol: 'ABCUSDT' };
    expect(await archive.list(other)).toEqual([]);
    await put(root, KEY.replaceAll('XYZUSDT', 'ABCUSDT'), 'x');
    expect(await archive.list(other)).toHaveLength(1);
  });
});

describe('an index that is none', () => {
  const query = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;

  it('of an archive: E_ARCHIVE_UNREADABLE', async () => {
    const root = await newFolder();
    await put(root, 'data/readme.txt', 'x');
    const mirror = await mirrorOf(root);
    const { archive } = await openHttp(mirror.url);
    await failure(archive.list(query), 'E_ARCHIVE_UNREADABLE');
    await failure(archive.symbols('um', 'aggTrades'), 'E_ARCHIVE_UNREADABLE');
  });

  it('that names a folder and then denies it is not believed', async () => {
    const mirror = await mirrorOf(await treeOfOne(), { faults: [`index-empty:${FOLDER}/*`] });
    const { archive, events } = await openHttp(mirror.url, {}, { now: () => Date.UTC(2024, 0, 20) });
    const range = parseRange('2024-01', '2024-01');
    await putObject(mirror.root, KEY.replace('daily', 'monthly').replace('01-05', '01'), ZIP);
    const found = await archive.list({ ...query, range });
    expect(found.map((entry) => entry.name.period.key)).toEqual(['2024-01', '2024-01-05']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'no-index' }));
  });

  it('that gives the same page for ever ends', async () => {
    const url = await createServer((_, response) => {
      response.end(
        `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>data/x</NextMarker></ListBucketResult>`,
      );
    });
    const { archive } = await openHttp(url);
    const error = await failure(archive.symbols('um', 'aggTrades'), 'E_INDEX');
    expect(error.message).toMatch(/does not go on after "data\/x"/);
  });

  it('blocked: no way round', async () => {
    const url = await createServer((_, response) => response.writeHead(451).end());
    const { archive } = await openHttp(url);
    await failure(archive.list(query), 'E_GEOBLOCKED');
  });

  it('may be elsewhere', async () => {
    const root = await treeOfOne();
    const [mirror, index] = [await mirrorOf(root), await mirrorOf(root)];
    const { archive } = await openHttp(mirror.url, { index: index.url });
    expect((await archive.list(query)).map(withoutEtag)).toEqual(await new LocalArchive(root).list(query));
    expect(mirror.requests.total).toBe(0);
    afterTest(() => rm(join(root, 'data'), { recursive: true }));
  });
});
