import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTIONS, SEED, expectSameBars, forAll, mill } from './mill.js';
import { referenceMill } from './reference.js';
import { COLUMNS, type Column, TIME_STYLES, USUAL, lineOf } from './spelling.js';
import { tick0 } from './tape.js';

const texts = (list: string): string[] => ['', ...list.split(' | ')];

/** Texts at and beyond the edges of what a field may hold. */
const ODD: Record<Column, readonly string[]> = {
  agg_trade_id: texts(
    '0 | -0 | -1 | 007 | 9007199254740991 | 9007199254740992 | 99999999999999999 | 1a | 1 2 | 1.0',
  ),
  price: [
    ...texts('. | .. | 1. | .5 | 1..2 | 1.2.3 | 0 | 0.0 | .0 | -1 | +1 | 1_0 | 0x10 | NaN | １'),
    ...texts(
      '1e | e5 | 1e+ | 1e5 | 1E-18 | 1e-19 | 1e17 | 1e18 | 1e0005 | 1234567890.12345 | 1234567890123456',
    ),
    ...texts('12345678901234567 | 123456789012345678 | 1234567890123456789 | 0.1234567890123456789'),
    ...texts('000000000000000001 | 1.50000000000000000000'),
  ],
  quantity: texts(
    '. | 0 | 0.000 | -0 | 1e-18 | 4.452E-4 | 1E+3 | 9999999999999999 | .000000000000001 | 1,5 | 1e999',
  ),
  first_trade_id: texts('-1 | 0 | 9007199254740991 | 9007199254740993 | x'),
  last_trade_id: texts('-1 | 0 | 999999999999999 | 1000000000000000 | 1e3'),
  transact_time: [
    ...texts('0 | 1704412800 | 170441280000 | 17044128000000 | 1704412800000000 | 1704412800000000000'),
    ...texts('-704412800000 | -000000000000 | 170441280000o | 9999999999999 | 9999999999999999'),
    ...texts('9007199254740991 | 9007199254740992 | 2024-01-05 | 2024-01-05T00:00:00 | 2024-01-05t00:00:00z'),
    ...texts('2024-02-30T00:00:00Z | 2024-13-01T00:00:00Z | 2024-01-05T24:00:00Z | 2024-01-05T00:00:60Z'),
    ...texts('2024-01-05 00:00:00+01:00 | 2024-01-05T-0:-0:-0Z | 2024-01-05T00:00:00.Z'),
  ],
  is_buyer_maker: [
    ...texts('true | FALSE | tRuE | truf | tru | falsee | t | F | 0 | 1 | 2 | yes | on | none'),
    // These become digits when a bit is set, as is done to letters.
    ...['\u0010', '\u0011'],
  ],
  is_best_match: texts('true | False | x | 1'),
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
