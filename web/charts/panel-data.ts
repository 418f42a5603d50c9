import type { SeriesAnswer } from '../api-types.js';
import { type Cumulated, continueFrom, cumulate } from './cumulate.js';
import type { PanelSpec } from './panel-specs.js';

/** An answer as a panel draws it. Pure. */

export interface PanelData {
  /** Middles of the bars, s. */
  readonly x: readonly number[];
  /** One for each series of the panel, as it is drawn. */
  readonly drawn: readonly (readonly (number | null)[])[];
  /** Of each series why it has no value; null where it has. */
  readonly missing: readonly (string | null)[];
  /** What the next answer goes on from; one for each series that is summed up. */
  readonly sums: readonly (Cumulated | null)[];
}

export function panelData(spec: PanelSpec, answer: SeriesAnswer, before: PanelData | null): PanelData {
  const { t, freqMs, columns, cumulativeAtStart, missing } = answer;
  const lengthS = freqMs / 1000;
  const sums = spec.series.map(({ column }, i): Cumulated | null => {
    const values = columns[column];
    if (spec.mode !== 'sum' || !values) return null;
    const base = cumulativeAtStart?.[column];
    if (base !== undefined) return cumulate(t, lengthS, values, base);
    const next = cumulate(t, lengthS, values);
    const old = before?.sums[i];
    return old ? continueFrom(next, old) : next;
  });
  const blank = t.map(() => null);
  return {
    x: t.map((start) => start + lengthS / 2),
    drawn: spec.series.map(({ column, sign }, i) => {
      const values = sums[i]?.values ?? columns[column] ?? blank;
      return sign === 1 ? values : values.map((value) => (value === null ? null : -value));
    }),
    missing: spec.series.map(({ column }) => {
      const values = columns[column];
      const why = missing[column];
      if (why !== undefined) return why;
      return values?.some((value) => value !== null) === true ? null : 'no value in this range';
    }),
    sums,
  };
}
