import { TapemillError } from '../errors.js';
import type { ObjectFile } from './file.js';
import {
  FLAGS_ENCRYPTION,
  FLAG_DESCRIPTOR,
  LOCAL_HEADER_BYTES,
  TAIL_BYTES,
  ZIP64_END_BYTES,
  type ZipEntry,
  ZipFormatError,
  findEndRecord,
  localHeaderBytes,
  parseDirectory,
  parseLocalHeader,
  plainDirectory,
  zip64Directory,
} from './zip.js';

/** The CSV in an object, as its directory declares it and its local header confirms. Sizes in bytes. */
export interface Member {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc32: number;
  readonly bytes: number;
  readonly compressedBytes: number;
  /** Where its data starts in the file; they lie wholly before the directory. */
  readonly dataOffset: number;
}

/** Objects hold one member; a directory of this size is no mistake but an attack on our memory. */
const MAX_DIRECTORY_BYTES = 1 << 20;
const MAX_MEMBER_BYTES = 64 * 2 ** 30;
/** 258 bytes for two bits: no deflate stream can do better. */
const MAX_DEFLATE_RATIO = 1032;
/** CSV of the archive deflates 4 to 20 times. A bomb needs hundreds. */
const MAX_PLAUSIBLE_RATIO = 200;
/** Below this a high ratio harms nobody: a few idle minutes of klines can repeat themselves a lot. */
const RATIO_FLOOR_BYTES = 16 * 2 ** 20;

/**
 * Finds the one CSV of the object and checks everything that can be checked without inflating it.
 *
 * @throws `E_ZIP` for records that contradict each other or the file; `E_ZIP_MEMBER` for none, several, an
 * unsafe name, encryption or another compression; `E_ZIP_SIZE` for an impossible or implausible size
 */
export async function findMember(file: ObjectFile): Promise<Member> {
  try {
    const directory = await readDirectory(file);
    const entry = chooseCsv(directory.entries, file.key);
    checkSize(entry, file.key);
    return await locate(file, entry, directory.entries, directory.offset);
  } catch (error) {
    if (!(error instanceof ZipFormatError)) throw error;
    throw new TapemillError(
      'E_ZIP',
      `${file.key} is not a readable ZIP: ${error.message}`,
      { object: file.key, path: file.path },
      { cause: error },
    );
  }
}

async function readDirectory(file: ObjectFile): Promise<{ entries: ZipEntry[]; offset: number }> {
  const end = findEndRecord(
    await readSpan(file, Math.max(0, file.bytes - TAIL_BYTES), file.bytes),
    file.bytes,
  );
  const location =
    end.zip64EndOffset === null
      ? plainDirectory(end)
      : zip64Directory(await readSpan(file, end.zip64EndOffset, end.zip64EndOffset + ZIP64_END_BYTES), end);
  if (location.bytes > MAX_DIRECTORY_BYTES) {
    throw new ZipFormatError(`its directory of ${location.bytes} bytes is not that of one member`);
  }
  const bytes = await readSpan(file, location.offset, location.offset + location.bytes);
  return { entries: parseDirectory(bytes, location.entries), offset: location.offset };
}

/** The caller has bounded the length; the offsets may still lie. */
async function readSpan(file: ObjectFile, start: number, end: number): Promise<Uint8Array> {
  if (start < 0 || end > file.bytes) {
    throw new ZipFormatError(`its records point at bytes ${start} to ${end} of a file of ${file.bytes}`);
  }
  const bytes = new Uint8Array(end - start);
  await file.read(bytes, start);
  return bytes;
}

