import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll } from 'vitest';
import { readZip } from './zip-reader.js';

/** A new folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-simulator-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The one CSV of an object as text. */
export async function csvOf(folder: string, key: string): Promise<string> {
  const members = readZip(await readFile(join(folder, key)));
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
