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
