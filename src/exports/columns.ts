import { type WideFamily, listWideColumns } from '../dataset/index.js';
import { TapemillError } from '../errors.js';
import { type LockedColumn, factorColumn } from '../wide-table/index.js';
import { nearest } from './nearest.js';

export type ColumnType = 'double' | 'int64' | 'timestamp_ms';

/** A column of the final files with what is known of it. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** `user` for columns that the registry does not have: factors of the user's own. */
  readonly family: WideFamily | 'user';
  /** Null where the registry says nothing. */
  readonly unit: string | null;
  readonly meaning: string | null;
  readonly whenNull: string | null;
}

/** A column as a file has it. */
export interface ColumnField {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/**
 * Puts the registry's words to the columns of a file, and to the user's those of the lock; names with a window (`{w}` in the
 * registry) are recognised.
 */
export function describeColumns(
  fields: readonly ColumnField[],
  locked: readonly LockedColumn[] = [],
): TableColumn[] {
  const own = new Map(locked.map(({ name, factor }) => [name, factor]));
  const known = listWideColumns();
  const exact = new Map(known.map((column) => [column.name, column]));
  const patterns = known
    .filter(({ name }) => name.includes('{w}'))
    .map((column) => ({ column, pattern: new RegExp(`^${column.name.replace('{w}', '([0-9a-z]+)')}$`) }));
  return fields.map(({ name, type, nullable }) => {
    const factor = own.get(name);
    if (factor) {
      const { unit, formula, whenNull } = factorColumn(factor);
      return { name, type, nullable, family: 'user', unit, meaning: formula, whenNull };
    }
    const match = patterns.map(({ column, pattern }) => ({ column, window: pattern.exec(name)?.[1] }));
    const windowed = match.find(({ window }) => window !== undefined);
    const found = exact.get(name) ?? windowed?.column;
    return {
      name,
      type,
      nullable,
      family: found?.family ?? 'user',
      unit: found?.unit ?? null,
      meaning: found?.formula.replaceAll('{w}', windowed?.window ?? '{w}') ?? null,
      whenNull: found?.whenNull ?? null,
    };
  });
}

/**
 * Columns by names and globs (`*` any text, `?` one character), in the order of the table.
 * @param asked null asks for all
 * @throws `E_USAGE` for a name or glob that no column has, with names that are near
 */
export function selectColumns(
  columns: readonly TableColumn[],
  asked: readonly string[] | null,
): TableColumn[] {
  if (asked === null) return [...columns];
  const names = columns.map(({ name }) => name);
  const wanted = new Set<string>();
  for (const text of asked) {
    const glob = toPattern(text);
    const found = names.filter((name) => glob.test(name));
    if (found.length === 0) {
      const near = nearest(text.replaceAll(/[*?]/g, ''), names);
      const hint = near.length === 0 ? '' : `; near are ${near.join(', ')}`;
      throw new TapemillError('E_USAGE', `--columns: no column is named "${text}"${hint}`, { found: text });
    }
    for (const name of found) wanted.add(name);
  }
  return columns.filter(({ name }) => wanted.has(name));
}

function toPattern(glob: string): RegExp {
  const source = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u');
}

/** Reads `a,b,ls_*`. @throws `E_USAGE` when nothing is named */
export function parseColumns(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const asked = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (asked.length === 0)
    throw new TapemillError('E_USAGE', '--columns: expected names or globs, found none');
  return asked;
}
