import type { ErrorCode } from '../errors.js';

/**
 * What is wrong with one object and says nothing about the next: it cannot be had, or is not what it should be. Whoever
 * reads many loses this one alone.
 */
export const OBJECT_FAULTS: readonly ErrorCode[] = [
  'E_CHECKSUM',
  'E_CHECKSUM_FORMAT',
  'E_ZIP',
  'E_ZIP_MEMBER',
  'E_ZIP_CRC',
  'E_ZIP_SIZE',
  'E_CSV_LAYOUT',
  'E_CSV_MALFORMED',
  'E_CSV_TIME',
  'E_NOT_FOUND',
  'E_NETWORK',
  'E_HTTP',
];
