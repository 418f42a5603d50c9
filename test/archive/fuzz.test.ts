import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { CSV_NAME, KEY, csvRows, openAndRead, put, temporaryFolder } from './fixture.js';
import { type ZipSpec, buildZip } from './zip-builder.js';

const folder = await temporaryFolder();
const data = csvRows(12);
const specs: ZipSpec[] = [
  { members: [{ name: CSV_NAME, data }] },
  { members: [{ name: CSV_NAME, data, method: 'stored' }] },
  { members: [{ name: CSV_NAME, data, zip64: true, descriptor: true }], zip64End: true },
  { members: [{ name: 'a.txt', data: 'hello' }, { name: CSV_NAME, data }], end: { comment: Buffer.from('PK') } }, // prettier-ignore
];
const valid = specs.map(buildZip);

const unhandled: unknown[] = [];
const note = (error: unknown): void => {
  unhandled.push(error);
};
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));

/** Either the very bytes or an error of ours, soon. */
async function judge(bytes: Uint8Array, name: string): Promise<void> {
  const path = await put(folder, name, bytes);
  const started = performance.now();
  try {
    expect((await openAndRead(path)).toString()).toBe(data);
  } catch (error) {
    if (!TapemillError.is(error)) throw error;
    expect(error.context.object).toBe(KEY);
  }
  expect(performance.now() - started).toBeLessThan(5_000);
}

const anyZip = fc.constantFrom(...valid);
/** Where the records are: near the start, near the end, or anywhere. */
const position = fc.oneof(fc.nat(60), fc.nat(250).map((n) => -1 - n), fc.nat(10_000)); // prettier-ignore
const byte = fc.oneof(fc.constantFrom(0, 1, 0xff, 0x50), fc.nat(255));

describe('fuzzed ZIPs give the right bytes or an error of ours', () => {
  it('with bytes changed', async () => {
    const edits = fc.array(fc.tuple(position, byte), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyZip, edits, async (zip, changes) => {
        const bytes = Buffer.from(zip);
        for (const [at, value] of changes) bytes[(at + bytes.length * 40) % bytes.length] = value;
        await judge(bytes, 'edited.zip');
      }),
      { numRuns: 900 },
    );
  });

  it('cut at every length, and with pieces removed, doubled or added', async () => {
    for (const [i, zip] of valid.entries()) {
      for (let length = 0; length < zip.length; length += i === 0 ? 1 : 7)
        await judge(zip.subarray(0, length), 'cut.zip');
    }
    await fc.assert(
      fc.asyncProperty(
        anyZip,
        fc.nat(),
        fc.nat(),
        fc.uint8Array({ maxLength: 40 }),
        async (zip, a, b, middle) => {
          const [start, end] = [a % (zip.length + 1), b % (zip.length + 1)];
          await judge(Buffer.concat([zip.subarray(0, start), middle, zip.subarray(end)]), 'spliced.zip');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with 32-bit fields made extreme', async () => {
    const extremes = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x504b0506);
    await fc.assert(
      fc.asyncProperty(anyZip, position, extremes, async (zip, at, value) => {
        const bytes = Buffer.from(zip);
        bytes.writeUInt32LE(value, (at + bytes.length * 40) % (bytes.length - 3));
        await judge(bytes, 'extreme.zip');
      }),
      { numRuns: 700 },
    );
  });

  it('leaves no promise rejected unheard', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unhandled).toEqual([]);
  });
});
