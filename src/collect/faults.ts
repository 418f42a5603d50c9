import { OBJECT_FAULTS } from '../archive/index.js';
import { TapemillError, type ErrorCode } from '../errors.js';

/** What ends the run, whatever else there is to do: the next symbol would meet the same. */
const FATAL = new Set<ErrorCode>([
  'E_DISK_FULL',
  'E_IO',
  'E_USAGE',
  'E_ARCHIVE_UNREADABLE',
  'E_FORBIDDEN',
  'E_GEOBLOCKED',
  'E_LEDGER',
  'E_LEDGER_BUSY',
]);

/** Also anything that is no error of ours: a bug. */
export function endsTheRun(error: unknown): boolean {
  return !TapemillError.is(error) || FATAL.has(error.code);
}

/** Another attempt may meet a server that answers again. */
export function isPassing(code: string): boolean {
  return code === 'E_NETWORK' || code === 'E_HTTP';
}

/** An object that is at fault itself fails alone; anything else (disk, memory, an abort) ends the task. */
const FAULTS = new Set<ErrorCode>([...OBJECT_FAULTS, 'E_IDS', 'E_ARCHIVE_UNREADABLE']);

/** Also when the object alone cannot be read; the object is named only then, not when the disk we write to fails. */
export function isObjectFault(error: unknown): error is TapemillError {
  if (!TapemillError.is(error)) return false;
  return FAULTS.has(error.code) || (error.code === 'E_IO' && error.context.object !== undefined);
}
