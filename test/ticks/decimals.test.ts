import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestDouble, parseDecimal } from './exact.js';
import { SEED, forAll, mill } from './mill.js';
import { plain, scientific } from './spelling.js';
import { DAY_START_MS, type Decimal, anyDecimal } from './tape.js';

/** Values of single rows: with one tick a minute, a minute's sums are the values of its tick. */

type Factors = readonly [price: Decimal, quantity: Decimal];

function csvOfFactors(rows: readonly Factors[]): string {
  return rows
    .map(([price, quantity], i) => {
      const timeMs = DAY_START_MS + i * 60_000;
      return `${i},${plain(price)},${scientific(quantity)},${i},${i},${timeMs},false`;
    })
    .join('\n');
}

/** Reading of decimal text is correctly rounded by the language itself: a second opinion. */
const textValue = (mantissa: bigint, places: number): number => Number(`${mantissa}e${-places}`);

async function expectProducts(rows: readonly Factors[]): Promise<void> {
  const { bars } = await mill(csvOfFactors(rows), { period: '2024-01' });
  rows.forEach(([price, quantity], i) => {
    const places = price.places + quantity.places;
    const mantissa = price.mantissa * quantity.mantissa;
    const quote = nearestDouble({ numerator: mantissa, denominator: 10n ** BigInt(places) });
    expect(quote).toBe(textValue(mantissa, places));
    const got = [
      bars.columns.quote_volume[i],
      bars.columns.taker_buy_quote_sq[i],
      bars.columns.base_volume[i],
    ];
    const want = [quote, quote * quote, textValue(quantity.mantissa, quantity.places)];
    expect([plain(price), plain(quantity), ...got]).toEqual([plain(price), plain(quantity), ...want]);
    expect(bars.columns.price_first[i]).toBe(textValue(price.mantissa, price.places));
  });
}

describe(`values of a row (TAPEMILL_TEST_SEED=${SEED})`, () => {
  it('are the doubles nearest to the decimals and to their product', async () => {
    const tape = fc.array(fc.tuple(anyDecimal, anyDecimal), { minLength: 300, maxLength: 300 });
    await forAll(tape, 10, expectProducts);
  });

  it('are right where a product needs more than 53 bits', async () => {
    // Numbers of 15 to 18 digits: all their products do.
    const long = fc
      .tuple(fc.bigInt({ min: 10n ** 14n, max: 10n ** 18n - 1n }), fc.integer({ min: 0, max: 18 }))
      .map(([mantissa, places]) => ({ mantissa, places }));
    await forAll(fc.array(fc.tuple(long, long), { minLength: 300, maxLength: 300 }), 10, expectProducts);
  });

  it('are right around 2^53, where integers stop being exact', async () => {
    const rows: Factors[] = [];
    // 2^53 - 1 = 6361 · 1416003655831, 2^53 + 1 = 321 · 28059810762433, and the even neighbours by halves.
    const factors: [bigint, bigint][] = [
      [6361n, 1_416_003_655_831n],
      [321n, 28_059_810_762_433n],
      [2n, 4_503_599_627_370_496n],
      [2n, 4_503_599_627_370_497n],
      [1n, 9_007_199_254_740_993n],
      [9_007_199_254_740_993n, 1n],
      [9_007_199_254_740_993n, 3n],
      [5n, 9_007_199_254_740_993n],
    ];
    for (const [a, b] of factors) {
      for (let places = 0; places <= 18; places++) {
        rows.push([
          { mantissa: a, places },
          { mantissa: b, places: 0 },
        ]);
        rows.push([
          { mantissa: a, places: 0 },
          { mantissa: b, places },
        ]);
        rows.push([
          { mantissa: a, places },
          { mantissa: b, places: 18 },
        ]);
      }
    }
    await expectProducts(rows);
  });

  it('round halves to even', async () => {
    // Products of 54 and 55 bits that lie exactly between two doubles, and next to that.
    const rows: Factors[] = [1n, 3n, 5n, 7n].flatMap((odd) =>
      [-1n, 0n, 1n].flatMap((off): Factors[] => {
        const half = 2n ** 53n + odd;
        return [
          [
            { mantissa: half, places: 0 },
            { mantissa: 1n, places: 0 },
          ],
          [
            { mantissa: 2n * half + off, places: 0 },
            { mantissa: 1n, places: 0 },
          ],
          // The same in front of decimal places: 5 × half / 10.
          [
            { mantissa: half, places: 1 },
            { mantissa: 5n, places: 0 },
          ],
          [
            { mantissa: 5n * half + off, places: 0 },
            { mantissa: 2n, places: 1 },
          ],
        ];
      }),
    );
    await expectProducts(rows);
  });

  it('keep the largest and the smallest that a number may be', async () => {
    const most: Decimal = { mantissa: 10n ** 18n - 1n, places: 0 };
    const least: Decimal = { mantissa: 1n, places: 18 };
    const longest: Decimal = { mantissa: 10n ** 18n - 1n, places: 18 };
    const all = [most, least, longest];
    await expectProducts(all.flatMap((a) => all.map((b): Factors => [a, b])));
  });
});

describe('values of a row in contracts', () => {
  it.each([
    ['BTCUSD_PERP', 100n],
    ['BTCUSD_240329', 100n],
    ['ETHUSD_PERP', 10n],
  ])('%s: a contract is %s dollars, base is quote by price, rounded once', async (symbol, size) => {
    const tape = fc.array(fc.tuple(anyDecimal, anyDecimal), { minLength: 300, maxLength: 300 });
    await forAll(tape, 6, async (rows) => {
      const { bars } = await mill(csvOfFactors(rows), { market: 'cm', symbol, period: '2024-01' });
      rows.forEach(([price, contracts], i) => {
        const quote = { numerator: contracts.mantissa * size, denominator: 10n ** BigInt(contracts.places) };
        const base = {
          numerator: quote.numerator * 10n ** BigInt(price.places),
          denominator: quote.denominator * price.mantissa,
        };
        const got = [
          bars.columns.quote_volume[i],
          bars.columns.base_volume[i],
          bars.columns.taker_buy_qty[i],
        ];
        expect(got).toEqual([nearestDouble(quote), nearestDouble(base), nearestDouble(base)]);
      });
    });
  });
});

describe('the reference itself', () => {
  it('reads decimals as the language does', async () => {
    await forAll(anyDecimal, 500, async (value) => {
      for (const text of [plain(value), scientific(value)]) {
        expect(nearestDouble(parseDecimal(text)!)).toBe(Number(text));
      }
      await Promise.resolve();
    });
  });

  it('rounds halves to even', () => {
    const half = (numerator: bigint): number => nearestDouble({ numerator, denominator: 2n });
    expect(half(2n * 2n ** 53n + 2n)).toBe(2 ** 53);
    expect(half(2n * 2n ** 53n + 3n)).toBe(2 ** 53 + 2);
    expect(half(2n * 2n ** 53n + 6n)).toBe(2 ** 53 + 4);
  });
});
