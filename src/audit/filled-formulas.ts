import { rollUp } from '../bars/index.js';
import { listFactors, orderFlowFactors } from '../factors/index.js';
import type { MinuteBars } from '../ticks/index.js';
import type { Frequency } from '../time/index.js';
import { numberText } from './fields.js';

/** A factor of one bar, with the numbers it is made of. */
export interface FilledFormula {
  readonly name: string;
  readonly unit: string;
  /** As the registry has it. */
  readonly formula: string;
  /** The same with this bar's numbers for its names. */
  readonly filled: string;
  /** Null when it is empty. */
  readonly value: number | null;
}

/**
 * Every order-flow factor of the bar that starts at `startMs`; empty when the bar has no minute.
 * @param minutes those of the bar, others are ignored
 */
export function filledFormulas(minutes: MinuteBars, frequency: Frequency, startMs: number): FilledFormula[] {
  const bars = rollUp(minutes, frequency);
  const row = bars.columns.minute.indexOf(startMs);
  if (row < 0) return [];
  const table = orderFlowFactors(bars);
  const columns: Readonly<Partial<Record<string, Float64Array>>> = table.columns;
  const valueOf = (name: string): number | undefined => columns[name]?.[row];
  const count = bars.columns.minute_count[row]!;
  return listFactors().map(({ name, unit, formula, rollsUp, inputs }) => {
    const value = valueOf(name) ?? NaN;
    const isOfMinutes = inputs.length === 1 && rollsUp !== 'recompute';
    // A word before a unit that is squared, a name of the table, is replaced; Σ, n and words of prose are not.
    const replaced = formula.replace(/[a-z][a-z0-9_]*/g, (word) => {
      const number = word.includes('_') ? valueOf(word) : undefined;
      return number === undefined ? word : numberText(number);
    });
    const filled = isOfMinutes
      ? `${HOW[rollsUp]} of ${inputs[0]!} over ${count} minute bars`
      : name === 'tw_cvd_quote_norm'
        ? `${numberText(bars.columns.weighted_cvd_quote[row]!)} / (${frequency.minutes} × ${frequency.minutes + 1} / 2)`
        : (replaced.split(':')[0] ?? replaced);
    return { name, unit, formula, filled, value: Number.isNaN(value) ? null : value };
  });
}

const HOW = {
  sum: 'sum',
  first: 'first',
  last: 'last',
  max: 'maximum',
  min: 'minimum',
  recompute: '',
} as const;
