import { join } from 'node:path';
import { TapemillError } from '../errors.js';
import { type ViewFolder, findViewFolders } from './view-folders.js';

/** SQL that defines one view. */
export interface View {
  readonly name: string;
  readonly sql: string;
}

/** A folder of the user's as a part of a pattern: what it holds of `*`, `?` and `[` is meant as it is. */
const literal = (folder: string): string => folder.replaceAll(/[*?[]/g, '[$&]');

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The symbol is taken from the path, because a query may then skip the files of other symbols. */
function selectFrom({ folder, suffix, market }: ViewFolder): string {
  const glob = join(literal(folder), '*', '*.parquet');
  const [files, symbol] =
    suffix === null
      ? [glob, 'parse_path(filename)[-2]']
      : [
          join(literal(folder), `*${suffix}`),
          `regexp_replace(parse_filename(filename), ${quote(`${suffix.replaceAll('.', '[.]')}$`)}, '')`,
        ];
  return (
    `SELECT ${symbol} AS symbol, ${market === null ? '' : `${quote(market)} AS market, `}* EXCLUDE (filename) ` +
    `FROM read_parquet(${quote(files)}, filename = true, union_by_name = true)`
  );
}

/**
 * A view for every kind of table that there is, all markets together, each with `symbol` and `market` (imports: `symbol`)
 * before the columns of the files: `minutes`, the layer; `bars_{frequency}`, `liquidations_{frequency}` and
 * `dataset_{frequency}`, the wide table, what has been derived; `metrics`, `funding`, `klines_{interval}` …, what has been collected; `imported_{kind}`.
 * @throws `E_NO_LAYER` when there is none
 */
export function findViews(dataDir: string): View[] {
  const selects = new Map<string, string[]>();
  for (const folder of findViewFolders(dataDir)) {
    selects.set(folder.view, [...(selects.get(folder.view) ?? []), selectFrom(folder)]);
  }
  if (selects.size === 0) {
    throw new TapemillError(
      'E_NO_LAYER',
      `${dataDir} holds neither a minute layer nor factors; collect something first`,
      {
        path: dataDir,
      },
    );
  }
  return Array.from(selects, ([name, parts]) => ({
    name,
    sql: `CREATE VIEW ${name} AS ${parts.join(' UNION ALL BY NAME ')}`,
  }));
}
