import { join } from 'node:path';
import { OFF_CLASSES } from './classes.js';
import { FIELDS } from './fields.js';
import type { TableColumn, TableColumnType, TableShape } from './table-file.js';

/** Counted up with any change to what a column holds; files of another version are made anew by the next audit. */
export const QUALITY_VERSION = 1;

const column = (name: string, type: TableColumnType, isNullable = false): TableColumn => ({
  name,
  type,
  isNullable,
});

/** One row for each object that the layer or a source is made of. */
export const OBJECTS_TABLE: TableShape = {
  name: 'objects',
  version: QUALITY_VERSION,
  columns: [
    column('market', 'text'),
    column('symbol', 'text'),
    column('data_type', 'text'),
    column('interval', 'text', true),
    column('period', 'text'),
    column('key', 'text'),
    column('bytes', 'int64'),
    column('sha256', 'text'),
    column('checksum', 'text'),
    column('rows', 'int64'),
    column('accepted', 'int64'),
    column('duplicate', 'int64'),
    column('outside', 'int64'),
    column('malformed', 'int64'),
    // Of aggTrades: null for the others.
    column('sentinel', 'int64', true),
    column('zero_quantity', 'int64', true),
    column('out_of_order', 'int64'),
    column('conflicting_ids', 'int64', true),
    column('missing_agg_ids', 'int64', true),
    column('trade_id_gaps', 'int64', true),
    // Of the others: null for aggTrades.
    column('contradiction', 'int64', true),
    column('missing_rows', 'int64', true),
    column('first_time', 'timestamp', true),
    column('last_time', 'timestamp', true),
    column('known_defect', 'text', true),
  ],
};

/** One row for each minute whose bar and kline differ, or that has ticks and no kline. */
export const MINUTES_OFF_TABLE: TableShape = {
  name: 'minutes_off',
  version: QUALITY_VERSION,
  columns: [
    column('market', 'text'),
    column('symbol', 'text'),
    column('minute', 'timestamp'),
    column('class', 'text'),
    column('partner', 'timestamp', true),
    // Kline minus layer; null where the layer has no bar, or there is no kline.
    ...FIELDS.map((field) => column(`d_${field}`, 'double', true)),
    column('missing_ids_inside', 'int64', true),
    column('missing_ids_before', 'int64', true),
    column('missing_ids_after', 'int64', true),
    column('explanation', 'text'),
  ],
};

/** One row for each audited day: what the shares of other tables are made of. */
export const DAYS_TABLE: TableShape = {
  name: 'days',
  version: QUALITY_VERSION,
  columns: [
    column('market', 'text'),
    column('symbol', 'text'),
    column('day', 'text'),
    column('compared', 'int64'),
    column('exact', 'int64'),
    ...OFF_CLASSES.map((name) => column(name.replace('-', '_'), 'int64')),
    column('without_kline', 'int64'),
    column('base_off', 'double'),
    column('quote_off', 'double'),
    column('worst_hour_error', 'double', true),
    column('worst_day_error', 'double', true),
  ],
};

/** `{data}/quality/objects.parquet` and so on. */
export function qualityPath(dataDir: string, { name }: TableShape): string {
  return join(dataDir, 'quality', `${name}.parquet`);
}
