/**
 * The records of a ZIP that tell where its members are. Pure functions over bytes: they look at what
 * the caller read and allocate nothing that a lying field could make large.
 *
 *     [local header · data · (descriptor)]…  directory entries…  [ZIP64 end · ZIP64 locator]  end record
 *
 * Layouts and field names follow PKWARE's APPNOTE 6.3.10; offsets in the code are those of its tables.
 */

/** A record contradicts itself, another one or the size of the file. The reader adds the object's key. */
export class ZipFormatError extends Error {}

/** One entry of the central directory. Sizes in bytes; `flags` is the general purpose bit flag. */
export interface ZipEntry {
  /** As stored, to compare with the local header. */
  readonly rawName: Uint8Array;
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where its local header starts. */
  readonly headerOffset: number;
}

/** Where the central directory lies, `[offset, offset + bytes)`. */
export interface DirectoryLocation {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
}

export interface LocalHeader {
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
}

export const FLAG_ENCRYPTED = 0x0001;
export const FLAG_DESCRIPTOR = 0x0008;
const FLAG_UTF8 = 0x0800;
const FLAG_MASKED_HEADERS = 0x2000;
export const FLAGS_ENCRYPTION = FLAG_ENCRYPTED | 0x0040 | FLAG_MASKED_HEADERS;

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
export const ZIP64_END_BYTES = 56;
export const LOCAL_HEADER_BYTES = 30;
const ENTRY_BYTES = 46;
/** The end record, the longest comment behind it and the ZIP64 locator before it. */
export const TAIL_BYTES = LOCATOR_BYTES + END_BYTES + 0xffff;

const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readUint64(data: DataView, offset: number, what: string): number {
  const value = data.getBigUint64(offset, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ZipFormatError(`${what} of ${value.toString()} bytes`);
  return Number(value);
}

/** What the tail of the file says: the directory, or where the ZIP64 end record is that knows. */
export type EndRecord = DirectoryLocation & {
  /** Nothing of the directory may lie at or behind this offset. */
  readonly limit: number;
  readonly zip64EndOffset: number | null;
};

/**
 * Finds the end record in `tail`, the last bytes (`TAIL_BYTES` or all) of a file of `fileBytes`.
 * Only a record whose comment ends exactly where the file does counts.
 */
export function findEndRecord(tail: Uint8Array, fileBytes: number): EndRecord {
  const data = view(tail);
  const tailOffset = fileBytes - tail.length;
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (data.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + data.getUint16(at + 20, true) !== tail.length) continue;
    const locatorAt = at - LOCATOR_BYTES;
    const zip64 = locatorAt >= 0 && data.getUint32(locatorAt, true) === 0x07064b50;
    const disks = [data.getUint16(at + 4, true), data.getUint16(at + 6, true)];
    if (!disks.every((disk) => disk === 0 || (zip64 && disk === MAX_16))) {
      throw new ZipFormatError('it is one part of a ZIP split over several files');
    }
    return {
      entries: data.getUint16(at + 10, true),
      bytes: data.getUint32(at + 12, true),
      offset: data.getUint32(at + 16, true),
      limit: tailOffset + at,
      zip64EndOffset: zip64 ? readUint64(data, locatorAt + 8, 'a ZIP64 end record at an offset') : null,
    };
  }
  throw new ZipFormatError('it has no end record: it is no ZIP, is cut short, or has bytes appended');
}

/** Checks a directory without ZIP64 against the file. */
export function plainDirectory(end: EndRecord): DirectoryLocation {
  return checkedDirectory(end, end.limit);
}

/** The directory that the ZIP64 end record (`ZIP64_END_BYTES`, read at `end.zip64EndOffset`) locates. */
export function zip64Directory(record: Uint8Array, end: EndRecord): DirectoryLocation {
  const data = view(record);
  const recordOffset = end.zip64EndOffset ?? 0;
  if (data.getUint32(0, true) !== 0x06064b50)
    throw new ZipFormatError('its ZIP64 locator points at no ZIP64 end record');
  if (data.getUint32(16, true) !== 0 || data.getUint32(20, true) !== 0) {
    throw new ZipFormatError('it is one part of a ZIP split over several files');
  }
  const location = {
    entries: readUint64(data, 32, 'a directory'),
    bytes: readUint64(data, 40, 'a directory'),
    offset: readUint64(data, 48, 'a directory at an offset'),
  };
  const agree = (plain: number, saturated: number, wide: number): boolean =>
    plain === saturated || plain === wide;
  if (
    !agree(end.entries, MAX_16, location.entries) ||
    !agree(end.bytes, MAX_32, location.bytes) ||
    !agree(end.offset, MAX_32, location.offset)
  ) {
    throw new ZipFormatError('its end record and its ZIP64 end record name different directories');
  }
  return checkedDirectory(location, recordOffset);
}

