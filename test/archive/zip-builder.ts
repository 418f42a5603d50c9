import { crc32, deflateRawSync } from 'node:zlib';

/** Fields of a local header or a directory entry that a test may forge. Sizes in bytes. */
export interface Fields {
  rawName?: Uint8Array;
  flags?: number;
  method?: number;
  crc32?: number;
  compressedBytes?: number;
  bytes?: number;
  extra?: Uint8Array;
  signature?: number;
}

export interface MemberSpec {
  name: string;
  data: Uint8Array | string;
  method?: 'stored' | 'deflated';
  /** Replaces the compressed bytes. */
  payload?: Uint8Array;
  /** Sizes in both headers go to ZIP64 extra fields. */
  zip64?: boolean;
  /** Sizes and CRC are zero in the local header and follow the data. */
  descriptor?: boolean;
  local?: Fields;
  central?: Fields & { headerOffset?: number };
}

export interface EndFields {
  disk?: number;
  entries?: number;
  directoryBytes?: number;
  directoryOffset?: number;
  comment?: Uint8Array;
}

export interface ZipSpec {
  members: MemberSpec[];
  /** Writes a ZIP64 end record and locator; the plain end record is saturated unless `end` says otherwise. */
  zip64End?: boolean;
  zip64?: EndFields & { recordOffset?: number; signature?: number };
  end?: EndFields;
  /** Bytes after the end record. */
  trailer?: Uint8Array;
}

const SATURATED = 0xffffffff;

/** Writes a ZIP record by record, with every field as it should be unless the spec forges it. */
export function buildZip(spec: ZipSpec): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const put = (part: Uint8Array): void => {
    parts.push(Buffer.from(part));
    offset += part.length;
  };

  for (const member of spec.members) {
    const data = Buffer.from(member.data);
    const method = member.method ?? 'deflated';
    const payload = member.payload ?? (method === 'stored' ? data : deflateRawSync(data));
    const truth = {
      rawName: Buffer.from(member.name),
      flags: 0x0800 | (member.descriptor ? 0x0008 : 0),
      method: method === 'stored' ? 0 : 8,
      crc32: crc32(data),
      compressedBytes: payload.length,
      bytes: data.length,
    };
    const wide = member.zip64 ? { bytes: SATURATED, compressedBytes: SATURATED } : {};
    const sizes = [truth.bytes, truth.compressedBytes];
    const hidden = member.descriptor ? { crc32: 0, compressedBytes: 0, bytes: 0 } : {};
    const local = { ...truth, ...wide, ...hidden, ...(member.zip64 ? { extra: zip64Extra(sizes) } : {}) };
    const headerOffset = offset;
    put(localHeader({ ...local, ...member.local }));
    put(payload);
    if (member.descriptor) put(descriptor(truth));
    const central = { ...truth, ...wide, headerOffset: member.zip64 ? SATURATED : headerOffset };
    const extra = member.zip64 ? { extra: zip64Extra([...sizes, headerOffset]) } : {};
    directory.push(directoryEntry({ ...central, ...extra, ...member.central }));
  }

  const directoryOffset = offset;
  for (const entry of directory) put(entry);
  const truth = {
    disk: 0,
    entries: directory.length,
    directoryBytes: offset - directoryOffset,
    directoryOffset,
  };
  const recordOffset = offset;
  if (spec.zip64End) {
    put(zip64End({ signature: 0x06064b50, ...truth, ...spec.zip64 }));
    put(zip64Locator(spec.zip64?.recordOffset ?? recordOffset));
  }
  const saturated = { disk: 0, entries: 0xffff, directoryBytes: SATURATED, directoryOffset: SATURATED };
  put(endRecord({ ...(spec.zip64End ? saturated : truth), comment: Buffer.alloc(0), ...spec.end }));
  if (spec.trailer) put(spec.trailer);
  return Buffer.concat(parts);
}

