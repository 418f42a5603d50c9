import { TapemillError } from '../../errors.js';
import { type Frequency, parseFrequency } from '../../time/index.js';
import { type Quantile, toQuantile } from './quantile.js';

/** Every window and every quantile is given as one number or as a list; a number is a list of one. */
export type NumberOrList = number | readonly number[];

/**
 * The numbers of an option, ascending and each once: neither order nor repetition changes a column.
 *
 * @throws `E_USAGE` unless all are whole and ≥ 1
 */
export function wholeNumbersOption(
  name: string,
  given: NumberOrList,
  unit: string,
  fewest: number,
): number[] {
  const expected = `a whole number of ${unit} ≥ 1, or a list${atLeast(fewest)} of such numbers`;
  return readList(name, given, expected, fewest, (x) => (Number.isSafeInteger(x) && x >= 1 ? x : null));
}

/** @throws `E_USAGE` unless it is whole and ≥ 1 */
export function wholeNumberOption(name: string, given: number, unit: string): number {
  if (!Number.isSafeInteger(given) || given < 1) refuse(name, `a whole number of ${unit} ≥ 1`, given);
  return given;
}

/** The quantiles of an option, ascending and each once. @throws `E_USAGE` unless all lie in 0 … 1 */
export function quantilesOption(name: string, given: NumberOrList, fewest: number): Quantile[] {
  const expected = `a number of 0 … 1 with at most 8 decimals, or a list${atLeast(fewest)} of such numbers`;
  return readList(name, given, expected, fewest, toQuantile);
}

/** @throws `E_USAGE` for a name that no option has */
export function checkOptionNames(given: object, known: readonly string[]): void {
  // A library's caller may be JavaScript, whatever the types say.
  if (typeof (given as unknown) !== 'object') refuse('options', `an object of ${known.join(', ')}`, given);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) refuse('options', `only ${known.join(', ')}`, unknown);
}

/** A frequency, or its label. @throws `E_PERIOD` for one that does not divide a day, `E_USAGE` for none at all */
export function frequencyOption(given: string | Frequency): Frequency {
  const found: unknown = typeof given === 'string' ? given : (given as Frequency | undefined)?.label;
  if (typeof found !== 'string') refuse('freq', 'a frequency such as "15m" or "1h"', given);
  return parseFrequency(found);
}

function atLeast(fewest: number): string {
  return fewest === 0 ? '' : ` of at least ${fewest}`;
}

function readList<T>(
  name: string,
  given: NumberOrList,
  expected: string,
  fewest: number,
  read: (x: number) => T | null,
): T[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length < fewest) refuse(name, expected, given);
  const numbers = list.map((x) => (typeof x === 'number' ? x : refuse(name, expected, x)));
  return [...new Set(numbers)].sort((a, b) => a - b).map((x) => read(x) ?? refuse(name, expected, x));
}

function refuse(name: string, expected: string, given: unknown): never {
  // JSON has neither NaN and infinity nor functions.
  const found =
    typeof given === 'number' ? `${given}` : ((JSON.stringify(given) as string | undefined) ?? typeof given);
  throw new TapemillError('E_USAGE', `${name}: expected ${expected}, found ${found}`, { expected, found });
}
