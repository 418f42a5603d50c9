import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TapemillError } from '../errors.js';
import { factorFolder, layerRoot } from '../layer/index.js';
import { MARKETS } from '../market/index.js';
import { FREQUENCIES } from '../time/index.js';

/** SQL that defines one view. */
export interface View {
  readonly name: string;
  readonly sql: string;
}

/** A folder of the user's as a part of a pattern: what it holds of `*`, `?` and `[` is meant as it is. */
const literal = (folder: string): string => folder.replaceAll(/[*?[]/g, '[$&]');

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function isFolderWith(folder: string, test: (name: string) => boolean): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).some(test);
}

const isParquet = (name: string): boolean => name.endsWith('.parquet');

/**
 * A view over the files of all markets that match; null when there is none. The symbol is taken from the path,
 * because a query may then skip the files of other symbols.
 */
function viewOver(
  name: string,
  parts: readonly { market: string; glob: string; symbol: string }[],
): View | null {
  if (parts.length === 0) return null;
  const selects = parts.map(
    ({ market, glob, symbol }) =>
      `SELECT ${symbol} AS symbol, ${quote(market)} AS market, * EXCLUDE (filename) ` +
      `FROM read_parquet(${quote(glob)}, filename = true, union_by_name = true)`,
  );
  return { name, sql: `CREATE VIEW ${name} AS ${selects.join(' UNION ALL BY NAME ')}` };
}

/**
 * `minutes` over the layer and `bars_{frequency}` over every frequency that has been derived, all markets
 * together, each with `symbol` and `market` before the columns of the files.
 * @throws `E_NO_LAYER` when the folder has neither
 */
export function findViews(dataDir: string): View[] {
  const views: View[] = [];
  const minutes = MARKETS.flatMap((market) => {
    const folder = layerRoot(dataDir, market);
    // A symbol whose collection failed has a folder and nothing in it.
    return isFolderWith(folder, (symbol) => isFolderWith(join(folder, symbol), isParquet))
      ? [{ market, glob: join(literal(folder), '*', '*.parquet'), symbol: `parse_path(filename)[-2]` }]
      : [];
  });
  const minuteView = viewOver('minutes', minutes);
  if (minuteView) views.push(minuteView);
  for (const { label } of FREQUENCIES) {
    const bars = MARKETS.flatMap((market) => {
      const folder = factorFolder(dataDir, market, label);
      return isFolderWith(folder, (name) => name.endsWith('_aggTrades.parquet'))
        ? [
            {
              market,
              glob: join(literal(folder), '*_aggTrades.parquet'),
              symbol: `regexp_replace(parse_filename(filename), '_aggTrades[.]parquet$', '')`,
            },
          ]
        : [];
    });
    const view = viewOver(`bars_${label}`, bars);
    if (view) views.push(view);
  }
  if (views.length === 0) {
    throw new TapemillError(
      'E_NO_LAYER',
      `${dataDir} holds neither a minute layer nor factors; collect something first`,
      {
        path: dataDir,
      },
    );
  }
  return views;
}