type Complete = Required<Omit<Fields, 'extra' | 'signature'>> & Pick<Fields, 'extra' | 'signature'>;

function localHeader(f: Complete): Buffer {
  const extra = f.extra ?? Buffer.alloc(0);
  const b = Buffer.alloc(30);
  b.writeUInt32LE(f.signature ?? 0x04034b50, 0);
  b.writeUInt16LE(20, 4);
  writeCommon(b, 6, f);
  b.writeUInt16LE(f.rawName.length, 26);
  b.writeUInt16LE(extra.length, 28);
  return Buffer.concat([b, f.rawName, extra]);
}

function directoryEntry(f: Complete & { headerOffset: number }): Buffer {
  const extra = f.extra ?? Buffer.alloc(0);
  const b = Buffer.alloc(46);
  b.writeUInt32LE(f.signature ?? 0x02014b50, 0);
  b.writeUInt16LE(20, 4);
  b.writeUInt16LE(20, 6);
  writeCommon(b, 8, f);
  b.writeUInt16LE(f.rawName.length, 28);
  b.writeUInt16LE(extra.length, 30);
  b.writeUInt32LE(f.headerOffset, 42);
  return Buffer.concat([b, f.rawName, extra]);
}

/** flags, method, time, date, CRC, compressed size, size: the same in both headers. */
function writeCommon(b: Buffer, at: number, f: Complete): void {
  b.writeUInt16LE(f.flags, at);
  b.writeUInt16LE(f.method, at + 2);
  b.writeUInt32LE(f.crc32, at + 8);
  b.writeUInt32LE(f.compressedBytes, at + 12);
  b.writeUInt32LE(f.bytes, at + 16);
}

function descriptor(f: { crc32: number; compressedBytes: number; bytes: number }): Buffer {
  const b = Buffer.alloc(16);
  b.writeUInt32LE(0x08074b50, 0);
  b.writeUInt32LE(f.crc32, 4);
  b.writeUInt32LE(f.compressedBytes, 8);
  b.writeUInt32LE(f.bytes, 12);
  return b;
}

export function zip64Extra(values: readonly (number | bigint)[]): Buffer {
  const b = Buffer.alloc(4 + 8 * values.length);
  b.writeUInt16LE(0x0001, 0);
  b.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, i) => b.writeBigUInt64LE(BigInt(value), 4 + 8 * i));
  return b;
}

function zip64End(f: Required<Omit<EndFields, 'comment'>> & { signature: number }): Buffer {
  const b = Buffer.alloc(56);
  b.writeUInt32LE(f.signature, 0);
  b.writeBigUInt64LE(44n, 4);
  b.writeUInt32LE(f.disk, 16);
  b.writeUInt32LE(f.disk, 20);
  b.writeBigUInt64LE(BigInt(f.entries), 24);
  b.writeBigUInt64LE(BigInt(f.entries), 32);
  b.writeBigUInt64LE(BigInt(f.directoryBytes), 40);
  b.writeBigUInt64LE(BigInt(f.directoryOffset), 48);
  return b;
}

function zip64Locator(recordOffset: number): Buffer {
  const b = Buffer.alloc(20);
  b.writeUInt32LE(0x07064b50, 0);
  b.writeBigUInt64LE(BigInt(recordOffset), 8);
  b.writeUInt32LE(1, 16);
  return b;
}

function endRecord(f: Required<EndFields>): Buffer {
  const b = Buffer.alloc(22);
  b.writeUInt32LE(0x06054b50, 0);
  b.writeUInt16LE(f.disk, 4);
  b.writeUInt16LE(f.disk, 6);
  b.writeUInt16LE(f.entries, 8);
  b.writeUInt16LE(f.entries, 10);
  b.writeUInt32LE(f.directoryBytes, 12);
  b.writeUInt32LE(f.directoryOffset, 16);
  b.writeUInt16LE(f.comment.length, 20);
  return Buffer.concat([b, f.comment]);
}
