import { type DateRange, formatIso, formatUtcSeconds } from '../time/index.js';
import { HourlySampler, type HourlyRow } from './hourly.js';
import type { SourceKind } from './kind.js';
import type { SourceTable, TableSchema } from './table.js';

/** Lines of a CSV, and the times of the first and last of them as printed; both empty when there is none. */
export interface CsvLines {
  readonly text: string;
  readonly rows: number;
  readonly first: string;
  readonly last: string;
}

/** As pandas prints a UTC timestamp; events keep their milliseconds. */
function formatTime(ms: number, isEvent: boolean): string {
  if (!isEvent) return formatUtcSeconds(ms);
  const iso = formatIso(ms);
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}+00:00`;
}

/** Numbers are the shortest decimals that read back to the same double; null is an empty cell. */
function cell(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

/**
 * Writes the tables of successive months as CSV lines: `datetime`, the columns of the archive, and for hourly rows
 * `available_at`. Raw stamps stay in the Parquet.
 */
export class SourceCsv {
  readonly header: string;
  readonly #names: readonly string[];
  readonly #sampler: HourlySampler | null;
  readonly #isEvent: boolean;

  /** @param range rows whose `datetime` lies outside are left out */
  constructor(
    kind: SourceKind,
    schema: TableSchema,
    private readonly range: Pick<DateRange, 'startMs' | 'endMs'> | null,
  ) {
    this.#names = schema.columns.filter(({ type }) => !type.startsWith('timestamp')).map(({ name }) => name);
    this.#sampler = kind.csvRows === 'hourly' ? new HourlySampler(this.#names) : null;
    this.#isEvent = schema.sameWhen === 'row';
    this.header = `datetime,${this.#names.join(',')}${this.#sampler ? ',available_at' : ''}\n`;
  }

  /** @param untilMs end of the month of the table */
  append(table: SourceTable, untilMs: number): CsvLines {
    if (this.#sampler) return this.#hourly(this.#sampler.add(table, untilMs));
    const time = table.columns['time']!;
    const columns = this.#names.map((name) => table.columns[name]!);
    const rows: (readonly [number, string])[] = [];
    for (let row = 0; row < table.length; row++) {
      rows.push([time[row]!, columns.map((column) => `,${cell(column[row]!)}`).join('')]);
    }
    return this.#lines(rows);
  }

  finish(): CsvLines {
    return this.#hourly(this.#sampler?.finish() ?? []);
  }

  #hourly(hours: readonly HourlyRow[]): CsvLines {
    return this.#lines(
      hours.map(({ hour, availableAt, values }) => [
        hour,
        `${values.map((value) => `,${cell(value)}`).join('')},${formatUtcSeconds(availableAt)}`,
      ]),
    );
  }

  #lines(rows: readonly (readonly [time: number, rest: string])[]): CsvLines {
    const { range } = this;
    const inside = rows.filter(([time]) => !range || (time >= range.startMs && time < range.endMs));
    const print = ([time]: readonly [number, string]): string => formatTime(time, this.#isEvent);
    const [first, last] = [inside[0], inside.at(-1)];
    return {
      text: inside.map((row) => `${print(row)}${row[1]}\n`).join(''),
      rows: inside.length,
      first: first ? print(first) : '',
      last: last ? print(last) : '',
    };
  }
}
