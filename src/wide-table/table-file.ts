import { readFile } from 'node:fs/promises';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';

/** A file of a finished table. @throws `E_DATASET` when it is not there, `E_IO` */
export async function readTableFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw fromSystemError(error, 'reading', path);
    throw new TapemillError('E_DATASET', `${path} is missing; run "tapemill dataset build" again`, { path });
  });
}

/** What `read` makes of a file of the table. @throws `E_DATASET` when it cannot */
export function ofTableFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${path} is damaged: ${reason}; delete it and run "tapemill dataset build" again`;
    throw new TapemillError('E_DATASET', message, { path }, { cause: error });
  }
}
