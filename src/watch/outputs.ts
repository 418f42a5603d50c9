import type { Database } from '../sqlite/index.js';
import { groupParts } from './keys.js';
import type { OutputStatus } from './snapshot.js';

const NEWEST = 8;
/** How far back to look for them: events of a few hours at most. */
const LOOKED_AT = 20_000;

/** What was written last, the latest first. */
export function readOutputs(db: Database): OutputStatus[] {
  return db
    .all(
      `SELECT at, grp, type, json_extract(data, '$.month') AS month,
         coalesce(json_extract(data, '$.path'), json_extract(data, '$.csv')) AS path,
         coalesce(json_extract(data, '$.minutes'), json_extract(data, '$.bars')) AS lines,
         json_extract(data, '$.rows') AS rows, json_extract(data, '$.dataStatus') AS data_status,
         json_extract(data, '$.symbol') AS symbol
       FROM events
       WHERE id > (SELECT coalesce(max(id), 0) FROM events) - ${LOOKED_AT}
         AND type IN ('month-written', 'symbol-settled')
       ORDER BY id DESC LIMIT ${NEWEST}`,
    )
    .map((row) => ({
      atMs: row['at'] as number,
      type: row['type'] as OutputStatus['type'],
      group: (row['grp'] as string | null) ?? (row['symbol'] as string | null) ?? '',
      month: row['month'] as string | null,
      path: (row['path'] as string | null) ?? '',
      lines: (row['lines'] as number | null) ?? 0,
      rows: row['type'] === 'month-written' ? ((row['rows'] as number | null) ?? 0) : null,
      dataStatus: row['data_status'] as string | null,
    }))
    .filter(({ group }) => groupParts(group).symbol !== '');
}
