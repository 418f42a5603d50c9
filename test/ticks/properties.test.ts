import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED, chunked, expectSameBars, forAll, mill, OPTIONS } from './mill.js';
import { referenceMill } from './reference.js';
import { csvOf, DECIMAL_STYLES, TIME_STYLES, USUAL, lineOf, type Spelling } from './spelling.js';
import { type TapeRow, anyTape, orderlyTape } from './tape.js';

const styles = fc.constantFrom(...Object.values(DECIMAL_STYLES));
const spellings: fc.Arbitrary<Spelling> = fc
  .record({
    price: styles,
    quantity: styles,
    time: fc.constantFrom(...Object.values(TIME_STYLES)),
    header: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  })
  .map((some) => ({ ...USUAL, ...some }));

const markets = fc.constantFrom(
  { market: 'um', symbol: 'BTCUSDT' } as const,
  { market: 'cm', symbol: 'BTCUSD_PERP' } as const,
  { market: 'cm', symbol: 'ETHUSD_240329' } as const,
);

const garbage = fc.constantFrom(
  'x',
  ',,,,,,',
  '1,2,3',
  '1,-5,1,1,1,1704412800000,true',
  '7,1,1,3,2,1704412800000,true',
);

/** What depends on the order of the rows, by its definition. */
const ordered = ({ account }: Awaited<ReturnType<typeof mill>>): object => ({
  ...account,
  outOfOrder: 0,
  tradeIdGaps: 0,
});

describe(`random tapes (TAPEMILL_TEST_SEED=${SEED})`, () => {
  const files = fc.record({
    rows: fc.oneof(anyTape, orderlyTape),
    spelling: spellings,
    market: markets,
    // A malformed line after every n-th row, if any.
    garbage: fc.option(fc.record({ line: garbage, every: fc.integer({ min: 1, max: 20 }) }), { freq: 4 }),
    thresholds: fc.constantFrom(undefined, { whaleUsd: 100, retailUsd: 10 }, { whaleUsd: 5, retailUsd: 5 }),
  });

  it('give the bars and the account of the reference, bit by bit', async () => {
    await forAll(files, 500, async (file) => {
      const lines = file.rows.flatMap((row, i) => {
        const line = lineOf(row, file.spelling);
        return file.garbage && i % file.garbage.every === file.garbage.every - 1
          ? [line, file.garbage.line]
          : [line];
      });
      const csv = [...(file.spelling.header ? [file.spelling.columns.join(',')] : []), ...lines].join(
        file.spelling.lineEnd,
      );
      const options = { ...OPTIONS, ...file.market, ...(file.thresholds && { thresholds: file.thresholds }) };
      // Nothing is too malformed here, and rows may all be of other days.
      const want = referenceMill(csv, options);
      if (want.account.accepted === 0) return;
      const got = await mill(csv, { ...options, maxMalformedShare: 1 });
      expect(got.account).toEqual(want.account);
      expectSameBars(got.bars, want.bars);
    });
  });

  it('give the same however the bytes are cut', async () => {
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant(1)), {
      minLength: 1,
      maxLength: 20,
    });
    await forAll(
      fc.tuple(orderlyTape, anyTape, spellings, cuts),
      100,
      async ([first, rows, spelling, sizes]) => {
        const csv = csvOf([...first, ...rows], spelling);
        const whole = await mill(csv);
        const parts = await mill(chunked(csv, sizes));
        expect(parts.account).toEqual(whole.account);
        expectSameBars(parts.bars, whole.bars);
      },
    );
  });

  it('give the same in any order of rows', async () => {
    const shuffled = fc.tuple(orderlyTape, anyTape).chain(([first, rows]) => {
      const all = [...first, ...rows];
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
    });
    await forAll(shuffled, 150, async ([rows, others]) => {
      const straight = await mill(csvOf(rows));
      const permuted = await mill(csvOf(others));
      expectSameBars(permuted.bars, straight.bars);
      expect(ordered(permuted)).toEqual(ordered(straight));
    });
  });

  it('give the same when rows are there again, and count every extra copy', async () => {
    const copies = fc.tuple(
      orderlyTape,
      fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 80 }),
    );
    await forAll(copies, 100, async ([rows, extra]) => {
      const repeated: TapeRow[] = [...rows];
      for (const [which, where] of extra) {
        repeated.splice(where % (repeated.length + 1), 0, rows[which % rows.length]!);
      }
      const once = await mill(csvOf(rows));
      const often = await mill(csvOf(repeated));
      expectSameBars(often.bars, once.bars);
      expect(often.account).toMatchObject({
        accepted: rows.length,
        duplicate: extra.length,
        conflictingIds: 0,
        missingAggIds: 0,
      });
    });
  });

  it('accept and count an id that comes with other fills, in any order', async () => {
    const conflicts = orderlyTape.chain((rows) => {
      const others = rows
        .filter((_, i) => i % 3 === 0)
        .map((row) => ({ ...row, firstFill: row.firstFill + 100_000, lastFill: row.lastFill + 100_000 }));
      const all = [...rows, ...others];
      return fc.record({
        rows: fc.shuffledSubarray(all, { minLength: all.length }),
        conflicts: fc.constant(others.length),
      });
    });
    await forAll(conflicts, 60, async (tape) => {
      const csv = csvOf(tape.rows);
      const { account, bars } = await mill(csv);
      expect(account).toMatchObject({
        accepted: tape.rows.length,
        conflictingIds: tape.conflicts,
        duplicate: 0,
      });
      expectSameBars(bars, referenceMill(csv, OPTIONS).bars);
    });
  });
});
