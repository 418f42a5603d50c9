import { TapemillError } from '../errors.js';
import { readFileBytes, type ReadFile } from './file-bytes.js';
import { readLines, splitCsv } from './lines.js';

/** The cells of one row, by the place of their column in the request. */
export type OnRow = (cells: readonly string[], line: number, text: string) => void;

export interface CsvRequest {
  /** Every name under which a wanted column is known; the first is the one of messages. */
  readonly columns: readonly { readonly names: readonly string[]; readonly optional?: boolean }[];
  /** Whether a file without any line, header included, is an empty table: such are published. */
  readonly mayBeEmpty: boolean;
}

export interface CsvRead {
  readonly read: ReadFile;
  /** Columns of the header that were not asked for; `''` is one without a name. */
  readonly others: readonly string[];
}

/**
 * Reads a CSV file with a header, columns found by name in any order and case.
 * @param onRow of every row with as many cells as the header; an optional column that is not there has ''
 * @param onRagged of every other row
 * @throws `E_CSV_LAYOUT`, `E_GZIP`, `E_IO`, what the callbacks throw
 */
export async function readCsv(
  path: string,
  request: CsvRequest,
  onRow: OnRow,
  onRagged: (line: number, text: string) => void,
): Promise<CsvRead> {
  let places: number[] | undefined;
  let width = 0;
  let others: string[] = [];
  const cells = request.columns.map(() => '');
  const read = await readLines(path, readFileBytes(path), (text, line) => {
    const found = splitCsv(text);
    if (!places) {
      places = findColumns(path, request, found, line);
      width = found.length;
      const taken = new Set(places);
      others = found.filter((_, index) => !taken.has(index));
      return;
    }
    if (found.length !== width) {
      onRagged(line, text);
      return;
    }
    for (let i = 0; i < places.length; i++) cells[i] = places[i] === -1 ? '' : found[places[i]!]!;
    onRow(cells, line, text);
  });
  if (!places && !request.mayBeEmpty) {
    throw new TapemillError('E_CSV_LAYOUT', `${path}: the file is empty, not even a header`, { path });
  }
  return { read, others };
}

/** Place of each wanted column in the header, -1 for an optional one that is not there. @throws `E_CSV_LAYOUT` */
export function findColumns(
  path: string,
  { columns }: Pick<CsvRequest, 'columns'>,
  header: readonly string[],
  line: number,
): number[] {
  const lower = header.map((name) => name.toLowerCase());
  const refuse = (what: string): TapemillError => {
    const expected = columns
      .filter((column) => !column.optional)
      .map((column) => column.names[0])
      .join(',');
    const shown = header.join(',').slice(0, 200);
    return new TapemillError(
      'E_CSV_LAYOUT',
      `${path}: ${what}; expected the columns ${expected}, line ${line} is: ${JSON.stringify(shown)}`,
      { path, line, expected, found: shown },
    );
  };
  return columns.map(({ names, optional }) => {
    const hits = lower.flatMap((name, index) =>
      names.some((wanted) => wanted.toLowerCase() === name) ? [index] : [],
    );
    if (hits.length > 1) throw refuse(`the column ${names[0]!} is there twice`);
    if (hits.length === 0 && !optional) throw refuse(`there is no column ${names[0]!}`);
    return hits[0] ?? -1;
  });
}
