import type { ParquetColumn } from '../parquet/index.js';
import { MINUTE_COLUMN, MINUTE_COLUMNS, type MinuteBars } from '../ticks/minute-bars.js';

/**
 * Version of the month files: columns, their meaning, and the facts in the footer. A file of another version
 * is rebuilt, never guessed at. Count it up with any change to what a column holds.
 */
export const LAYER_SCHEMA_VERSION = 1;

/** Name and Parquet type of every column of a month file, in order; all of them REQUIRED. */
export const LAYER_COLUMNS = MINUTE_COLUMNS.map((name) => ({ name, type: MINUTE_COLUMN[name].type }));

export function layerColumns(bars: MinuteBars): ParquetColumn[] {
  return LAYER_COLUMNS.map(({ name, type }) => ({ name, type, nullable: false, values: bars.columns[name] }));
}
