import type { BigIntStats } from 'node:fs';

/** Tells a file from any other and, as far as a clock of some milliseconds can, from itself after a change. */
export type FileIdentity = string;

/** Not of the time of the last change to the directory entry: renaming a file leaves its content alone. */
export function fileIdentity({ dev, ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return [dev, ino, size, mtimeNs].join(':');
}
