import { type EpochMs, HOUR_MS } from '../time/index.js';
import type { SourceTable } from './table.js';

/** What was known at the end of an hour of the rows that became known in it. */
export interface HourlyRow {
  /** Start of the hour. */
  readonly hour: EpochMs;
  /** When the latest of its rows became known. */
  readonly availableAt: EpochMs;
  /** By column of the table: the last value that is not null, NaN when the hour has none. */
  readonly values: readonly number[];
}

interface OpenHour {
  availableAt: EpochMs;
  readonly values: number[];
}

/**
 * Turns rows into hours: hour h holds, column by column, the last value that became known in (h, h + 1 h]. Nothing is
 * carried from one hour into the next. Hours in which nothing became known have no row.
 */
export class HourlySampler {
  readonly #open = new Map<EpochMs, OpenHour>();

  /** @param names columns of the values */
  constructor(private readonly names: readonly string[]) {}

  /** Rows of the next month. Returns the hours that no later month can add to: all that end before `untilMs`. */
  add(table: SourceTable, untilMs: EpochMs): HourlyRow[] {
    const availableAt = table.columns['available_at']!;
    const columns = this.names.map((name) => table.columns[name]!);
    for (let row = 0; row < table.length; row++) {
      const known = availableAt[row]!;
      const hour = Math.ceil(known / HOUR_MS) * HOUR_MS - HOUR_MS;
      let open = this.#open.get(hour);
      if (!open) this.#open.set(hour, (open = { availableAt: known, values: columns.map(() => NaN) }));
      // A row for a whole day becomes known after others of a later time.
      if (known < open.availableAt) continue;
      open.availableAt = known;
      columns.forEach((column, index) => {
        if (!Number.isNaN(column[row]!)) open.values[index] = column[row]!;
      });
    }
    return this.#take(untilMs - HOUR_MS);
  }

  finish(): HourlyRow[] {
    return this.#take(Infinity);
  }

  #take(beforeMs: EpochMs): HourlyRow[] {
    const hours = [...this.#open.keys()].filter((hour) => hour < beforeMs).sort((a, b) => a - b);
    return hours.map((hour) => {
      const { availableAt, values } = this.#open.get(hour)!;
      this.#open.delete(hour);
      return { hour, availableAt, values };
    });
  }
}
