import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumRoundedOnce } from './exact.js';
import { SEED, expectSameBars, forAll, mill, OPTIONS } from './mill.js';
import { referenceMill } from './reference.js';
import { csvOf } from './spelling.js';
import { type Decimal, type TapeRow, anyDecimal, tick0 } from './tape.js';

/** Sums are exact until they are read: price 1 makes quantity and quote the values to be summed. */

const ONE: Decimal = { mantissa: 1n, places: 0 };
const decimal = (text: string): Decimal => {
  const [whole = '', fraction = ''] = text.split('.');
  return { mantissa: BigInt(whole + fraction), places: fraction.length };
};

const ticksOf = (quantities: readonly Decimal[], price = ONE): TapeRow[] =>
  quantities.map((quantity, i) => ({ ...tick0, id: i, firstFill: i, lastFill: i, price, quantity }));

async function sumOf(...quantities: string[]): Promise<number> {
  const { bars } = await mill(csvOf(ticksOf(quantities.map(decimal))));
  expect(bars.columns.taker_buy_qty[0]).toBe(bars.columns.base_volume[0]);
  expect(bars.columns.quote_volume[0]).toBe(bars.columns.base_volume[0]);
  return bars.columns.base_volume[0]!;
}

describe('a sum', () => {
  it('is not what adding one by one gives', async () => {
    const tenths = Array.from({ length: 10 }, () => '0.1');
    // Ten times the double 0.1 is 1 and a bit, which rounds to 1; adding step by step gives 0.9999999999999999.
    expect(await sumOf(...tenths)).toBe(1);
    expect(await sumOf('0.1', '0.2', '0.3')).toBe(0.6);
    expect(await sumOf('100000000000000000', ...tenths)).toBe(100_000_000_000_000_000);
  });

  it('rounds ties to even, and looks at every bit below', async () => {
    expect(await sumOf('9007199254740992', '1')).toBe(9_007_199_254_740_992);
    expect(await sumOf('9007199254740994', '1')).toBe(9_007_199_254_740_996);
    expect(await sumOf('9007199254740992', '1', '0.5')).toBe(9_007_199_254_740_994);
    expect(await sumOf('9007199254740992', '0.999999999999999')).toBe(9_007_199_254_740_992);
    // The smallest quantity there is, far below the last place, tips the scales.
    expect(await sumOf('9007199254740992', '1', '0.000000000000000001')).toBe(9_007_199_254_740_994);
    expect(await sumOf('0.000000000000000001', '1', '9007199254740992')).toBe(9_007_199_254_740_994);
    expect(await sumOf('9007199254740992', '1', '0.000000000001')).toBe(9_007_199_254_740_994);
    expect(await sumOf('9007199254740992', '0.5', '0.5')).toBe(9_007_199_254_740_992);
    expect(await sumOf('9007199254740992', '0.5', '0.5', '0.000000000000000001')).toBe(9_007_199_254_740_994);
  });

  it('looks at every bit below also where no value is extreme', async () => {
    // A quote of 2^-21, half of the sum's last place, and 1e-12: all of them, and their squares, of middling size.
    const rows = ticksOf([decimal('4294967295'), decimal('4294967295'), decimal('0.476838158203125')]);
    rows[2] = { ...rows[2]!, price: decimal('0.000001') };
    const { bars } = await mill(csvOf(rows));
    expect(bars.columns.quote_volume[0]).toBe(8_589_934_590 + 2 ** -20);
  });

  it('looks at a single bit anywhere below', async () => {
    // 2^-18 in decimals is exact, and so are the quotes 2^-19 … 2^-36 of it and a power of two.
    const small = decimal('0.000003814697265625');
    for (let power = 0; power <= 18; power++) {
      const fraction = { mantissa: 5n ** BigInt(power), places: power };
      const rows = ticksOf([decimal('9007199254740992'), ONE, fraction]);
      rows[2] = { ...rows[2]!, price: small };
      for (const tape of [
        rows,
        [...rows, { ...rows[1]!, id: 9, quantity: decimal('0.000000000000000001'), buyerIsMaker: true }],
      ]) {
        expect((await mill(csvOf(tape))).bars.columns.taker_buy_quote[0]).toBe(9_007_199_254_740_994);
      }
    }
  });

  it('spans the smallest and the largest quantity in one minute', async () => {
    const least = '0.000000000000000001';
    const most = '999999999999999999';
    expect(await sumOf(least)).toBe(1e-18);
    expect(await sumOf(least, least, least)).toBe(sumRoundedOnce([1e-18, 1e-18, 1e-18]));
    expect(await sumOf(most, least)).toBe(1e18);
    expect(await sumOf(most, most, least)).toBe(2e18);
    expect(await sumOf(least, '0')).toBe(1e-18);
    expect(await sumOf('0', '0')).toBe(0);
  });

  it('carries over many words', async () => {
    // All bits of the doubles set, and sums that pass 2^64 and go on.
    for (const quantity of [
      '999999999999999999',
      '9007199254740991',
      '0.999999999999999889',
      '18446744073.7095516',
    ]) {
      for (const count of [2, 3, 64, 1000]) {
        const value = Number(quantity);
        const sum = await sumOf(...Array.from({ length: count }, () => quantity));
        expect(sum).toBe(sumRoundedOnce(Array.from({ length: count }, () => value)));
      }
    }
  });

  it('carries a small value into a large sum', async () => {
    // 2^32 and 2^20 are where words end, for sums and for values.
    for (const [sum, small] of [
      ['4294967295', '1'],
      ['4294967295.5', '0.5'],
      ['4294967295.9999', '0.0002'],
      ['1048575', '1'],
      ['281474976710655', '1'],
    ] as const) {
      expect(await sumOf(sum, small)).toBe(sumRoundedOnce([Number(sum), Number(small)]));
      expect(await sumOf(small, sum, small)).toBe(
        sumRoundedOnce([Number(small), Number(sum), Number(small)]),
      );
    }
    const many = Array.from({ length: 5000 }, () => '999999.7');
    expect(await sumOf(...many)).toBe(sumRoundedOnce(many.map(Number)));
  });

  it('of squares goes from 1e-72 to 1e72', async () => {
    const extremes = [decimal('0.000000000000000001'), decimal('999999999999999999')];
    for (const price of extremes) {
      const rows = ticksOf([...extremes, ...extremes, ONE], price);
      const csv = csvOf(rows);
      expectSameBars((await mill(csv)).bars, referenceMill(csv, OPTIONS).bars);
    }
  });
});

