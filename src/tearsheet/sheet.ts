import { countText, minuteText } from '../report/index.js';
import type { SeriesColumn } from '../series/index.js';
import type { TearSheet } from './tear-sheet.js';

/** A tear sheet with what it is of. */
export interface Sheet {
  readonly column: string;
  /** null for a factor of the user's own */
  readonly definition: SeriesColumn | null;
  readonly market: string;
  readonly frequency: string;
  /** Of the first bar to the end of the last one, ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly leftOut: readonly { readonly symbol: string; readonly why: string }[];
  readonly results: TearSheet;
}

export function subtitleOf({ market, frequency, startMs, endMs, results }: Sheet): string {
  const count = results.symbols.length;
  return `${market}, ${count} symbol${count === 1 ? '' : 's'}, ${minuteText(startMs)} … ${minuteText(endMs)} UTC, ${frequency} bars`;
}

/** How the quantiles were made, in a sentence. */
export function ruleText({ results }: Sheet): string {
  const { quantileRule, pastWindow } = results;
  if (quantileRule === 'cross-section' || pastWindow === null) {
    return 'Quintiles are made anew at every bar, across the symbols that have a value (at least 5).';
  }
  const { window, fewest } = pastWindow;
  return `With fewer than 5 symbols, quintiles are those of each symbol's own past: thresholds of the ${countText(window)} bars before each bar, once ${countText(fewest)} of them have a value. No value takes part in its own threshold, nor does what comes after it.`;
}
