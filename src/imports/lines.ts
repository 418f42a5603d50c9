import { TapemillError } from '../errors.js';
import type { ReadFile } from './file-bytes.js';

/** A longer line is no row of any format that is read here. */
const LINE_LIMIT = 64 << 10;

/**
 * The lines of a text, those of each chunk together, without their ends; a byte order mark is left out. Blank lines
 * are lines.
 * @returns what the bytes say of their file
 * @throws `E_CSV_MALFORMED` for a line without end; what the bytes throw
 */
export async function* lineBatches(
  path: string,
  bytes: AsyncGenerator<Uint8Array, ReadFile, void>,
): AsyncGenerator<string[], ReadFile, void> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let line = 0;
  try {
    for (;;) {
      const next = await bytes.next();
      const text = rest + (next.done ? decoder.decode() : decoder.decode(next.value, { stream: true }));
      const lines = text.split('\n').map((part) => (part.endsWith('\r') ? part.slice(0, -1) : part));
      rest = text.slice(text.lastIndexOf('\n') + 1);
      if (next.done) {
        if (rest === '') lines.pop();
        if (lines.length > 0) yield lines;
        return next.value;
      }
      lines.pop();
      line += lines.length;
      if (rest.length > LINE_LIMIT || lines.some((text) => text.length > LINE_LIMIT)) {
        throw new TapemillError(
          'E_CSV_MALFORMED',
          `${path}: line ${line + 1} or one before it is longer than ${LINE_LIMIT} characters`,
          { path, line: line + 1, expected: 'lines' },
        );
      }
      if (lines.length > 0) yield lines;
    }
  } finally {
    // Nothing after the end; else it closes the file.
    await bytes.return(undefined as never);
  }
}

/**
 * Hands over every line that is not blank, with its number counted from 1.
 * @returns what the bytes say of their file
 * @throws as `lineBatches`; what `onLine` throws
 */
export async function readLines(
  path: string,
  bytes: AsyncGenerator<Uint8Array, ReadFile, void>,
  onLine: (text: string, line: number) => void,
): Promise<ReadFile> {
  const batches = lineBatches(path, bytes);
  let line = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      for (const text of next.value) {
        line++;
        if (text.trim() !== '') onLine(text, line);
      }
    }
  } finally {
    await batches.return(undefined as never);
  }
}

/** Fields of a CSV line, without spaces around them; quotes as in RFC 4180, but within one line. */
export function splitCsv(text: string): string[] {
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"\s*|([^,"][^,]*)?)(,|$)/gy;
  for (;;) {
    const match = pattern.exec(text);
    // An open quote: one cell that nothing will accept.
    if (!match) return [text];
    const [, quoted, bare = ''] = match;
    cells.push(quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"'));
    if (match[3] === '') return cells;
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal number; null for anything else, an empty cell included. */
export function parseNumber(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
