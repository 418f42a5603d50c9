import { TapemillError } from '../errors.js';

/** A column that an object of the archive may have. */
export interface CsvColumn {
  /** As the archive's header spells it. */
  readonly name: string;
  /** Other published spellings. */
  readonly aliases?: readonly string[];
  /** Not read: it may be absent from a header, and there may be several. */
  readonly ignored?: true;
}

export interface CsvLayout {
  readonly header: boolean;
  readonly columnCount: number;
  /** Position in a row of each expected column, -1 for an ignored one that is not there. */
  readonly positions: readonly number[];
}

/** Cells free of spaces and one pair of quotes, which a spreadsheet may have added. */
export function splitCells(line: string): string[] {
  const cells = line.split(',');
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    const first = cell.charCodeAt(0);
    const last = cell.charCodeAt(cell.length - 1);
    if (first > 34 && last > 34) continue; // neither space nor quote on either side
    const trimmed = cell.trim();
    const quoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
    cells[i] = quoted ? trimmed.slice(1, -1).trim() : trimmed;
  }
  return cells;
}

/** A row begins with a time: an epoch or a date. */
const LOOKS_LIKE_TIME = /^(\d+|\d{4}-\d{2}-\d{2}.*)$/;

/**
 * Tells from the first line of a file how its rows are laid out: by name when it is a header, in the archive's own
 * order when it is a row. Decided per file: the archive has both, for any date.
 * @throws `E_CSV_LAYOUT`, printing the line, for anything that is neither
 */
export function sniffLayout(
  firstLine: string,
  columns: readonly CsvColumn[],
  what: string,
  object: string,
): CsvLayout {
  const cells = splitCells(firstLine);
  if (LOOKS_LIKE_TIME.test(cells[0] ?? '')) {
    if (cells.length === columns.length) {
      return { header: false, columnCount: cells.length, positions: columns.map((_, index) => index) };
    }
    throw unknownLayout(firstLine, columns, what, object, `a row of ${cells.length} columns`);
  }
  const found = cells.map((cell) => columnNamed(cell, columns));
  const strange = cells.filter((_, index) => found[index] === -1);
  if (strange.length > 0) {
    const names = strange.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
    throw unknownLayout(firstLine, columns, what, object, `unknown column ${names.join(', ')}`);
  }
  const positions = columns.map((_, index) => found.indexOf(index));
  columns.forEach(({ name, ignored }, index) => {
    if (ignored) return;
    if (positions[index] === -1) throw unknownLayout(firstLine, columns, what, object, `no column ${name}`);
    if (found.lastIndexOf(index) !== positions[index])
      throw unknownLayout(firstLine, columns, what, object, `column ${name} twice`);
  });
  return { header: true, columnCount: cells.length, positions };
}

function columnNamed(cell: string, columns: readonly CsvColumn[]): number {
  const name = cell.toLowerCase().replace(/[\s-]+/g, '_');
  return columns.findIndex((column) => column.name === name || column.aliases?.includes(name) === true);
}

export function unknownLayout(
  line: string,
  columns: readonly CsvColumn[],
  what: string,
  object: string,
  found: string,
): TapemillError {
  const shown = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return new TapemillError(
    'E_CSV_LAYOUT',
    `${object}: not a known ${what} layout (${found}); line 1 is: ${JSON.stringify(shown)}`,
    { object, line: 1, expected: columns.map(({ name }) => name).join(', '), found: shown },
  );
}
