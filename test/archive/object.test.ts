import { readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openObject } from '../../src/archive/index.js';
import {
  CSV_NAME,
  KEY,
  csvRows,
  expectError,
  openAndRead,
  put,
  readAll,
  sha256Of,
  temporaryFolder,
} from './fixture.js';
import { type ZipSpec, buildZip } from './zip-builder.js';

const folder = await temporaryFolder();
const small = csvRows(50);
/** About 20 MiB: several pieces of work for the inflater, several blocks of input. */
const big = csvRows(420_000);
const bigZip = buildZip({ members: [{ name: CSV_NAME, data: big }] });

const write = (name: string, zip: Uint8Array): Promise<string> => put(folder, name, zip);

function openDescriptors(path: string): Promise<number> {
  return readdir('/proc/self/fd')
    .then(async (fds) => {
      const { readlink } = await import('node:fs/promises');
      const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
      return targets.filter((target) => target === path).length;
    })
    .catch(() => 0);
}

describe('openObject', () => {
  const shapes: Record<string, ZipSpec> = {
    deflated: { members: [{ name: CSV_NAME, data: small }] },
    stored: { members: [{ name: CSV_NAME, data: small, method: 'stored' }] },
    'deflated with a data descriptor': { members: [{ name: CSV_NAME, data: small, descriptor: true }] },
    'ZIP64 sizes': { members: [{ name: CSV_NAME, data: small, zip64: true }] },
    'ZIP64 end record': { members: [{ name: CSV_NAME, data: small, zip64: true }], zip64End: true },
    'ZIP64 end record beside a plain one': {
      members: [{ name: CSV_NAME, data: small }],
      zip64End: true,
      end: { entries: 1 },
    },
    'with a comment': {
      members: [{ name: CSV_NAME, data: small }],
      end: { comment: Buffer.from('PK\x05\x06 hello') },
    },
    'beside another file': {
      members: [
        { name: 'README.txt', data: 'hello' },
        { name: CSV_NAME, data: small },
      ],
    },
  };
  it.each(Object.entries(shapes))('reads a member that is %s', async (name, spec) => {
    const zip = buildZip(spec);
    const object = await openObject(await write(`${name}.zip`, zip), {
      key: KEY,
      expectedSha256: sha256Of(zip),
    });
    expect((await readAll(object)).toString()).toBe(small);
    expect(object.facts).toMatchObject({
      key: KEY,
      bytes: zip.length,
      sha256: sha256Of(zip),
      checksum: 'verified',
      member: CSV_NAME,
      memberBytes: small.length,
    });
    await object.close();
  });

  it.each(['stored', 'deflated'] as const)('reads an empty %s member', async (method) => {
    const path = await write(
      `empty-${method}.zip`,
      buildZip({ members: [{ name: CSV_NAME, data: '', method }] }),
    );
    expect(await openAndRead(path)).toHaveLength(0);
  });

  it('reads names that are not ASCII', async () => {
    const name = '币安人生USDT-aggTrades-2026-01-05.csv';
    for (const flags of [0x0800, 0]) {
      const forged = { flags };
      const zip = buildZip({ members: [{ name, data: small, local: forged, central: forged }] });
      const object = await openObject(await write('unicode.zip', zip), { key: KEY, expectedSha256: null });
      expect(object.facts.member).toBe(name);
      await object.close();
    }
  });

  it.each(['stored', 'deflated'] as const)('yields the same bytes in any chunking (%s)', async (method) => {
    const data = Buffer.from(big);
    const zip =
      method === 'deflated' ? bigZip : buildZip({ members: [{ name: CSV_NAME, data: big, method }] });
    const path = await write(`big-${method}.zip`, zip);
    for (const options of [{}, { chunkBytes: 100_003 }, { chunkBytes: 1 << 20, readAheadBytes: 1 }]) {
      const object = await openObject(path, { key: KEY, expectedSha256: null, ...options });
      const chunks: Uint8Array[] = [];
      for await (const chunk of object.read()) {
        expect(chunk.length).toBeLessThanOrEqual(options.chunkBytes ?? 1 << 20);
        chunks.push(chunk);
      }
      expect(Buffer.concat(chunks).equals(data)).toBe(true);
      await object.close();
    }
  });

  it('can be read twice, also at the same time', async () => {
    const path = await write('twice.zip', bigZip);
    const object = await openObject(path, { key: KEY, expectedSha256: null });
    const [a, b] = await Promise.all([readAll(object), readAll(object)]);
    expect(a.equals(b)).toBe(true);
    expect((await readAll(object)).equals(a)).toBe(true);
    await object.close();
  });

  it('inflates on while the consumer is busy', async () => {
    const path = await write('ahead.zip', bigZip);
    const object = await openObject(path, { key: KEY, expectedSha256: null, readAheadBytes: 64 << 20 });
    const iterator: AsyncIterator<Uint8Array, void, void> = object.read()[Symbol.asyncIterator]();
    const first = await iterator.next();
    let total = first.done ? 0 : first.value.length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // All was inflated meanwhile, so nothing more is asked of the file.
    await truncate(path);
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      total += next.value.length;
    expect(total).toBe(big.length);
    await object.close();
  });

  it('inflates no more than the read-ahead while the consumer is away', async () => {
    const path = await write('bounded.zip', bigZip);
    const object = await openObject(path, { key: KEY, expectedSha256: null });
    const before = process.memoryUsage().arrayBuffers;
    const iterator: AsyncIterator<Uint8Array, void, void> = object.read()[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Input blocks, the queue, and the piece that is being inflated.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 << 20);
    await iterator.return?.();
    await object.close();
  });
});

