import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Hash from '../../src/archive/hash.js';
import { buildZip } from '../archive/zip-builder.js';
import {
  CSV,
  KEY,
  ZIP,
  entryOf,
  failure,
  mirrorOf,
  openHttp,
  putObject,
  readObject,
  sha256Of,
  treeOfOne,
} from './setup.js';

const hashed = vi.hoisted(() => ({ paths: [] as string[] }));
vi.mock(import('../../src/archive/hash.js'), async (original): Promise<typeof Hash> => {
  const { sha256 } = await original();
  return {
    sha256: (file) => {
      hashed.paths.push(file.path);
      return sha256(file);
    },
  };
});
beforeEach(() => {
  hashed.paths.length = 0;
});

const PLACE = '_tmp/binance_vision/um/daily/aggTrades/XYZUSDT-aggTrades-2024-01-05.zip';
/** As long as the other one, so that its size does not give it away. */
const OTHER = buildZip({
  members: [{ name: 'XYZUSDT-aggTrades-2024-01-05.csv', data: CSV.replace('1', '2') }],
});

describe('an object is hashed once', () => {
  it('on its way in, when it is opened by the archive that fetched it', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive } = await openHttp(mirror.url);
    const object = await archive.open(entryOf());
    expect(object.facts).toMatchObject({ sha256: sha256Of(ZIP), checksum: 'verified' });
    await object.close();
    expect(hashed.paths).toEqual([]);
  });

  it('also when it was fetched ahead', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, events } = await openHttp(mirror.url);
    archive.prefetch([entryOf()]);
    await vi.waitFor(() => {
      expect(events.some(({ type }) => type === 'downloaded')).toBe(true);
    });
    expect(await readObject(archive)).toBe(CSV);
    expect(await readObject(archive)).toBe(CSV);
    expect(hashed.paths).toEqual([]);
    expect(mirror.requests.count({ key: KEY })).toBe(1);
  });

  it('and again when it lay on the disk', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    await readObject(archive);
    const next = await openHttp(mirror.url, { dataDir });
    expect(await readObject(next.archive)).toBe(CSV);
    expect(hashed.paths).toEqual([join(dataDir, PLACE)]);
  });

  it('and again when its file is another one by now, which is noticed', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    await readObject(archive);
    const path = join(dataDir, PLACE);
    await writeFile(`${path}.new`, OTHER);
    await rename(`${path}.new`, path);
    expect(await readObject(archive)).toBe(CSV);
    expect(hashed.paths).toEqual([path]);
    expect(mirror.requests.count({ key: KEY })).toBe(2);
  });

  it('and again when it was written to in place', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive, dataDir } = await openHttp(mirror.url);
    await readObject(archive);
    await writeFile(join(dataDir, PLACE), OTHER);
    await utimes(join(dataDir, PLACE), new Date(), new Date(Date.now() + 5000));
    expect(await readObject(archive)).toBe(CSV);
    expect(hashed.paths).toHaveLength(1);
  });

  it('but compared with what the .CHECKSUM says at the time of opening', async () => {
    const mirror = await mirrorOf(await treeOfOne());
    const { archive } = await openHttp(mirror.url);
    await readObject(archive);
    await putObject(mirror.root, KEY, OTHER);
    await archive.release([entryOf()], false);
    const next = await openHttp(mirror.url, { dataDir: (await openHttp(mirror.url)).dataDir });
    expect(await readObject(next.archive)).toBe(CSV.replace('1', '2'));
    // A .CHECKSUM that contradicts everything that can be fetched.
    await putObject(mirror.root, KEY, OTHER, 'f'.repeat(64));
    const fresh = await openHttp(mirror.url);
    await failure(fresh.archive.open(entryOf()), 'E_CHECKSUM');
  });

  it('and its CRC-32 is verified at every reading', async () => {
    // The checksum fits, the member does not.
    const broken = Buffer.from(ZIP);
    const at = broken.lastIndexOf(Buffer.from('PK\u0001\u0002'));
    broken.writeUInt32LE((broken.readUInt32LE(at + 16) ^ 1) >>> 0, at + 16);
    broken.writeUInt32LE((broken.readUInt32LE(14) ^ 1) >>> 0, 14);
    const mirror = await mirrorOf(await treeOfOne(broken));
    const { archive } = await openHttp(mirror.url);
    await failure(readObject(archive), 'E_ZIP_CRC');
    expect(hashed.paths).toEqual([]);
  });
});
