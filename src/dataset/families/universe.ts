import { type WideColumnDefinition, columnMaker } from '../column.js';
import { type Rows, barEnds } from '../rows.js';

const time = columnMaker({ type: 'timestamp_ms', unit: 'UTC' });
const cross = columnMaker({ window: 'the bar, all symbols' });

/** Group 5: when a row is known, and in what company. */
export const UNIVERSE = {
  bar_end_time: time('start of the bar + its length: what was known by then may be in the row', ['minute']),
  feature_time: time('bar_end_time + 1 ms: from when on the row may be acted upon', ['bar_end_time']),
  cs_universe_size: cross('symbols that have a row of this bar', ['minute'], {
    type: 'int64',
    unit: 'symbols',
    range: '[1, ∞)',
  }),
  cs_coverage_frac: cross('cs_universe_size / symbols that have had a row up to this bar', ['minute'], {
    range: '(0, 1]',
    window: 'all bars up to this one, all symbols',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export function timeColumns(rows: Rows): Record<'bar_end_time' | 'feature_time', Float64Array> {
  const ends = barEnds(rows);
  return { bar_end_time: ends, feature_time: ends.map((end) => end + 1) };
}
