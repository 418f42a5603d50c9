import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type AggregatedTrades,
  type AggregateOptions,
  type ByteSource,
  type MinuteBars,
  MINUTE_COLUMNS,
  aggregateAggTrades,
} from '../../src/ticks/index.js';
import { TapemillError } from '../../src/errors.js';
import type { ReferenceBars } from './reference.js';
import { DAY } from './tape.js';

/** Milling in tests: text in, bars out, bars compared bit by bit. */

export const OPTIONS = { market: 'um', symbol: 'BTCUSDT', period: DAY } as const satisfies AggregateOptions;

/** Chosen anew for every run unless given; the names of the property tests show it. */
export const SEED = Number(process.env['TAPEMILL_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Checks a property of random values; a failure prints its seed and the smallest counterexample. */
export function forAll<T>(
  values: fc.Arbitrary<T>,
  numRuns: number,
  check: (value: T) => Promise<void>,
): Promise<void> {
  return fc.assert(fc.asyncProperty(values, check), { seed: SEED, numRuns });
}

export async function mill(
  csv: string | ByteSource,
  options: Partial<AggregateOptions> = {},
): Promise<AggregatedTrades> {
  const source = typeof csv === 'string' ? Buffer.from(csv) : csv;
  const result = await aggregateAggTrades(source, { ...OPTIONS, ...options });
  expectToAddUp(result);
  return result;
}

/** The error of milling; fails the test when there is none or it is not ours. */
export async function millError(
  csv: string | ByteSource,
  options: Partial<AggregateOptions> = {},
): Promise<TapemillError> {
  const error: unknown = await mill(csv, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!TapemillError.is(error)) throw new Error('expected a TapemillError', { cause: error });
  return error;
}

/** Cuts bytes into chunks of the given sizes, over and over. All come in one buffer, as some sources have it. */
export function chunked(csv: string | Uint8Array, sizes: readonly number[]): () => AsyncIterable<Uint8Array> {
  const bytes = typeof csv === 'string' ? Buffer.from(csv) : csv;
  return async function* () {
    await Promise.resolve();
    const buffer = Buffer.alloc(Math.min(Math.max(...sizes), bytes.length));
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const chunk = bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1));
      buffer.fill(255).set(chunk);
      yield buffer.subarray(0, chunk.length);
      at += chunk.length;
    }
  };
}

/** Every value of every column the same double; `-0` is not `0`. */
export function expectSameBars(got: MinuteBars, want: MinuteBars | ReferenceBars): void {
  const columns: ReferenceBars =
    'columns' in want
      ? (Object.fromEntries(
          MINUTE_COLUMNS.map((name) => [name, [...want.columns[name]]]),
        ) as unknown as ReferenceBars)
      : want;
  expect(MINUTE_COLUMNS).toEqual(Object.keys(columns));
  expect(got.length).toBe(columns.minute.length);
  const wrong: string[] = [];
  for (const name of MINUTE_COLUMNS) {
    got.columns[name].forEach((value, row) => {
      const expected = columns[name][row];
      if (!Object.is(value, expected)) wrong.push(`${name}[${row}]: ${value} instead of ${expected}`);
    });
  }
  expect(wrong).toEqual([]);
}

function expectToAddUp({ account, bars }: AggregatedTrades): void {
  const { rows, accepted, duplicate, sentinel, outside, malformed } = account;
  expect(rows).toBe(accepted + duplicate + sentinel + outside + malformed);
  expect(bars.columns.trade_count.reduce((sum, count) => sum + count, 0)).toBe(accepted);
  expect(outside).toBe((account.outsideBefore?.rows ?? 0) + (account.outsideAfter?.rows ?? 0));
}
