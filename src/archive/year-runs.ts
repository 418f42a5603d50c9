import type { Period } from '../time/index.js';

/** Consecutive calendar years, both inclusive. */
export interface YearRun {
  /** Null: from the beginning of all. */
  readonly first: number | null;
  readonly last: number;
}

/**
 * The years that hold these months, as few runs as possible. Years and not months, because within a year it does
 * not matter whether names are padded (`2024-1-2` sorts among those of 2024), and a year of objects with their
 * checksums fits on one page of an index.
 *
 * @param months in order of time, not empty
 * @param fromStart what lies before the first of them is wanted, too
 */
export function neededYears(months: readonly Period[], fromStart: boolean): YearRun[] {
  const runs: YearRun[] = [];
  for (const month of months) {
    const year = new Date(month.startMs).getUTCFullYear();
    const before = runs.at(-1);
    if (before && year <= before.last + 1) runs[runs.length - 1] = { ...before, last: year };
    else runs.push({ first: fromStart && !before ? null : year, last: year });
  }
  return runs;
}
