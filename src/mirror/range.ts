/** Bytes `start` … `end` (exclusive) of an object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header for an object of `bytes` bytes.
 *
 * @returns the range, `unsatisfiable` (416), or `undefined` when the header is to be ignored: another unit, no
 *   valid range, or several, which S3 does not serve
 */
export function parseRange(
  header: string | undefined,
  bytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes[ \t]*=[ \t]*(?<first>\d*)-(?<last>\d*)[ \t]*$/i.exec(header ?? '');
  const { first = '', last = '' } = match?.groups ?? {};
  if (first === '') {
    if (last === '') return undefined;
    const suffixBytes = Math.min(Number(last), bytes);
    return suffixBytes === 0 ? 'unsatisfiable' : { start: bytes - suffixBytes, end: bytes };
  }
  const start = Number(first);
  const end = last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= bytes ? 'unsatisfiable' : { start, end };
}
