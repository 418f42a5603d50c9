import { inflateRawSync } from 'node:zlib';

export interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc32: number;
  readonly declaredSize: number;
  readonly content: Buffer;
}

interface Header {
  readonly fixed: Buffer;
  readonly name: string;
  readonly sizes: readonly [packed: number, size: number];
  readonly offset: number;
  readonly end: number;
}

const NEEDS_64 = 0xffffffff;

/**
 * All members of a small ZIP, by its directory alone; shares nothing with the writer or with src/archive. Throws
 * where headers contradict one another or the content, CRC-32 excepted, and at names that leave the folder.
 */
export function readZip(bytes: Buffer): Member[] {
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0) throw new Error('no end of central directory');
  const members: Member[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const central = readHeader(bytes, at, 0x02014b50, 46, 28);
    const local = readHeader(bytes, central.offset, 0x04034b50, 30, 26);
    at = central.end;
    // Version, flags, method, time and CRC: bytes 4 … 17 of the one, 6 … 19 of the other.
    const same = local.fixed.subarray(4, 18).equals(central.fixed.subarray(6, 20));
    if (!same || local.name !== central.name || String(local.sizes) !== String(central.sizes)) {
      throw new Error('local and central header differ');
    }
    if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|:/.test(local.name)) throw new Error(`relative path ${local.name}`);
    const [packedSize, declaredSize] = local.sizes;
    const packed = bytes.subarray(local.end, local.end + packedSize);
    if (packed.length !== packedSize) throw new Error('truncated');
    const method = local.fixed.readUInt16LE(8);
    const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: declaredSize + 1 });
    if (content.length !== declaredSize)
      throw new Error(`expected ${declaredSize} bytes, found ${content.length}`);
    members.push({ name: local.name, method, crc32: local.fixed.readUInt32LE(14), declaredSize, content });
  }
  return members;
}

/** `lengths` is where the lengths of name and extra field are; sizes are 18 before the local and 20 before the central one. */
function readHeader(
  bytes: Buffer,
  at: number,
  signature: number,
  fixedBytes: number,
  lengths: number,
): Header {
  if (bytes.readUInt32LE(at) !== signature) throw new Error(`no header at ${at}`);
  const fixed = bytes.subarray(at, at + fixedBytes);
  const nameEnd = at + fixedBytes + fixed.readUInt16LE(lengths);
  const extraBytes = fixed.readUInt16LE(lengths + 2);
  const extra = bytes.subarray(nameEnd, nameEnd + extraBytes);
  const zip64 = extraBytes > 0 && extra.readUInt16LE(0) === 1 ? extra : undefined;
  // In the extra field size, packed size and offset follow one another, each only where it is needed.
  const wide = (narrow: number, index: number): number =>
    narrow === NEEDS_64 && zip64 ? Number(zip64.readBigUInt64LE(4 + 8 * index)) : narrow;
  const size = wide(fixed.readUInt32LE(lengths - 4), 0);
  const packed = wide(fixed.readUInt32LE(lengths - 8), 1);
  const comment = fixedBytes === 46 ? fixed.readUInt16LE(32) : 0;
  return {
    fixed,
    name: bytes.toString('utf8', at + fixedBytes, nameEnd),
    sizes: [packed, size],
    offset: fixedBytes === 46 ? wide(fixed.readUInt32LE(42), 2) : at,
    end: nameEnd + extraBytes + comment,
  };
}
