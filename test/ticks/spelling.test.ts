import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTIONS, SEED, expectSameBars, forAll, mill } from './mill.js';
import { referenceMill } from './reference.js';
import {
  BOOLEAN_STYLES,
  COLUMNS,
  type Column,
  DECIMAL_STYLES,
  type Spelling,
  TIME_STYLES,
  USUAL,
  csvOf,
  lineOf,
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

/** Texts at and beyond the edges of what a field may hold. */
const ODD: Record<Column, readonly string[]> = {
  agg_trade_id: [
    '',
    '0',
    '-0',
    '-1',
    '007',
    '9007199254740991',
    '9007199254740992',
    '99999999999999999',
    '1a',
    '1 2',
    '1.0',
  ],
  price: [
    ...[
      '',
      '.',
      '..',
      '1.',
      '.5',
      '1..2',
      '1.2.3',
      '0',
      '0.0',
      '.0',
      '-1',
      '+1',
      '1e',
      'e5',
      '1e+',
      '1e5',
      '1E-18',
      '1e-19',
    ],
    ...[
      '1e17',
      '1e18',
      '123456789012345678',
      '1234567890123456789',
      '0.1234567890123456789',
      '1234567890.12345',
      '1_0',
    ],
    ...[
      '1234567890123456',
      '12345678901234567',
      '000000000000000001',
      '1.50000000000000000000',
      '1e0005',
      '0x10',
      'NaN',
      '１',
    ],
  ],
  quantity: [
    '',
    '.',
    '0',
    '0.000',
    '-0',
    '1e-18',
    '4.452E-4',
    '1E+3',
    '9999999999999999',
    '.000000000000001',
    '1,5',
    '1e999',
  ],
  first_trade_id: ['', '-1', '0', '9007199254740991', '9007199254740993', 'x'],
  last_trade_id: ['', '-1', '0', '999999999999999', '1000000000000000', '1e3'],
  transact_time: [
    ...[
      '',
      '0',
      '1704412800',
      '170441280000',
      '17044128000000',
      '1704412800000000',
      '1704412800000000000',
      '-704412800000',
    ],
    ...[
      '-000000000000',
      '9007199254740991',
      '9007199254740992',
      '9999999999999999',
      '9999999999999',
      '170441280000o',
    ],
    ...[
      '2024-01-05',
      '2024-01-05T00:00:00',
      '2024-01-05 00:00:00+01:00',
      '2024-02-30T00:00:00Z',
      '2024-01-05T24:00:00Z',
    ],
    ...[
      '2024-01-05T-0:-0:-0Z',
      '2024-13-01T00:00:00Z',
      '2024-01-05T00:00:60Z',
      '2024-01-05T00:00:00.Z',
      '2024-01-05t00:00:00z',
    ],
  ],
  is_buyer_maker: [
    '',
    'true',
    'FALSE',
    'tRuE',
    'truf',
    'tru',
    'falsee',
    't',
    'F',
    '0',
    '1',
    '2',
    '\u0010',
    '\u0011',
    'yes',
    'on',
    'none',
  ],
  is_best_match: ['', 'true', 'False', 'x', '1'],
};

describe(`odd fields (TAPEMILL_TEST_SEED=${SEED})`, () => {
  const oddCells = fc.constantFrom(
    ...Object.entries(ODD).flatMap(([column, texts]) => texts.map((text) => ({ column, text }))),
  );
  const files = fc.record({
    eight: fc.boolean(),
    /** The odd fields of each row: mostly one, since one says more than seven. */
    rows: fc.array(fc.array(oddCells, { maxLength: 2 }), { minLength: 1, maxLength: 6 }),
    goodAt: fc.nat({ max: 6 }),
    time: fc.constantFrom(TIME_STYLES.ms, TIME_STYLES.us),
  });

  it('are judged alike by both ways and by the reference', async () => {
    await forAll(files, 2000, async ({ eight, rows, goodAt, time }) => {
      const columns: readonly Column[] = eight ? [...COLUMNS, 'is_best_match'] : COLUMNS;
      const spelling = { ...USUAL, columns, time };
      const lines = rows.map((odd, i) => {
        const cells = lineOf({ ...tick0, id: 100 + i, firstFill: 20 + i, lastFill: 20 + i }, spelling).split(
          ',',
        );
        return cells
          .map((cell, c) => odd.find(({ column }) => column === columns[c])?.text ?? cell)
          .join(',');
      });
      // Where no row is accepted nothing can be compared: one of them is good.
      lines.splice(goodAt, 0, lineOf(tick0, spelling));
      const quick = [columns.join(','), ...lines].join('\n');
      // A space at the end sends every row the careful way.
      const careful = [columns.join(','), ...lines.map((line) => `${line} `)].join('\n');
      for (const csv of [quick, careful]) {
        const want = referenceMill(csv, OPTIONS);
        // In a file whose unit an odd row has decided, the good row may be malformed.
        if (want.account.accepted === 0) continue;
        const got = await mill(csv, { maxMalformedShare: 1 });
        expect(got.account).toEqual(want.account);
        expectSameBars(got.bars, want.bars);
      }
    });
  });
});