function chooseCsv(entries: readonly ZipEntry[], key: string): ZipEntry {
  const refuse = (message: string, found?: string): never => {
    throw new TapemillError('E_ZIP_MEMBER', `${key}: ${message}`, {
      object: key,
      expected: 'exactly one .csv',
      ...(found === undefined ? {} : { found }),
    });
  };
  // Any member, not only the CSV: nothing is ever written under these names, but no object of the
  // archive has such a one, and what was made to harm others is not to be trusted.
  const unsafe = entries.find((entry) => isUnsafe(entry.name));
  if (unsafe)
    return refuse(`the member name ${JSON.stringify(unsafe.name)} is not a plain file name`, unsafe.name);
  const csvs = entries.filter((entry) => /\.csv$/i.test(entry.name));
  const [csv] = csvs;
  if (!csv || csvs.length !== 1)
    return refuse(`holds ${csvs.length} .csv members (${list(entries)})`, list(entries));
  if ((csv.flags & FLAGS_ENCRYPTION) !== 0) return refuse(`${csv.name} is encrypted`);
  if (csv.method !== 0 && csv.method !== 8) {
    return refuse(
      `${csv.name} is compressed by method ${csv.method}; only stored (0) and deflated (8) can be read`,
    );
  }
  return csv;
}

function isUnsafe(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are just what must not be in a name
  return name === '' || /[/\\\u0000-\u001f\u007f]|\.\.|^[A-Za-z]:/u.test(name);
}

function list(entries: readonly ZipEntry[]): string {
  const names = entries.slice(0, 10).map((entry) => JSON.stringify(entry.name));
  const more = entries.length - names.length;
  if (names.length === 0) return 'the ZIP is empty';
  return `members: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function checkSize({ name, method, bytes, compressedBytes }: ZipEntry, key: string): void {
  const refuse = (why: string): never => {
    throw new TapemillError(
      'E_ZIP_SIZE',
      `${key}: ${name} declares ${bytes} bytes from ${compressedBytes} compressed ones: ${why}`,
      { object: key },
    );
  };
  if (method === 0 && bytes !== compressedBytes) refuse('a stored member has as many as it takes');
  if (bytes > MAX_MEMBER_BYTES) refuse(`more than ${MAX_MEMBER_BYTES} (64 GiB)`);
  if (bytes > MAX_DEFLATE_RATIO * compressedBytes) refuse('deflate cannot do that');
  if (bytes > RATIO_FLOOR_BYTES && bytes > MAX_PLAUSIBLE_RATIO * compressedBytes) {
    refuse(`more than ${MAX_PLAUSIBLE_RATIO} times, as in a ZIP bomb`);
  }
}

async function locate(
  file: ObjectFile,
  entry: ZipEntry,
  entries: readonly ZipEntry[],
  directoryOffset: number,
): Promise<Member> {
  const fixedEnd = entry.headerOffset + LOCAL_HEADER_BYTES;
  const headerEnd = entry.headerOffset + localHeaderBytes(await readSpan(file, entry.headerOffset, fixedEnd));
  const local = parseLocalHeader(await readSpan(file, entry.headerOffset, headerEnd));
  const same =
    Buffer.compare(local.rawName, entry.rawName) === 0 &&
    local.method === entry.method &&
    (local.flags & FLAGS_ENCRYPTION) === 0 &&
    // With a descriptor the local header was written before the sizes were known.
    ((local.flags & FLAG_DESCRIPTOR) !== 0 ||
      (local.crc32 === entry.crc32 &&
        local.bytes === entry.bytes &&
        local.compressedBytes === entry.compressedBytes));
  if (!same)
    throw new ZipFormatError(`its directory and the local header of ${entry.name} contradict each other`);
  const dataEnd = headerEnd + entry.compressedBytes;
  if (dataEnd > directoryOffset) {
    throw new ZipFormatError(
      `${entry.name} runs to byte ${dataEnd}, into the directory at ${directoryOffset}`,
    );
  }
  const overlap = entries.find(
    (other) => other !== entry && other.headerOffset < dataEnd && endOf(other) > entry.headerOffset,
  );
  if (overlap) throw new ZipFormatError(`${entry.name} overlaps ${overlap.name}`);
  return {
    name: entry.name,
    method: entry.method === 0 ? 'stored' : 'deflated',
    crc32: entry.crc32,
    bytes: entry.bytes,
    compressedBytes: entry.compressedBytes,
    dataOffset: headerEnd,
  };
}

/** The least that a member can take up. */
function endOf(entry: ZipEntry): number {
  return entry.headerOffset + LOCAL_HEADER_BYTES + entry.rawName.length + entry.compressedBytes;
}