describe('checksums of the object', () => {
  const zip = buildZip({ members: [{ name: CSV_NAME, data: small }] });

  it('records that there was none', async () => {
    const object = await openObject(await write('none.zip', zip), { key: KEY, expectedSha256: null });
    expect(object.facts.checksum).toBe('missing');
    await object.close();
  });

  it('takes upper-case hex', async () => {
    const path = await write('upper.zip', zip);
    await expect(openAndRead(path, sha256Of(zip).toUpperCase())).resolves.toHaveLength(small.length);
  });

  it('refuses another hash and names both', async () => {
    const wrong = 'ab'.repeat(32);
    const error = await expectError(openAndRead(await write('wrong.zip', zip), wrong), 'E_CHECKSUM');
    expect(error.context).toMatchObject({ object: KEY, expected: wrong, found: sha256Of(zip) });
    expect(error.message).toContain(wrong);
    expect(error.message).toContain(sha256Of(zip));
  });

  it('reports a wrong hash before all that it may explain', async () => {
    await expectError(
      openAndRead(await write('garbage.zip', Buffer.from('no zip')), 'ab'.repeat(32)),
      'E_CHECKSUM',
    );
  });
});

describe('releasing', () => {
  it('stops inflating and closes when the consumer leaves, throws or closes', async () => {
    const path = await write('leave.zip', bigZip);
    const open = (): ReturnType<typeof openObject> => openObject(path, { key: KEY, expectedSha256: null });

    const left = await open();
    for await (const chunk of left.read()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await readAll(left)).length).toBe(big.length);
    await left.close();
    await left.close();

    const threw = await open();
    const failing = async (): Promise<void> => {
      for await (const chunk of threw.read()) throw new Error(`consumer failed at ${chunk.length}`);
    };
    await expect(failing()).rejects.toThrow('consumer failed');
    await threw.close();

    const closed = await open();
    const iterator = closed.read()[Symbol.asyncIterator]();
    await iterator.next();
    await closed.close();
    await expect(iterator.next()).rejects.toThrow('closed');
    await expect(readAll(closed)).rejects.toThrow('closed');

    const never = await open();
    await never.close();
    expect(await openDescriptors(path)).toBe(0);
  });

  it('closes the file when opening fails', async () => {
    const path = await write('bad.zip', Buffer.alloc(100_000, 7));
    await expectError(openAndRead(path), 'E_ZIP');
    expect(await openDescriptors(path)).toBe(0);
  });

  it('keeps reading the file it opened when another takes its name', async () => {
    const path = await write('replaced.zip', bigZip);
    const object = await openObject(path, { key: KEY, expectedSha256: null });
    await writeFile(join(folder, 'other'), 'other');
    await rename(join(folder, 'other'), path);
    expect((await readAll(object)).length).toBe(big.length);
    await object.close();
  });
});
