import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ZipWriter, type MemberOptions } from '../../src/simulator/zip-writer.js';
import { temporaryFolder } from './read-tree.js';
import { readZip } from './zip-reader.js';

const folder = await temporaryFolder();
const content = Buffer.from('a line of text\n'.repeat(5000));

async function write(name: string, options: Partial<MemberOptions>[]): Promise<Buffer> {
  const zip = await ZipWriter.create(join(folder, name));
  for (const option of options) {
    zip.beginMember({
      name: 'a.csv',
      method: 'deflated',
      level: 6,
      modifiedMs: Date.UTC(2024, 1, 1, 8),
      ...option,
    });
    for (let at = 0; at < content.length; at += 7000) await zip.write(content.subarray(at, at + 7000));
    await zip.endMember();
  }
  const size = await zip.close();
  const bytes = await readFile(join(folder, name));
  expect(bytes.length).toBe(size);
  return bytes;
}

describe('ZIPs', () => {
  test.each([
    ['deflated', {}],
    ['stored', { method: 'stored' }],
    ['zip64', { zip64: true }],
    ['stored zip64', { method: 'stored', zip64: true }],
    ['non-ASCII', { name: '币安人生USDT-aggTrades-2024-01.csv' }],
  ] as const)('%s: local and central headers agree', async (name, options) => {
    const bytes = await write(`${name}.zip`, [options]);
    const [member] = readZip(bytes);
    expect(member).toMatchObject({ crc32: crc32(content), declaredSize: content.length, content });
    const central = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    // Version, flags, method, time, CRC and sizes: bytes 4 … 25 of the one, 6 … 27 of the other.
    expect(bytes.subarray(4, 26)).toEqual(bytes.subarray(central + 6, central + 28));
    expect(bytes.readUInt16LE(6) & 0x08).toBe(0);
  });

  test('with several members, and lies where they are asked for', async () => {
    const bytes = await write('several.zip', [
      { name: 'one.csv' },
      { name: 'two.csv', lies: { crc32: () => 1 } },
      { name: 'three.csv', method: 'stored' },
    ]);
    const members = readZip(bytes);
    expect(members.map(({ name, crc32: crc }) => [name, crc])).toEqual([
      ['one.csv', crc32(content)],
      ['two.csv', 1],
      ['three.csv', crc32(content)],
    ]);
  });
});
