import fc from 'fast-check';

/** Random tapes: rows as values, and how a value may be spelled. `csvOf` in spelling.ts makes text of them. */

/** mantissa × 10^-places */
export interface Decimal {
  readonly mantissa: bigint;
  readonly places: number;
}

export interface TapeRow {
  readonly id: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly firstFill: number;
  readonly lastFill: number;
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
}

export const DAY = '2024-01-05';
export const DAY_START_MS = Date.UTC(2024, 0, 5);
const DAY_END_MS = DAY_START_MS + 86_400_000;
const MINUTE_MS = 60_000;

const decimal = (maxDigits: number, minPlaces: number, maxPlaces: number): fc.Arbitrary<Decimal> =>
  fc
    .tuple(fc.integer({ min: 1, max: maxDigits }), fc.integer({ min: minPlaces, max: maxPlaces }))
    .chain(([digits, places]) =>
      fc.bigInt({ min: 1n, max: 10n ** BigInt(digits) - 1n }).map((mantissa) => ({ mantissa, places })),
    );

const ZERO: Decimal = { mantissa: 0n, places: 0 };

/** Mostly what a tape holds, now and then what the number format allows at its limits. */
export const anyDecimal: fc.Arbitrary<Decimal> = fc.oneof(
  { weight: 6, arbitrary: decimal(7, 0, 5) },
  { weight: 2, arbitrary: decimal(15, 0, 10) },
  { weight: 1, arbitrary: decimal(18, 0, 18) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Decimal>(
      { mantissa: 1n, places: 18 },
      { mantissa: 999_999_999_999_999_999n, places: 0 },
      { mantissa: 999_999_999_999_999_999n, places: 18 },
      { mantissa: 100_000_000_000_000_000n, places: 0 },
      { mantissa: 9_007_199_254_740_993n, places: 3 },
      { mantissa: 1n, places: 0 },
    ),
  },
);

/** Few instants, so that ticks share a ms, in few minutes; the first and the last ms of the day among them. */
const timeInDay = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 1, 999, 30_000, 59_999))
    .map(([minute, ms]) => DAY_START_MS + minute * MINUTE_MS + ms),
  fc.integer({ min: DAY_START_MS, max: DAY_START_MS + 4 * MINUTE_MS - 1 }),
  fc.constantFrom(DAY_START_MS, DAY_END_MS - 1),
);

const timeOutside = fc.oneof(
  fc.constantFrom(DAY_START_MS - 1, DAY_END_MS, DAY_START_MS - 27 * 86_400_000, DAY_END_MS + 86_400_000),
  fc.integer({ min: 1_600_000_000_000, max: DAY_START_MS - 1 }),
  fc.integer({ min: DAY_END_MS, max: 1_800_000_000_000 }),
);

/** Ids close to one another collide, and leave gaps; fills out of a small range make triples collide too. */
const ids = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1_862_715_400, max: 1_862_715_470 }) },
  // Around the edge of a page of 65,536 ids.
  { weight: 2, arbitrary: fc.integer({ min: 28_422 * 65_536 - 4, max: 28_422 * 65_536 + 4 }) },
);

const fills = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 }))
  .map(([first, more]) => ({ firstFill: 4_447_527_500 + first, lastFill: 4_447_527_500 + first + more }));

const tick = fc
  .record({
    id: ids,
    price: anyDecimal,
    quantity: fc.oneof({ weight: 15, arbitrary: anyDecimal }, { weight: 1, arbitrary: fc.constant(ZERO) }),
    timeMs: fc.oneof({ weight: 12, arbitrary: timeInDay }, { weight: 1, arbitrary: timeOutside }),
    buyerIsMaker: fc.boolean(),
    fills,
  })
  .map(({ fills: both, ...row }): TapeRow => ({ ...row, ...both }));

const sentinel = fc
  .record({ id: ids, timeMs: fc.oneof(timeInDay, timeOutside) })
  .map(({ id, timeMs }): TapeRow => ({
    id,
    timeMs,
    price: ZERO,
    quantity: ZERO,
    firstFill: -1,
    lastFill: -1,
    buyerIsMaker: false,
  }));

const anyRow = fc.oneof({ weight: 20, arbitrary: tick }, { weight: 1, arbitrary: sentinel });

/** A triple identifies a tick; rows that share it say the same, as on a tape. */
function consistent(rows: readonly TapeRow[]): TapeRow[] {
  const known = new Map<string, TapeRow>();
  return rows.map((row) => {
    const triple = `${row.id},${row.firstFill},${row.lastFill}`;
    const same = known.get(triple) ?? row;
    known.set(triple, same);
    return same;
  });
}

/** Up to 60 rows with repeated ms, repeated and conflicting ids, sentinels, rows of other days. */
export const anyTape: fc.Arbitrary<TapeRow[]> = fc
  .array(anyRow, { minLength: 1, maxLength: 60 })
  .map(consistent);

/** A tape in order, as the archive mostly has it: gapless ids, times that do not go back. */
export const orderlyTape: fc.Arbitrary<TapeRow[]> = fc
  .array(fc.record({ row: tick, stepMs: fc.constantFrom(0, 0, 1, 100, 7_000) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let timeMs = DAY_START_MS;
    return steps.map(({ row, stepMs }, i) => {
      timeMs += stepMs;
      return { ...row, id: 129_496_845 + i, firstFill: 900 + 2 * i, lastFill: 901 + 2 * i, timeMs };
    });
  });

export const tick0: TapeRow = {
  id: 1,
  price: { mantissa: 100n, places: 0 },
  quantity: { mantissa: 1n, places: 0 },
  firstFill: 10,
  lastFill: 10,
  timeMs: DAY_START_MS,
  buyerIsMaker: false,
};
