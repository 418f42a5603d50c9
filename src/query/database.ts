import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import { TapemillError } from '../errors.js';
import { formatUtcSeconds } from '../time/index.js';
import { type View, findViews } from './views.js';

/** A value as it is printed: exact integers, doubles, text; times as `2020-01-01 00:00:00+00:00`. */
export type Cell = string | number | boolean | null;

export interface QueryResult {
  readonly columns: readonly string[];
  /** Batches of rows as the database yields them; nothing is held back. */
  readonly batches: AsyncIterable<Cell[][]>;
}

/**
 * Runs one SQL statement over the views of a data folder (see `findViews`), in a database in memory that may use
 * half of the machine's memory and spills to `{data}/_tmp/duckdb`.
 * @throws `E_NO_LAYER`; `E_SQL` with the database's own words, also while the result is read
 */
export async function queryLayer(dataDir: string, sql: string): Promise<QueryResult> {
  const views = findViews(dataDir);
  if (sql.trim() === '')
    throw sqlError(
      'expected an SQL statement, found none',
      views.map((view) => view.name),
    );
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(availableParallelism()),
    memory_limit: `${Math.floor(totalmem() / 2 / 1e6)}MB`,
    temp_directory: join(dataDir, '_tmp', 'duckdb'),
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const view of viewsFor(sql, views)) {
    await connection.run(view.sql).catch((error: unknown) => {
      // It reads the files' footers; the words are the database's, the file is named in them.
      const message = error instanceof Error ? error.message : String(error);
      throw new TapemillError(
        'E_LAYER',
        `the view ${view.name} cannot be read: ${message.trim()}`,
        {},
        { cause: error },
      );
    });
  }
  const result = await connection.stream(sql).catch((error: unknown) => {
    throw sqlError(
      error,
      views.map((view) => view.name),
    );
  });
  return {
    columns: result.columnNames(),
    batches: cells(
      result.yieldRows(),
      views.map((view) => view.name),
    ),
  };
}

/**
 * Views that the statement can need: those it mentions, or all when it mentions none (`SHOW TABLES`). Each one that is
 * made reads the footers of all its files.
 */
function viewsFor(sql: string, views: readonly View[]): readonly View[] {
  const text = sql.toLowerCase();
  const mentioned = views.filter(({ name }) => text.includes(name.toLowerCase()));
  return mentioned.length > 0 ? mentioned : views;
}

async function* cells(
  batches: AsyncIterable<DuckDBValue[][]>,
  views: readonly string[],
): AsyncGenerator<Cell[][]> {
  try {
    for await (const rows of batches) yield rows.map((row) => row.map(toCell));
  } catch (error) {
    throw sqlError(error, views);
  }
}

function sqlError(error: unknown, views: readonly string[]): TapemillError {
  const message = error instanceof Error ? error.message : String(error);
  return new TapemillError(
    'E_SQL',
    `${message.trim()}\nviews here: ${views.join(', ')}`,
    {},
    { cause: error },
  );
}

function toCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value.toString();
  }
  if (value instanceof DuckDBTimestampTZValue) return formatTimestamp(value.micros);
  return typeof value === 'string' ? value : value.toString();
}

function formatTimestamp(micros: bigint): string {
  const seconds = formatUtcSeconds(Math.floor(Number(micros) / 1e6) * 1000);
  const fraction = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
  return fraction === 0 ? seconds : seconds.replace('+', `.${String(fraction).padStart(6, '0')}+`);
}
