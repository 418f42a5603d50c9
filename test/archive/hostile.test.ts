import { truncate } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openObject } from '../../src/archive/index.js';
import type { ErrorCode } from '../../src/errors.js';
import {
  CSV_NAME,
  KEY,
  csvRows,
  expectError,
  openAndRead,
  put,
  readAll,
  temporaryFolder,
} from './fixture.js';
import { type Fields, type MemberSpec, type ZipSpec, buildZip, zip64Extra } from './zip-builder.js';

const folder = await temporaryFolder();
const data = csvRows(200);
const deflated = deflateRawSync(data);
let serial = 0;
const write = (zip: Uint8Array): Promise<string> => put(folder, `${serial++}.zip`, zip);

const one = (forged: Partial<MemberSpec>, rest: Partial<ZipSpec> = {}): ZipSpec => ({
  members: [{ name: CSV_NAME, data, ...forged }],
  ...rest,
});
/** The same lie in both headers. */
const both = (fields: Fields): ZipSpec => one({ local: fields, central: fields });

/** Says that a comment of 257 bytes follows the end record. */
function claimingComment(zip: Buffer): Buffer {
  zip.writeUInt16LE(257, zip.length - 2);
  return zip;
}

describe('hostile ZIPs', () => {
  const cases: [name: string, spec: ZipSpec | Buffer, code: ErrorCode, message?: RegExp][] = [
    ['an empty file', Buffer.alloc(0), 'E_ZIP', /no end record/],
    ['an HTML page', Buffer.from('<html>404 Not Found</html>'), 'E_ZIP', /no end record/],
    ['bytes appended', one({}, { trailer: Buffer.from('x') }), 'E_ZIP', /appended/],
    ['a comment length that lies', claimingComment(buildZip(one({}))), 'E_ZIP', /appended/],
    ['several volumes', one({}, { end: { disk: 1 } }), 'E_ZIP', /several files/],

    ['no member', { members: [] }, 'E_ZIP_MEMBER', /0 \.csv members \(the ZIP is empty\)/],
    ['no CSV', one({ name: 'notes.txt' }), 'E_ZIP_MEMBER', /"notes\.txt"/],
    [
      'two CSVs',
      { members: ['a.csv', 'b.CSV'].map((name) => ({ name, data })) },
      'E_ZIP_MEMBER',
      /"a\.csv", "b\.CSV"/,
    ],
    [
      'more CSVs than one wants to read of',
      { members: Array.from({ length: 40 }, (_, i) => ({ name: `${i}.csv`, data: 'x' })) },
      'E_ZIP_MEMBER',
      /and 30 more/,
    ],
    ...[
      '../evil.csv',
      '/etc/evil.csv',
      'a/b.csv',
      'a\\b.csv',
      'C:evil.csv',
      '..csv',
      'a\0.csv',
      '\x1b[2Jx.csv',
      '',
    ].map((name): [string, ZipSpec, ErrorCode, RegExp] => [
      `the name ${JSON.stringify(name)}`,
      one({ name }),
      'E_ZIP_MEMBER',
      /not a plain file name/,
    ]),
    [
      'an unsafe name beside the CSV',
      {
        members: [
          { name: CSV_NAME, data },
          { name: '../x.txt', data: 'x' },
        ],
      },
      'E_ZIP_MEMBER',
      /\.\.\/x\.txt/,
    ],
    ['encryption', both({ flags: 0x0801 }), 'E_ZIP_MEMBER', /encrypted/],
    ['strong encryption', both({ flags: 0x0841 }), 'E_ZIP_MEMBER', /encrypted/],
    ['encryption in the local header only', one({ local: { flags: 0x0801 } }), 'E_ZIP', /contradict/],
    ['another method', both({ method: 12 }), 'E_ZIP_MEMBER', /method 12/],

    [
      'another name in the local header',
      one({ local: { rawName: Buffer.from('other.csv') } }),
      'E_ZIP',
      /contradict/,
    ],
    ['another method in the local header', one({ local: { method: 0 } }), 'E_ZIP', /contradict/],
    ['another size in the local header', one({ local: { bytes: data.length + 1 } }), 'E_ZIP', /contradict/],
    ['another CRC in the local header', one({ local: { crc32: 1 } }), 'E_ZIP', /contradict/],
    [
      'another compressed size in the local header',
      one({ local: { compressedBytes: 5 } }),
      'E_ZIP',
      /contradict/,
    ],
    ['no local header', one({ local: { signature: 0 } }), 'E_ZIP', /no local header/],
    ['a local header beyond the file', one({ central: { headerOffset: 1e9 } }), 'E_ZIP', /point at bytes/],
    ['a local header in the directory', one({ central: { headerOffset: deflated.length + 62 } }), 'E_ZIP'],
    [
      'data that run into the directory',
      both({ compressedBytes: deflated.length + 1 }),
      'E_ZIP',
      /into the directory/,
    ],
    [
      'overlapping members',
      { members: [{ name: CSV_NAME, data }, { name: 'b.txt', data, central: { headerOffset: 40 } }] }, // prettier-ignore
      'E_ZIP',
      /overlaps/,
    ],
    ['no directory', one({}, { end: { directoryOffset: 0 } }), 'E_ZIP', /no entry/],
    [
      'a directory beyond the file',
      one({}, { end: { directoryOffset: 0xfffffff0 } }),
      'E_ZIP',
      /does not end before/,
    ],
    ['a directory cut short', one({}, { end: { directoryBytes: 50 } }), 'E_ZIP', /longer than the directory/],
    ['a wrong number of entries', one({}, { end: { entries: 2 } }), 'E_ZIP', /holds 1 entries/],
    [
      'no ZIP64 end record',
      one({}, { zip64End: true, zip64: { signature: 1 } }),
      'E_ZIP',
      /no ZIP64 end record/,
    ],
    [
      'a ZIP64 end record nowhere',
      one({}, { zip64End: true, zip64: { recordOffset: 2 ** 50 } }),
      'E_ZIP',
      /point at/,
    ],
    [
      'two directories',
      one({}, { zip64End: true, end: { directoryOffset: 3 } }),
      'E_ZIP',
      /different directories/,
    ],
    ['ZIP64 volumes', one({}, { zip64End: true, zip64: { disk: 1 } }), 'E_ZIP', /several files/],
    [
      'a huge ZIP64 directory',
      one({}, { zip64End: true, zip64: { directoryBytes: Number.MAX_SAFE_INTEGER } }),
      'E_ZIP',
      /does not end before/,
    ],
    [
      'a ZIP64 extra field too short',
      one({ central: { bytes: 0xffffffff, extra: zip64Extra([]) } }),
      'E_ZIP',
      /too short/,
    ],
    [
      'a ZIP64 size beyond any number',
      one({ central: { bytes: 0xffffffff, extra: zip64Extra([2n ** 63n]) } }),
      'E_ZIP',
      /9223372036854775808/,
    ],

    [
      'a size beyond what deflate can do',
      both({ bytes: deflated.length * 1033 }),
      'E_ZIP_SIZE',
      /deflate cannot/,
    ],
    [
      'a terabyte',
      one({ central: { bytes: 0xffffffff, extra: zip64Extra([2 ** 40]) } }),
      'E_ZIP_SIZE',
      /64 GiB/,
    ],
    ['a stored size that differs', one({ method: 'stored', central: { bytes: 3 } }), 'E_ZIP_SIZE', /stored/],
    ['more bytes than declared', both({ bytes: data.length - 1 }), 'E_ZIP_SIZE', /more than the/],
    [
      'fewer bytes than declared',
      both({ bytes: data.length + 1 }),
      'E_ZIP_SIZE',
      /has \d+ bytes but declares/,
    ],
    ['another CRC', both({ crc32: (crc32(data) ^ 1) >>> 0 }), 'E_ZIP_CRC', /CRC-32/],
    [
      'another CRC of a stored member',
      one({ method: 'stored', local: { crc32: 1 }, central: { crc32: 1 } }),
      'E_ZIP_CRC',
    ],
    [
      'garbage instead of deflate',
      one({ payload: Buffer.alloc(deflated.length, 0xff) }),
      'E_ZIP',
      /cannot be inflated/,
    ],
    ['a deflate stream cut short', one({ payload: deflated.subarray(0, -5) }), 'E_ZIP', /unexpected end/],
    [
      'bytes after the deflate stream',
      one({ payload: Buffer.concat([deflated, Buffer.alloc(9)]) }),
      'E_ZIP',
      /end after/,
    ],
    ['no deflate stream', one({ data: '', payload: Buffer.alloc(0) }), 'E_ZIP', /unexpected end/],
  ];
  it.each(cases)('refuses %s', async (_, spec, code, message) => {
    const path = await write(Buffer.isBuffer(spec) ? spec : buildZip(spec));
    const error = await expectError(openAndRead(path), code, message);
    expect(error.context.object).toBe(KEY);
    expect(error.message).toContain(KEY);
  });

  it('refuses a bomb before inflating it', async () => {
    const zeros = Buffer.alloc(64 << 20);
    await expectError(openAndRead(await write(buildZip(one({ data: zeros })))), 'E_ZIP_SIZE', /bomb/);
  });

  it('refuses a bomb that declares little as soon as it shows', async () => {
    const payload = deflateRawSync(Buffer.alloc(64 << 20));
    const fields = { bytes: 1 << 20 };
    const path = await write(buildZip(one({ data: '', payload, local: fields, central: fields })));
    const before = process.memoryUsage().arrayBuffers;
    await expectError(openAndRead(path), 'E_ZIP_SIZE', /more than the 1048576/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
  });

  it('delivers nothing of a chunk that is too long', async () => {
    const fields = { bytes: data.length - 1 };
    const object = await openObject(await write(buildZip(one({ local: fields, central: fields }))), {
      key: KEY,
      expectedSha256: null,
    });
    let delivered = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of object.read()) delivered += chunk.length;
    };
    await expectError(read(), 'E_ZIP_SIZE');
    expect(delivered).toBeLessThan(data.length);
    await object.close();
  });

  it('notices a file that shrinks while it is read', async () => {
    const path = await write(buildZip(one({ data: Buffer.alloc(24 << 20), method: 'stored' })));
    const object = await openObject(path, { key: KEY, expectedSha256: null });
    await truncate(path, 5 << 20);
    await expectError(readAll(object), 'E_ZIP', /ends at byte/);
    await object.close();
  });

  it('refuses what is no file', async () => {
    await expectError(openAndRead(folder), 'E_IO', /not a regular file/);
    const error = await expectError(openAndRead(`${folder}/absent.zip`), 'E_IO', /ENOENT/);
    expect(error.context).toEqual({ object: KEY, path: `${folder}/absent.zip` });
  });
});
