import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll } from 'vitest';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

/** A new folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-simulator-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Member {
  readonly name: string;
  readonly method: number;
  readonly crc32: number;
  readonly declaredSize: number;
  readonly content: Buffer;
}

/** All members of a ZIP by a reader that is not ours; rejects where it finds a contradiction. */
export async function readZip(bytes: Buffer): Promise<Member[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(
      bytes,
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
      (error, opened) => {
        if (error) reject(error);
        else resolve(opened);
      },
    );
  });
  const members: Member[] = [];
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once('entry', resolve).once('end', () => {
        resolve(undefined);
      });
      zip.once('error', reject).readEntry();
    });
    if (!entry) return members;
    const content = await new Promise<Buffer>((resolve, reject) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        const chunks: Buffer[] = [];
        stream
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .once('end', () => {
            resolve(Buffer.concat(chunks));
          })
          .once('error', reject);
      });
    });
    members.push({
      name: entry.fileName,
      method: entry.compressionMethod,
      crc32: entry.crc32,
      declaredSize: entry.uncompressedSize,
      content,
    });
  }
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The one CSV of an object as text. */
export async function csvOf(folder: string, key: string): Promise<string> {
  const members = await readZip(await readFile(join(folder, key)));
  return members[0]?.content.toString() ?? '';
}

/** Lines without header and line ends. */
export async function linesOf(folder: string, key: string): Promise<string[]> {
  const lines = (await csvOf(folder, key)).split(/\r?\n/).filter((line) => line !== '');
  return /^[a-z]/.test(lines[0] ?? '') ? lines.slice(1) : lines;
}

/** Relative path → hash of every file below a folder. */
export async function hashTree(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes.set(path.slice(folder.length + 1), sha256(await readFile(path)));
  }
  return new Map([...hashes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function checksumHolds(folder: string, key: string): Promise<boolean> {
  const text = await readFile(join(folder, `${key}.CHECKSUM`), 'utf8');
  return text === `${sha256(await readFile(join(folder, key)))}  ${basename(key)}\n`;
}
