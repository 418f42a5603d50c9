import { createHash } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashFile, readFileBytes, verifyGzip } from '../../src/imports/file-bytes.js';
import { lineBatches, parseNumber, readLines, splitCsv } from '../../src/imports/lines.js';
import { failure } from '../http-archive/setup.js';
import { newFolder, put } from './fixture.js';

const CONTENT = Buffer.from(
  Array.from({ length: 40_000 }, (_, i) => `${i},${(i * 7919) % 10_007}\n`).join(''),
);
const ZIPPED = gzipSync(CONTENT);

async function contentOf(path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileBytes(path)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test('a whole file: content and facts', async () => {
  const path = put(newFolder(), 'x.csv.gz', ZIPPED);
  expect((await contentOf(path)).equals(CONTENT)).toBe(true);
  const sha256 = createHash('sha256').update(ZIPPED).digest('hex');
  expect(await verifyGzip(path)).toEqual({
    bytes: ZIPPED.length,
    sha256,
    contentBytes: CONTENT.length,
    contentCrc32: crc32(CONTENT),
  });
  expect(await hashFile(path)).toEqual({ bytes: ZIPPED.length, sha256 });
  const plain = put(newFolder(), 'x.csv', CONTENT);
  expect((await contentOf(plain)).equals(CONTENT)).toBe(true);
});

test('a header with extra field, name, comment and its own checksum', async () => {
  const head = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
  const path = put(
    newFolder(),
    'x.csv.gz',
    Buffer.concat([head, Buffer.from('name\0comment\0\x11\x22', 'latin1'), ZIPPED.subarray(10)]),
  );
  expect((await contentOf(path)).equals(CONTENT)).toBe(true);
});

const flipped = (at: number): Buffer => {
  const bytes = Buffer.from(ZIPPED);
  bytes[at]! ^= 0x55;
  return bytes;
};

test.each([
  ['nothing', Buffer.alloc(0), 'truncated'],
  ['half a header', ZIPPED.subarray(0, 7), 'truncated'],
  ['cut in its data', ZIPPED.subarray(0, ZIPPED.length >> 1), 'truncated'],
  ['without its last byte', ZIPPED.subarray(0, -1), 'truncated'],
  ['without its trailer', ZIPPED.subarray(0, -8), 'truncated'],
  ['another member', Buffer.concat([ZIPPED, gzipSync('more')]), 'another gzip member'],
  ['other bytes after it', Buffer.concat([ZIPPED, Buffer.from('garbage')]), 'other bytes'],
  ['one byte after it', Buffer.concat([ZIPPED, Buffer.from([0])]), 'other bytes'],
  ['a wrong CRC-32', flipped(ZIPPED.length - 5), 'CRC-32'],
  ['a wrong length', flipped(ZIPPED.length - 2), 'trailer says'],
  ['no gzip', Buffer.from('exchange,symbol\n'.repeat(9)), 'no gzip header'],
])('%s: E_GZIP, with the file', async (_, bytes, message) => {
  const path = put(newFolder(), 'x.csv.gz', bytes);
  const error = await failure(contentOf(path), 'E_GZIP');
  expect(error.message).toContain(message);
  expect(error.message).toContain(path);
  expect(error.context.path).toBe(path);
});

test('whatever byte is changed, it never passes as the same content', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: ZIPPED.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const bytes = Buffer.from(ZIPPED);
        bytes[at]! ^= mask;
        const path = put(newFolder(), 'x.csv.gz', bytes);
        const content = await contentOf(path).catch((error: unknown) => {
          expect((error as { code?: string }).code).toBe('E_GZIP');
          return null;
        });
        // Time, system and flags of the header change nothing in what it holds.
        if (content !== null) expect(content.equals(CONTENT)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('a reader that stops leaves nothing open', async () => {
  const path = put(newFolder(), 'x.csv.gz', ZIPPED);
  for await (const chunk of readFileBytes(path)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect((await failure(contentOf(`${path}.nothing.gz`), 'E_IO')).message).toContain('ENOENT');
});

const FACTS = { bytes: 0, sha256: '', contentBytes: 0, contentCrc32: 0 };

async function* pieces(text: string, cuts: readonly number[]) {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts].map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    if (cut > from) yield bytes.subarray(from, cut);
    from = Math.max(from, cut);
  }
  yield bytes.subarray(from);
  return FACTS;
}

test('lines do not depend on where the bytes are cut', async () => {
  const line = fc.stringMatching(/^[a-zé€😀,"]{0,6}$/u);
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.nat(), { maxLength: 6 }),
      async (lines, end, closed, cuts) => {
        const text = `\uFEFF${lines.join(end)}${closed ? end : ''}`;
        const seen: [string, number][] = [];
        await readLines('x', pieces(text, cuts), (found, number) => seen.push([found, number]));
        expect(seen).toEqual(
          lines.flatMap((found, index) => (found.trim() === '' ? [] : [[found, index + 1]])),
        );
        const all: string[] = [];
        for await (const batch of lineBatches('x', pieces(text, cuts))) all.push(...batch);
        expect(all.filter((found) => found !== '')).toEqual(lines.filter((found) => found !== ''));
      },
    ),
  );
});

test('a line without end is refused', async () => {
  const error = await failure(
    readLines('x.csv', pieces(`a\n${'x'.repeat(70_000)}`, [50_000, 69_000]), () => undefined),
    'E_CSV_MALFORMED',
  );
  expect(error.context.path).toBe('x.csv');
});

test.each([
  ['a,b,,c', ['a', 'b', '', 'c']],
  [' a , "b" ', ['a', 'b']],
  ['"a,b","c ""d""",', ['a,b', 'c "d"', '']],
  ['', ['']],
  [',', ['', '']],
  ['"open,b', ['"open,b']],
])('cells of %j', (text, cells) => {
  expect(splitCsv(text)).toEqual(cells);
});

test.each([
  ['1', 1],
  ['-1.6e-05', -1.6e-5],
  ['+.5', 0.5],
  ['4.', 4],
  ['4.452E-4', 4.452e-4],
  ['', null],
  ['0x10', null],
  ['1,5', null],
  ['Infinity', null],
  ['1e999', null],
  ['NaN', null],
  ['1_000', null],
  ['--1', null],
])('number %j', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});
