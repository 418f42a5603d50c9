import { TapemillError } from '../errors.js';

/** What a `.CHECKSUM` file proved: the object has its SHA-256, or there was no such file to compare with. */
export type ChecksumState = 'verified' | 'missing';

/** The last part of a key or path of the archive, in one Unicode spelling. */
function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).normalize('NFC');
}

/**
 * Reads the text of a `.CHECKSUM` file, `<sha256>  <file name>`, and returns the hash in lower-case hex.
 *
 * Tolerated, because tools that write such files differ: upper-case hex, `*` before the name (binary mode),
 * `\r\n`, blank lines. The name must be that of the object, or the file belongs to another one.
 *
 * @throws `E_CHECKSUM_FORMAT`
 */
export function parseChecksum(text: string, key: string): string {
  const expected = `<sha256>  ${fileName(key)}`;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const match = lines.length === 1 ? /^\s*([0-9a-fA-F]{64})\s+\*?(.*\S)\s*$/u.exec(lines[0] ?? '') : null;
  if (match?.[2]?.normalize('NFC') !== fileName(key)) {
    const found = text.length > 200 ? `${text.slice(0, 200)}…` : text;
    throw new TapemillError(
      'E_CHECKSUM_FORMAT',
      `the .CHECKSUM of ${key} is not "${expected}": found ${JSON.stringify(found)}`,
      { object: key, expected, found },
    );
  }
  return match[1]!.toLowerCase();
}

/** @throws `E_CHECKSUM` with both hashes, unless they are equal or there is none to compare with */
export function compareChecksum(key: string, expected: string | null, actual: string): ChecksumState {
  if (expected === null) return 'missing';
  if (expected.toLowerCase() === actual) return 'verified';
  throw new TapemillError(
    'E_CHECKSUM',
    `the SHA-256 of ${key} is ${actual}, its .CHECKSUM says ${expected.toLowerCase()}`,
    { object: key, expected: expected.toLowerCase(), found: actual },
  );
}
