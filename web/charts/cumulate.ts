/** Running sums that keep their level while other bars are loaded. Pure. */

type Values = readonly (number | null)[];

export interface Cumulated {
  /** Bar starts, s. */
  readonly t: readonly number[];
  /** Length of the bars, s. */
  readonly lengthS: number;
  /** The sum up to the end of each bar; null where the bar has no value. */
  readonly values: readonly (number | null)[];
}

/** A bar without a value adds nothing and shows nothing. @param base sum of everything before the first bar */
export function cumulate(t: readonly number[], lengthS: number, bars: Values, base = 0): Cumulated {
  let sum = base;
  const values = bars.map((value) => {
    sum += value ?? 0;
    return value === null ? null : sum;
  });
  return { t, lengthS, values };
}

/**
 * Moves sums whose base is not known to the level of those shown before, at the first instant that both know: the end of
 * a bar of each. Where they have none in common the new ones stay as they are.
 */
export function continueFrom(next: Cumulated, before: Cumulated): Cumulated {
  const levels = new Map<number, number>();
  before.t.forEach((t, i) => {
    const value = before.values[i];
    if (value !== null && value !== undefined) levels.set(t + before.lengthS, value);
  });
  for (let i = 0; i < next.t.length; i++) {
    const value = next.values[i];
    const level = levels.get(next.t[i]! + next.lengthS);
    if (value === null || value === undefined || level === undefined) continue;
    const shift = level - value;
    return { ...next, values: next.values.map((one) => (one === null ? null : one + shift)) };
  }
  return next;
}
