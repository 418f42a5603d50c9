import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TapemillError } from '../errors.js';
import { FolderCache, type FolderEntry, sortedEntries } from './folder-cache.js';
import type { KeyTree, ObjectFacts, OpenObject } from './key-tree.js';
import { keyParts } from './target.js';

/**
 * The folder that is served. Only plain files and folders below it exist for a client: symbolic links are neither
 * followed nor listed, so nothing outside can be reached, and hidden names are left out.
 */
export class Tree implements KeyTree {
  readonly root: string;
  readonly #realRoot: string;
  readonly #folders = new FolderCache();

  private constructor(root: string, realRoot: string) {
    this.root = root;
    this.#realRoot = realRoot;
  }

  /** @throws `E_ARCHIVE_UNREADABLE` when the root is no folder that can be read */
  static async open(folder: string): Promise<Tree> {
    const root = resolve(folder);
    try {
      const realRoot = await realpath(root);
      await readdir(realRoot);
      return new Tree(root, realRoot);
    } catch (error) {
      throw new TapemillError(
        'E_ARCHIVE_UNREADABLE',
        `cannot serve ${root}: ${error instanceof Error ? error.message : String(error)}`,
        { path: root, expected: 'the folder that holds data/' },
        { cause: error },
      );
    }
  }

  /** `undefined` when there is no such object. Errors other than absence (permissions) are the system's. */
  async openObject(key: string): Promise<OpenObject | undefined> {
    const path = await this.#path(key);
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if (path === undefined || !(await unlessAbsent(stat(path)))?.isFile()) return undefined;
    const handle = await unlessAbsent(open(path, 'r'));
    if (!handle) return undefined;
    try {
      const stats = await handle.stat({ bigint: true });
      return { handle, facts: factsOf(stats) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Without opening it. For keys that a listing found: does not check for links again. */
  async facts(key: string): Promise<ObjectFacts | undefined> {
    const stats = await unlessAbsent(stat(join(this.#realRoot, ...key.split('/')), { bigint: true }));
    return stats?.isFile() ? factsOf(stats) : undefined;
  }

  /** Sorted as keys. `folder` is empty for the root, otherwise ends with a slash. Empty when there is none. */
  async entries(folder: string): Promise<readonly FolderEntry[]> {
    const path = folder === '' ? this.#realRoot : await this.#path(folder.slice(0, -1));
    return path === undefined ? [] : this.#read(folder, path);
  }

  /** The same for a folder that is among the entries of another: how one got there is not looked at again. */
  entriesBelow(folder: string): Promise<readonly FolderEntry[]> {
    return this.#read(folder, join(this.#realRoot, folder));
  }

  /** Whether there is a file anywhere below an entry; without one a folder does not exist in S3. */
  async hasKeys(folder: string): Promise<boolean> {
    const entries = await this.entriesBelow(folder);
    if (entries.some((entry) => !entry.isFolder)) return true;
    for (const entry of entries) if (await this.hasKeys(folder + entry.sortName)) return true;
    return false;
  }

  async #read(folder: string, path: string): Promise<readonly FolderEntry[]> {
    // Without its slash, which would make `lstat` follow a link.
    const stats = await unlessAbsent(lstat(path.replace(/[/\\]$/, ''), { bigint: true }));
    if (!stats?.isDirectory()) return [];
    const known = this.#folders.get(folder, stats.mtimeNs);
    if (known) return known;
    const entries = sortedEntries((await unlessAbsent(readdir(path, { withFileTypes: true }))) ?? []);
    this.#folders.set(folder, stats.mtimeNs, entries);
    return entries;
  }

  /** Where a key lies, if it lies there under exactly this name and no link leads to it. */
  async #path(key: string): Promise<string | undefined> {
    const parts = keyParts(key);
    if (!parts) return undefined;
    const path = join(this.#realRoot, ...parts);
    const real = await unlessAbsent(realpath(path));
    // Differs behind a link, and on file systems that ignore case, which S3 does not. Composition is forgiven.
    return real?.normalize('NFC') === path.normalize('NFC') ? path : undefined;
  }
}

/** The ETag is of size, time of change and file, so it costs no reading. */
function factsOf(stats: BigIntStats): ObjectFacts {
  const name = `${stats.size}|${stats.mtimeNs}|${stats.ino}`;
  return {
    bytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    etag: `"${createHash('sha256').update(name).digest('hex').slice(0, 32)}"`,
  };
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return undefined;
    throw error;
  }
}
