import { crc32 } from 'node:zlib';
import { TapemillError } from '../errors.js';
import { type ChecksumState, compareChecksum } from './checksum.js';
import { type HashedFile, ObjectFile, readBlocks } from './file.js';
import { sha256 } from './hash.js';
import { Inflater } from './inflate.js';
import { type Member, findMember } from './member.js';

/** What is known of an object before a row of it is read; goes into the layer's footers. */
export interface ObjectFacts {
  readonly key: string;
  /** Size of the ZIP. */
  readonly bytes: number;
  /** Of the ZIP, lower-case hex. */
  readonly sha256: string;
  readonly checksum: ChecksumState;
  /** Name of the CSV in the ZIP. */
  readonly member: string;
  readonly memberBytes: number;
  readonly crc32: number;
}

export interface ArchiveObject {
  readonly facts: ObjectFacts;
  /**
   * The member's bytes from its start, in chunks of at most `chunkBytes`. The caller may keep them, though a kept chunk
   * can hold the memory of its neighbours.
   * May be called again. CRC-32 and size are verified at the end, output beyond the declared size is
   * refused at once. Leaving the loop stops the inflating.
   *
   * @throws while iterating: `E_ZIP`, `E_ZIP_SIZE`, `E_ZIP_CRC`, `E_IO`
   */
  read(): AsyncIterable<Uint8Array, void, void>;
  /** Releases the file and stops readers; may be called again. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Archive key, for messages and facts. */
  readonly key: string;
  /** Hex, from the `.CHECKSUM` file; `null` when the archive has none. */
  readonly expectedSha256: string | null;
  /** Spares hashing the file again if it is still this one; any other is hashed. */
  readonly hashed?: HashedFile | null;
  /**
   * Size of the chunks of `read`; the default is 256 KiB. The event loop turns once a chunk, and the thread pool gets
   * its next piece of work only then: a consumer that takes long over large chunks leaves it idle.
   */
  readonly chunkBytes?: number;
  /** Inflating goes on while less than this waits for the consumer; the default is 8 MiB. */
  readonly readAheadBytes?: number;
  /**
   * How much is inflated already while the ZIP is being hashed, and kept for the first `read`; the default is 48 MiB.
   * 0 when the object may not be read at all.
   */
  readonly headStartBytes?: number;
}

/**
 * Opens a ZIP on disk. Its SHA-256 is computed, unless it was on the way in, and compared before a byte of it can be
 * read.
 *
 * @throws `E_CHECKSUM` with both hashes, before anything else the object may be guilty of; then `E_ZIP`,
 * `E_ZIP_MEMBER`, `E_ZIP_SIZE` as `findMember`; `E_IO`
 */
export async function openObject(path: string, options: OpenOptions): Promise<ArchiveObject> {
  const { key, chunkBytes = 1 << 18, readAheadBytes = 8 << 20, headStartBytes = 48 << 20 } = options;
  const file = await ObjectFile.open(path, key);
  let headStart: Inflater | null = null;
  try {
    // A wrong checksum explains all other faults, so it is reported first and they have to wait.
    const member = await findMember(file).catch((error: unknown) => ({ error }));
    const { hashed } = options;
    const isHashed = hashed?.identity === file.identity;
    // Without the hashing there is no time to use, only memory to fill.
    if (!('error' in member) && member.method === 'deflated' && headStartBytes > 0 && !isHashed) {
      headStart = new Inflater(file, member, chunkBytes, headStartBytes);
    }
    const hash = isHashed ? hashed.sha256 : await sha256(file);
    const checksum = compareChecksum(key, options.expectedSha256, hash);
    if ('error' in member) throw member.error;
    const facts: ObjectFacts = {
      key,
      bytes: file.bytes,
      sha256: hash,
      checksum,
      member: member.name,
      memberBytes: member.bytes,
      crc32: member.crc32,
    };
    return new OpenObject(facts, file, member, chunkBytes, readAheadBytes, headStart);
  } catch (error) {
    headStart?.stop();
    await file.close();
    throw error;
  }
}

class OpenObject implements ArchiveObject {
  readonly #inflaters = new Set<Inflater>();
  #headStart: Inflater | null;

  constructor(
    readonly facts: ObjectFacts,
    private readonly file: ObjectFile,
    private readonly member: Member,
    private readonly chunkBytes: number,
    private readonly readAheadBytes: number,
    headStart: Inflater | null,
  ) {
    this.#headStart = headStart;
    if (headStart) this.#inflaters.add(headStart);
  }

  async *read(): AsyncGenerator<Uint8Array, void, void> {
    const { key } = this.facts;
    const { name, bytes } = this.member;
    let total = 0;
    let crc = 0;
    for await (const chunk of this.member.method === 'stored' ? this.#stored() : this.#deflated()) {
      total += chunk.length;
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (total !== bytes) {
      throw new TapemillError('E_ZIP_SIZE', `${key}: ${name} has ${total} bytes but declares ${bytes}`, {
        object: key,
        expected: `${bytes} bytes`,
        found: `${total} bytes`,
      });
    }
    if (crc !== this.member.crc32) {
      const [expected, found] = [hex(this.member.crc32), hex(crc)];
      throw new TapemillError(
        'E_ZIP_CRC',
        `${key}: the CRC-32 of ${name} is ${found}, the ZIP declares ${expected}`,
        {
          object: key,
          expected,
          found,
        },
      );
    }
  }

  async *#deflated(): AsyncGenerator<Uint8Array, void, void> {
    const inflater =
      this.#headStart ?? new Inflater(this.file, this.member, this.chunkBytes, this.readAheadBytes);
    this.#headStart = null;
    inflater.readAheadBytes = this.readAheadBytes;
    this.#inflaters.add(inflater);
    try {
      for (;;) {
        const chunk = await inflater.next();
        if (chunk === undefined) return;
        yield chunk;
      }
    } finally {
      inflater.stop();
      this.#inflaters.delete(inflater);
    }
  }

  #stored(): AsyncGenerator<Uint8Array, void, void> {
    const { dataOffset, compressedBytes } = this.member;
    // A buffer for each chunk, because the caller may keep it.
    const fresh = (): Uint8Array => Buffer.allocUnsafeSlow(this.chunkBytes);
    return readBlocks(this.file, dataOffset, dataOffset + compressedBytes, this.chunkBytes, fresh);
  }

  async close(): Promise<void> {
    for (const inflater of this.#inflaters) inflater.stop();
    this.#inflaters.clear();
    this.#headStart = null;
    await this.file.close();
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
