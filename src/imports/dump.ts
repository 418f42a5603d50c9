import { type Period, parsePeriod } from '../time/index.js';
import { Tally } from './account.js';
import { readCsv } from './csv-table.js';
import { DumpClock, type DumpTimeUnit } from './dump-time.js';
import { distinctSamples } from './identity.js';
import { type DumpName, kindOf } from './kinds.js';
import { parseNumber } from './lines.js';
import { RowBuilder } from './rows.js';
import type { LoadedSource } from './source.js';
import { assertSame } from './tardis.js';

export interface LoadedDump extends LoadedSource {
  readonly timeUnit: DumpTimeUnit | null;
}

/** `{name}_{YYYY-MM}.csv` or `{name}_{YYYY-MM-DD}.csv`, gzipped or not; null for any other name. @throws `E_PERIOD` */
export function parseDumpName(file: string, name: DumpName): Period | null {
  const match = /^(?<name>[A-Za-z]+)_(?<period>\d{4}-\d{2}(?:-\d{2})?)\.csv(?:\.gz)?$/.exec(file)?.groups;
  return match?.['name'] === name ? parsePeriod(match['period']!) : null;
}

/** What pandas calls the index that somebody forgot to leave out. */
const INDEX_COLUMN = /^(unnamed: \d+|index|level_\d+)?$/i;

/**
 * Reads a dump of samples. Of several rows of one time the last one counts.
 * @param knownAfterUs how long after its stamp a row may be used first: 0, or the period that it describes
 * @throws `E_GZIP`, `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_CSV_TIME`, `E_IMPORT_SYMBOL`, `E_IO`
 */
export async function loadDump(
  path: string,
  name: DumpName,
  symbol: string,
  period: Period,
  knownAfterUs: number,
): Promise<LoadedDump> {
  const kind = kindOf(name);
  const values = kind.dumpColumns ?? [];
  const tally = new Tally(path, period);
  const clock = new DumpClock(path, 'open_time');
  const builder = new RowBuilder(kind.columns.length);
  const { read, others } = await readCsv(
    path,
    {
      columns: [
        { names: ['open_time', 'timestamp', 'time'] },
        { names: ['symbol'], optional: true },
        ...values.map((column) => ({ names: [column] })),
      ],
      mayBeEmpty: false,
    },
    (cells, line, text) => {
      tally.row(line);
      if (cells[1] !== '') assertSame(path, line, 'symbol', symbol, cells[1]!);
      const ts = clock.read(cells[0]!, line);
      if (ts === null) {
        tally.bad(line, 'open_time', text);
        return;
      }
      const row = [ts, ts + knownAfterUs];
      for (let i = 0; i < values.length; i++) {
        const cell = cells[2 + i]!;
        // What pandas writes for nothing is an empty cell; others write these.
        const value = cell === '' || /^(nan|null|none)$/i.test(cell) ? NaN : parseNumber(cell);
        if (value === null) {
          tally.bad(line, values[i]!, text);
          return;
        }
        row.push(value);
      }
      row.push(0);
      if (tally.admits(ts)) builder.push(row);
    },
    (line, text) => {
      tally.row(line);
      tally.bad(line, null, text);
    },
  );
  const { rows, duplicate, contradictory } = distinctSamples(builder.rows());
  const account = tally.settle(rows.columns[0]!, { duplicate, contradictory });
  return {
    rows,
    account,
    read,
    covers: [period.startMs * 1000, period.endMs * 1000],
    lowerBound: false,
    ignoredColumns: others.filter((column) => !INDEX_COLUMN.test(column)),
    timeUnit: clock.unit,
  };
}
