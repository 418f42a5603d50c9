import type { Dirent } from 'node:fs';
import { compareUtf8 } from './utf8-order.js';

export interface FolderEntry {
  readonly isFolder: boolean;
  /** The name, and a slash after that of a folder: what it adds to a key, and what it is sorted by. */
  readonly sortName: string;
}

/** So many names are remembered, over all folders; some 100 bytes each. */
const MAX_NAMES = 200_000;

/**
 * A folder whose time is younger than this when it is read is not remembered: the clock of a file system is
 * coarse, and a later change within the same tick would go unnoticed.
 */
const SETTLED_NS = 2_000_000_000n;

/** In the order of their keys. Names of folders end with a slash. */
export function entriesOf(names: Iterable<string>): FolderEntry[] {
  return Array.from(names, (sortName) => ({ isFolder: sortName.endsWith('/'), sortName })).sort((a, b) =>
    compareUtf8(a.sortName, b.sortName),
  );
}

/** Plain files and folders without the hidden ones, in the order of their keys. */
export function sortedEntries(found: readonly Dirent[]): FolderEntry[] {
  const visible = found.filter(
    (entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()),
  );
  return entriesOf(visible.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)));
}

/** Sorted entries of folders, valid as long as the folder's time of change is the same. Bounded. */
export class FolderCache {
  readonly #folders = new Map<
    string,
    { readonly mtimeNs: bigint; readonly entries: readonly FolderEntry[] }
  >();
  #names = 0;

  get(folder: string, mtimeNs: bigint): readonly FolderEntry[] | undefined {
    const known = this.#folders.get(folder);
    return known?.mtimeNs === mtimeNs ? known.entries : undefined;
  }

  set(folder: string, mtimeNs: bigint, entries: readonly FolderEntry[]): void {
    this.#forget(folder);
    if (BigInt(Date.now()) * 1_000_000n - mtimeNs < SETTLED_NS) return;
    this.#folders.set(folder, { mtimeNs, entries });
    this.#names += entries.length;
    for (const oldest of this.#folders.keys()) {
      if (this.#names <= MAX_NAMES || oldest === folder) break;
      this.#forget(oldest);
    }
  }

  #forget(folder: string): void {
    this.#names -= this.#folders.get(folder)?.entries.length ?? 0;
    this.#folders.delete(folder);
  }
}
