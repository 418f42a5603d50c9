import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { SEED, chunked, forAll, mill } from './mill.js';
import { USUAL, csvOf, scientific } from './spelling.js';
import { anyTape, orderlyTape } from './tape.js';

/** Whatever the bytes are: bars whose account adds up, or an error of ours. Never a trap, never another error. */
async function expectBarsOrError(bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
  try {
    await mill(chunked(bytes, sizes), { maxMalformedShare: 1 });
  } catch (error) {
    if (!TapemillError.is(error)) throw error;
    expect(error.code).toMatch(/^E_(CSV_LAYOUT|CSV_MALFORMED|CSV_TIME|IDS)$/);
    expect(error.message.length).toBeLessThan(6000);
  }
}

const HEADER = Buffer.from(`${USUAL.columns.join(',')}\n`);
const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
/** Bytes that mean something in a CSV, far more often than chance would have them. */
const telling = fc.array(
  fc.constantFrom(...Buffer.from('0123456789,,,,,,,,\n\n\r.eE+-"tTfFtruefals: ZT\0')),
  {
    maxLength: 600,
  },
);

type Mutation = readonly [at: number, remove: number, insert: readonly number[]];
const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(0, 1, 1, 1, 7, 80),
    fc.oneof(
      telling.map((bytes) => bytes.slice(0, 12)),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }),
    ),
  ),
  { minLength: 1, maxLength: 12 },
);

function mutated(csv: string, changes: readonly Mutation[]): Uint8Array {
  const bytes = [...Buffer.from(csv)];
  for (const [at, remove, insert] of changes) bytes.splice(at % (bytes.length + 1), remove, ...insert);
  return Uint8Array.from(bytes);
}

describe(`hostile bytes (TAPEMILL_TEST_SEED=${SEED})`, () => {
  it('random ones, with and without a header before them', async () => {
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 6000 }),
      telling.map((bytes) => Uint8Array.from(bytes)),
    );
    await forAll(fc.tuple(random, sizes, fc.boolean()), 500, async ([bytes, cuts, header]) => {
      await expectBarsOrError(header ? Buffer.concat([HEADER, bytes]) : bytes, cuts);
    });
  });

  it('a good file with some bytes changed', async () => {
    const tapes = fc.tuple(orderlyTape, anyTape).map(([first, rows]) => [...first, ...rows]);
    await forAll(
      fc.tuple(tapes, mutations, sizes, fc.boolean()),
      400,
      async ([rows, changes, cuts, header]) => {
        await expectBarsOrError(mutated(csvOf(rows, { ...USUAL, header, price: scientific }), changes), cuts);
      },
    );
  });

  it('the same result in one piece and in many, for a good file with some bytes changed', async () => {
    await forAll(fc.tuple(orderlyTape, mutations, sizes), 200, async ([rows, changes, cuts]) => {
      const bytes = mutated(csvOf(rows), changes);
      const outcome = (source: Parameters<typeof mill>[0]): Promise<unknown> =>
        mill(source, { maxMalformedShare: 1 }).catch((error: unknown) => String(error));
      expect(await outcome(chunked(bytes, cuts))).toEqual(await outcome(bytes));
    });
  });

  it('megabytes of one byte', async () => {
    for (const byte of Buffer.from(',\n\r0"x\0')) {
      await expectBarsOrError(Buffer.concat([HEADER, Buffer.alloc(3 << 20, byte)]), [1 << 20]);
      await expectBarsOrError(Buffer.alloc(3 << 20, byte), [1 << 20]);
    }
  });
});
