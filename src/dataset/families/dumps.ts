import type { AsOfSource } from '../as-of.js';
import { type WideColumnDefinition, columnMaker, nulls } from '../column.js';
import type { Rows } from '../rows.js';

/** Users' own dumps and the values they hold, as `src/imports` stores them. */
export const DUMP_VALUES = {
  openInterest: { openInterest: 'base or contracts' },
  topLongShortPositionRatio: { longAccount: '1', shortAccount: '1', longShortRatio: '1' },
  topLongShortAccountRatio: { longAccount: '1', shortAccount: '1', longShortRatio: '1' },
  globalLongShortAccountRatio: { longAccount: '1', shortAccount: '1', longShortRatio: '1' },
  takerlongshortRatio: { buySellRatio: '1', buyVol: 'base', sellVol: 'base' },
} as const;
export type WideDump = keyof typeof DUMP_VALUES;
/** Values of a dump; `availableAt` is `known_ts`, in ms. */
export type DumpSources = Readonly<Partial<Record<WideDump, AsOfSource>>>;

const column = columnMaker({ range: '[0, ∞)', whenNull: 'nothing became known in the bar' });
const SUMMARIES = { open: 'first', high: 'largest', low: 'smallest', last: 'last' } as const;
type Summary = keyof typeof SUMMARIES;
const SUMMARY_NAMES = Object.keys(SUMMARIES) as readonly Summary[];

/** Group 4, users' dumps: `dump_{dump}_{value}_{open|high|low|last}`. */
export const DUMPS: Readonly<Record<string, WideColumnDefinition>> = Object.fromEntries(
  Object.entries(DUMP_VALUES).flatMap(([dump, values]) =>
    Object.entries(values).flatMap(([value, unit]) =>
      SUMMARY_NAMES.map((summary) => [
        `dump_${dump}_${value}_${summary}`,
        column(
          `${SUMMARIES[summary]} ${value} that became known in (start, end] of the bar`,
          [`${dump}.${value}`],
          {
            unit,
          },
        ),
      ]),
    ),
  ),
);

/**
 * Of each value the first, largest, smallest and last that became known after the start of the bar and up to its end, in
 * order of knowledge. Nothing is carried from bar to bar.
 */
export function dumpColumns(rows: Rows, dump: WideDump, source: AsOfSource): Record<string, Float64Array> {
  const found: Record<string, Float64Array> = {};
  const order = Array.from(source.availableAt.keys()).sort(
    (a, b) => source.availableAt[a]! - source.availableAt[b]! || a - b,
  );
  for (const value of Object.keys(DUMP_VALUES[dump])) {
    const samples = source.columns[value] ?? nulls(source.availableAt.length);
    const [open, high, low, last] = SUMMARY_NAMES.map(
      (summary) => (found[`dump_${dump}_${value}_${summary}`] = nulls(rows.length)),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    let row = 0;
    for (const at of order) {
      const known = source.availableAt[at]!;
      const x = samples[at]!;
      while (row < rows.length && rows.minute[row]! + rows.frequency.lengthMs < known) row++;
      if (row === rows.length) break;
      if (known <= rows.minute[row]! || Number.isNaN(x)) continue;
      if (Number.isNaN(open[row]!)) open[row] = x;
      // A comparison with null is false: the first value is both extremes.
      if (!(high[row]! >= x)) high[row] = x;
      if (!(low[row]! <= x)) low[row] = x;
      last[row] = x;
    }
  }
  return found;
}