describe(`sums of random values (TAPEMILL_TEST_SEED=${SEED})`, () => {
  /** Around 2^-44, where values change from one part of a sum to the other, and in any size at all. */
  const edge = fc.bigInt({ min: 56_000n, max: 58_000n }).map((mantissa) => ({ mantissa, places: 18 }));
  const size = fc
    .tuple(
      fc.integer({ min: 0, max: 17 }),
      fc.bigInt({ min: 1n, max: 999n }),
      fc.integer({ min: 0, max: 18 }),
    )
    .map(([zeros, digits, places]): Decimal => ({
      mantissa: digits * 10n ** BigInt(Math.min(zeros, 15)),
      places,
    }));
  const kinds = fc.constantFrom(
    fc.oneof(anyDecimal, edge, size),
    edge,
    size,
    fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n - 1n }).map((mantissa) => ({ mantissa, places: 0 })),
    fc.bigInt({ min: 1n, max: 99n }).map((mantissa) => ({ mantissa, places: 18 })),
    fc.bigInt({ min: 1n, max: 10n ** 9n }).map((mantissa) => ({ mantissa, places: 8 })),
  );
  const tapes = fc
    .tuple(kinds, kinds)
    .chain(([price, quantity]) =>
      fc.array(fc.record({ price, quantity, buyerIsMaker: fc.boolean() }), { minLength: 1, maxLength: 120 }),
    );

  it('are those of the reference', async () => {
    await forAll(tapes, 250, async (values) => {
      const csv = csvOf(values.map((value, i) => ({ ...tick0, ...value, id: i, firstFill: i, lastFill: i })));
      const thresholds = { whaleUsd: 1, retailUsd: 1 };
      const { bars } = await mill(csv, { thresholds });
      expectSameBars(bars, referenceMill(csv, { ...OPTIONS, thresholds }).bars);
    });
  });
});