function checkedDirectory({ offset, bytes, entries }: DirectoryLocation, limit: number): DirectoryLocation {
  if (offset + bytes > limit) {
    throw new ZipFormatError(
      `its directory (bytes ${offset} to ${offset + bytes}) does not end before byte ${limit}`,
    );
  }
  return { offset, bytes, entries };
}

/** Reads the central directory, which must hold exactly the declared number of entries and nothing else. */
export function parseDirectory(directory: Uint8Array, declaredEntries: number): ZipEntry[] {
  const data = view(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    if (at + ENTRY_BYTES > directory.length || data.getUint32(at, true) !== 0x02014b50) {
      throw new ZipFormatError(`its directory holds no entry at byte ${at}`);
    }
    const nameEnd = at + ENTRY_BYTES + data.getUint16(at + 28, true);
    const extraEnd = nameEnd + data.getUint16(at + 30, true);
    const end = extraEnd + data.getUint16(at + 32, true);
    if (end > directory.length)
      throw new ZipFormatError('an entry of its directory is longer than the directory');
    const rawName = directory.subarray(at + ENTRY_BYTES, nameEnd);
    const flags = data.getUint16(at + 8, true);
    const [bytes, compressedBytes, headerOffset] = widen(directory.subarray(nameEnd, extraEnd), [
      data.getUint32(at + 24, true),
      data.getUint32(at + 20, true),
      data.getUint32(at + 42, true),
    ]);
    entries.push({
      rawName,
      name: decodeName(rawName, (flags & FLAG_UTF8) !== 0),
      flags,
      method: data.getUint16(at + 10, true),
      crc32: data.getUint32(at + 16, true),
      compressedBytes: compressedBytes!,
      bytes: bytes!,
      headerOffset: headerOffset!,
    });
    at = end;
  }
  if (entries.length !== declaredEntries) {
    throw new ZipFormatError(
      `its directory holds ${entries.length} entries, the end record says ${declaredEntries}`,
    );
  }
  return entries;
}

/** How many bytes the local header with this fixed part (`LOCAL_HEADER_BYTES`) has in all. */
export function localHeaderBytes(fixed: Uint8Array): number {
  const data = view(fixed);
  if (data.getUint32(0, true) !== 0x04034b50)
    throw new ZipFormatError('there is no local header where the directory says');
  return LOCAL_HEADER_BYTES + data.getUint16(26, true) + data.getUint16(28, true);
}

/** Reads a whole local header. With `FLAG_DESCRIPTOR` its sizes and CRC may be zero. */
export function parseLocalHeader(header: Uint8Array): LocalHeader {
  const data = view(header);
  const nameEnd = LOCAL_HEADER_BYTES + data.getUint16(26, true);
  const [bytes, compressedBytes] = widen(header.subarray(nameEnd), [
    data.getUint32(22, true),
    data.getUint32(18, true),
  ]);
  return {
    rawName: header.subarray(LOCAL_HEADER_BYTES, nameEnd),
    flags: data.getUint16(6, true),
    method: data.getUint16(8, true),
    crc32: data.getUint32(14, true),
    compressedBytes: compressedBytes!,
    bytes: bytes!,
  };
}

/**
 * Replaces saturated 32-bit fields by those of the ZIP64 extra field, which holds only the saturated
 * ones, in this order.
 */
function widen(extra: Uint8Array, fields: readonly number[]): number[] {
  if (!fields.includes(MAX_32)) return [...fields];
  const data = view(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + data.getUint16(at + 2, true);
    if (end > extra.length) break;
    if (data.getUint16(at, true) === 0x0001) {
      let next = at + 4;
      return fields.map((field) => {
        if (field !== MAX_32) return field;
        if (next + 8 > end) throw new ZipFormatError('its ZIP64 extra field is too short');
        next += 8;
        return readUint64(data, next - 8, 'a member');
      });
    }
    at = end;
  }
  // Without the extra field the number means itself: 4 GiB - 1, which the checks against the file will judge.
  return [...fields];
}

/** Names that do not claim UTF-8 but are (most writers today) are read as such. */
function decodeName(raw: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8, ignoreBOM: true }).decode(raw);
  } catch {
    return new TextDecoder('latin1').decode(raw);
  }
}
