import { open, type FileHandle } from 'node:fs/promises';
import { constants, crc32, createDeflateRaw, deflateRawSync, type DeflateRaw } from 'node:zlib';
import { TapemillError } from '../errors.js';

/** False statements in the headers; only defects tell them. */
export interface HeaderLies {
  readonly crc32?: (real: number) => number;
  readonly size?: (real: number) => number;
}

export interface MemberOptions {
  readonly name: string;
  readonly method: 'deflated' | 'stored';
  /** 1 … 9 */
  readonly level: number;
  /** UTC; the ZIP keeps two-second steps from 1980 on. */
  readonly modifiedMs: number;
  /** Sizes in 64 bits. Needed from 4 GiB on; harmless below. */
  readonly zip64?: boolean;
  readonly lies?: HeaderLies;
}

interface Member {
  readonly options: MemberOptions;
  readonly offset: number;
  crc: number;
  size: number;
  packedSize: number;
}

const LIMIT_32 = 0xffffffff;

/**
 * A ZIP, written front to back in bounded memory. A member's header is left out at first and filled in when its
 * sizes are known, so local and central headers say the same and there are no data descriptors. Deflating and
 * writing run in the thread pool: `write` resolves once the chunk may be reused.
 */
export class ZipWriter {
  readonly #members: Member[] = [];
  #member: Member | undefined;
  #deflate: DeflateRaw | undefined;
  #offset = 0;
  /** The last write to the file; rejected when any of them failed. */
  #written: Promise<void> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'w'));
  }

  beginMember(options: MemberOptions): void {
    if (this.#member) throw new Error('the previous member is still open');
    this.#member = { options, offset: this.#offset, crc: 0, size: 0, packedSize: 0 };
    this.#offset += localHeader(this.#member).length;
    if (options.method === 'stored') return;
    this.#deflate = createDeflateRaw({ level: options.level, chunkSize: 1 << 16 });
    this.#deflate.on('data', (chunk: Buffer) => {
      this.#append(chunk);
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    const member = this.#open();
    if (chunk.length === 0) return;
    member.crc = crc32(chunk, member.crc);
    member.size += chunk.length;
    const deflate = this.#deflate;
    if (deflate) {
      await new Promise<void>((resolve, reject) => {
        deflate.write(chunk, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    } else this.#append(chunk);
    await this.#written;
  }

  /** Bytes that are already deflated and end the member: for members that no compressor would make. */
  async writePacked(packed: Iterable<Uint8Array>, crc: number, size: number): Promise<void> {
    const member = this.#open();
    this.#deflate?.destroy();
    this.#deflate = undefined;
    for (const chunk of packed) {
      this.#append(chunk);
      await this.#written;
    }
    Object.assign(member, { crc, size });
  }

  async endMember(): Promise<{ readonly size: number; readonly crc32: number }> {
    const member = this.#open();
    const deflate = this.#deflate;
    if (deflate) {
      await new Promise<void>((resolve, reject) => {
        deflate.once('end', resolve).once('error', reject).end();
      });
    }
    await this.#written;
    const header = localHeader(member);
    member.packedSize = this.#offset - member.offset - header.length;
    if (member.options.zip64 !== true && Math.max(member.size, this.#offset) >= LIMIT_32) {
      throw new TapemillError(
        'E_USAGE',
        `${member.options.name} is larger than a ZIP without zip64 can hold`,
      );
    }
    await writeFully(this.file, localHeader(member), member.offset);
    this.#members.push(member);
    this.#member = undefined;
    this.#deflate = undefined;
    return { size: member.size, crc32: member.crc };
  }

  /** Writes the directory, syncs and closes the file. Returns its size in bytes. */
  async close(): Promise<number> {
    const start = this.#offset;
    const zip64 = this.#members.some((member) => member.options.zip64 === true);
    for (const member of this.#members) this.#append(centralHeader(member));
    const size = this.#offset - start;
    if (zip64) this.#append(zip64End(this.#members.length, size, start));
    this.#append(directoryEnd(this.#members.length, size, start));
    await this.#written;
    await this.file.sync();
    await this.file.close();
    return this.#offset;
  }

  /** Gives up: closes the file as it is. */
  async abort(): Promise<void> {
    this.#deflate?.destroy();
    await this.#written.catch(() => undefined);
    await this.file.close();
  }

  #open(): Member {
    if (!this.#member) throw new Error('no member is open');
    return this.#member;
  }

  #append(bytes: Uint8Array): void {
    const position = this.#offset;
    this.#offset += bytes.length;
    this.#written = this.#written.then(() => writeFully(this.file, bytes, position));
    // Whoever awaits `#written` next sees the failure; until then it must not count as unhandled.
    this.#written.catch(() => undefined);
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** `count` MiB of one byte as a deflate stream that starts where another was fully flushed; tiny. */
export function* packedRun(count: number, byte: number): Generator<Uint8Array> {
  const mebibyte = createRun(byte);
  for (let i = 0; i < count; i++) yield mebibyte;
}

function createRun(byte: number): Uint8Array {
  return deflateFlushed(new Uint8Array(1 << 20).fill(byte));
}

/** Deflated so that anything may follow, an end included. */
export function deflateFlushed(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
}

/** The empty final block that ends a deflate stream. */
export const DEFLATE_END = Uint8Array.of(0x03, 0x00);

function stated(member: Member): { crc: number; size: number } {
  const { lies } = member.options;
  return {
    crc: (lies?.crc32?.(member.crc) ?? member.crc) >>> 0,
    size: lies?.size?.(member.size) ?? member.size,
  };
}

/** Method, flags, time: bytes 4 … 13 of a local header, 6 … 15 of a central one. */
function writeCommon(header: Buffer, at: number, member: Member): void {
  const { name, method, modifiedMs, zip64 } = member.options;
  header.writeUInt16LE(zip64 === true ? 45 : 20, at);
  // Bit 11: the name is UTF-8.
  header.writeUInt16LE(/^[\x20-\x7e]*$/.test(name) ? 0 : 0x0800, at + 2);
  header.writeUInt16LE(method === 'deflated' ? 8 : 0, at + 4);
  const date = new Date(modifiedMs);
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  header.writeUInt16LE(time, at + 6);
  header.writeUInt16LE(day, at + 8);
}

function writeSizes(header: Buffer, at: number, member: Member): void {
  const { crc, size } = stated(member);
  const zip64 = member.options.zip64 === true;
  header.writeUInt32LE(crc, at);
  header.writeUInt32LE(zip64 ? LIMIT_32 : member.packedSize, at + 4);
  header.writeUInt32LE(zip64 ? LIMIT_32 : size, at + 8);
}

function zip64Extra(member: Member, offset?: number): Buffer {
  if (member.options.zip64 !== true) return Buffer.alloc(0);
  const values = [stated(member).size, member.packedSize, ...(offset === undefined ? [] : [offset])];
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [i, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  return extra;
}

function localHeader(member: Member): Buffer {
  const name = Buffer.from(member.options.name);
  const extra = zip64Extra(member);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, member);
  writeSizes(header, 14, member);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function centralHeader(member: Member): Buffer {
  const name = Buffer.from(member.options.name);
  const extra = zip64Extra(member, member.offset);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  // Made by: Unix, 3.0; a regular file, rw-r--r--.
  header.writeUInt16LE(0x031e, 4);
  writeCommon(header, 6, member);
  writeSizes(header, 16, member);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(0o100644 * 65536, 38);
  header.writeUInt32LE(member.options.zip64 === true ? LIMIT_32 : member.offset, 42);
  return Buffer.concat([header, name, extra]);
}

function zip64End(count: number, size: number, start: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(0x031e, 12);
  end.writeUInt16LE(45, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + size), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

function directoryEnd(count: number, size: number, start: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(Math.min(size, LIMIT_32), 12);
  end.writeUInt32LE(Math.min(start, LIMIT_32), 16);
  return end;
}
