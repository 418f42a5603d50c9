import type { FileHandle } from 'node:fs/promises';
import type { FolderEntry } from './folder-cache.js';

/** What headers and listings say about an object. */
export interface ObjectFacts {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedMs: number;
  /** With its quotes. 32 hex digits as S3's, but no MD5. */
  readonly etag: string;
}

export interface OpenObject {
  readonly facts: ObjectFacts;
  /** Belongs to whoever opened the object, and must be closed. */
  readonly handle: FileHandle;
}

/** What a mirror serves: keys in folders, and their objects. */
export interface KeyTree {
  /** For messages. */
  readonly root: string;
  /** `undefined` when there is no such object. Errors other than absence (permissions) are the system's. */
  openObject(key: string): Promise<OpenObject | undefined>;
  /** Without opening it, for keys that a listing found. */
  facts(key: string): Promise<ObjectFacts | undefined>;
  /** Sorted as keys. `folder` is empty for the root, otherwise ends with a slash. Empty when there is none. */
  entries(folder: string): Promise<readonly FolderEntry[]>;
  /** The same for a folder that is among the entries of another. */
  entriesBelow(folder: string): Promise<readonly FolderEntry[]>;
  /** Whether there is an object anywhere below an entry; without one a folder does not exist in S3. */
  hasKeys(folder: string): Promise<boolean>;
}
