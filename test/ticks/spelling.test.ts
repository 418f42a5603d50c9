import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED, expectSameBars, forAll, mill } from './mill.js';
import {
  BOOLEAN_STYLES,
  COLUMNS,
  type Column,
  DECIMAL_STYLES,
  type Spelling,
  TIME_STYLES,
  USUAL,
  csvOf,
} from './spelling.js';
import { type TapeRow, anyTape, orderlyTape, tick0 } from './tape.js';

/** The kernel has a quick way through usual rows and a careful one through all others: both must read the same. */

const tapes = fc.tuple(orderlyTape, anyTape).map(([first, rows]) => [tick0, ...first, ...rows]);

async function expectSameAsUsual(rows: readonly TapeRow[], spelling: Partial<Spelling>): Promise<void> {
  const usual = await mill(csvOf(rows));
  const other = await mill(csvOf(rows, { ...USUAL, ...spelling }));
  expectSameBars(other.bars, usual.bars);
  expect({ ...other.account, timeUnit: 'ms', header: true }).toEqual(usual.account);
}

describe(`spellings of the same rows (TAPEMILL_TEST_SEED=${SEED})`, () => {
  it.each(Object.entries(DECIMAL_STYLES))('decimals: %s', async (_, style) => {
    await forAll(tapes, 10, (rows) => expectSameAsUsual(rows, { price: style, quantity: style }));
    await forAll(tapes, 10, (rows) => expectSameAsUsual(rows, { quantity: style }));
  });

  it.each(Object.entries(TIME_STYLES))('times: %s', async (_, time) => {
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { time }));
  });

  it.each(Object.entries(BOOLEAN_STYLES))('booleans: %s', async (_, boolean) => {
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { boolean }));
  });

  const cells: Record<string, (text: string) => string> = {
    quoted: (text) => `"${text}"`,
    'with spaces around': (text) => `  ${text} `,
    'quoted, with spaces around': (text) => ` "${text}"  `,
  };
  it.each(Object.entries(cells))('fields %s', async (_, cell) => {
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { cell }));
  });

  it('lines that end with CR LF, with and without a header', async () => {
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { lineEnd: '\r\n' }));
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { lineEnd: '\r\n', header: false }));
  });

  it('the eight columns of spot', async () => {
    const columns: readonly Column[] = [...COLUMNS, 'is_best_match'];
    await forAll(tapes, 20, (rows) => expectSameAsUsual(rows, { columns }));
    await forAll(tapes, 20, (rows) =>
      expectSameAsUsual(rows, { columns, header: false, boolean: BOOLEAN_STYLES['True']! }),
    );
  });

  it('columns in any order, when a header names them', async () => {
    const orders = fc
      .constantFrom<readonly Column[]>(COLUMNS, [...COLUMNS, 'is_best_match'])
      .chain((columns) => fc.shuffledSubarray([...columns], { minLength: columns.length }));
    await forAll(fc.tuple(tapes, orders), 60, ([rows, columns]) => expectSameAsUsual(rows, { columns }));
  });
});
