import { describe, expect, it } from 'vitest';
import type { AggregateOptions } from '../../src/ticks/index.js';
import { chunked, expectSameBars, mill, millError, OPTIONS } from './mill.js';
import { type ReferenceOptions, referenceMill } from './reference.js';
import { COLUMNS, TIME_STYLES, USUAL, csvOf, plain } from './spelling.js';
import { DAY_START_MS, type TapeRow } from './tape.js';

/** Instances of the kernel are used again, whatever their last object was and however it ended. */

interface Job {
  readonly csv: string;
  readonly options: ReferenceOptions;
}

const rows = (count: number, timeMs: number, firstId: number): TapeRow[] =>
  Array.from({ length: count }, (_, i) => ({
    id: firstId + i,
    price: { mantissa: BigInt(3000 + (i % 17)), places: 2 },
    // Every now and then a value for the wide part of a sum.
    quantity: i % 10 === 3 ? { mantissa: 7n, places: 18 } : { mantissa: BigInt(1 + i * 37), places: 1 },
    firstFill: 2 * i,
    lastFill: 2 * i + 1,
    timeMs: timeMs + i * 9_000,
    buyerIsMaker: i % 3 === 0,
  }));

const daily = rows(60, DAY_START_MS, 1000);
const jobs: readonly Job[] = [
  { csv: csvOf(daily), options: OPTIONS },
  {
    csv: csvOf([...daily, ...daily].reverse(), { ...USUAL, header: false, lineEnd: '\r\n' }),
    options: { ...OPTIONS, thresholds: { whaleUsd: 100, retailUsd: 50 } },
  },
  {
    csv: csvOf(rows(300, Date.UTC(2023, 9, 30, 23, 50), 5), {
      ...USUAL,
      columns: [...COLUMNS].reverse(),
      time: TIME_STYLES.us,
    }),
    options: { market: 'spot', symbol: 'ETHUSDT', period: '2023-10' },
  },
  {
    csv: csvOf(daily, {
      ...USUAL,
      columns: [...COLUMNS, 'is_best_match'],
      time: TIME_STYLES.isoSpace,
      header: true,
    }),
    options: { market: 'cm', symbol: 'BTCUSD_PERP', period: '2024-01' },
  },
  {
    csv: csvOf(
      rows(60, DAY_START_MS, 9_000_000).map((row, i) => (i % 5 === 0 ? { ...row, id: 9_000_001 } : row)),
    ),
    options: { market: 'cm', symbol: 'ETHUSD_PERP', period: '2024-01-05' },
  },
];
const expected = jobs.map(({ csv, options }) => referenceMill(csv, options));

async function expectRight(which: number): Promise<void> {
  const { csv, options } = jobs[which]!;
  const { bars, account } = await mill(chunked(csv, [777]), options);
  expect(account).toEqual(expected[which]!.account);
  expectSameBars(bars, expected[which]!.bars);
}

/** Ways to leave a kernel with something in it. */
const failures: Record<string, () => Promise<unknown>> = {
  'a layout nobody knows': () => millError('what,is,this\n1,2,3'),
  'too many malformed rows': () => millError(`${csvOf(daily)}\nx\ny\n`),
  'a half-read line that is too long': () => millError(csvOf(daily) + 'z'.repeat(6000)),
  'rows of another month': () => millError(csvOf(daily), { period: '2022-02' }),
  'ids too scattered': () =>
    millError(
      Array.from(
        { length: 9000 },
        (_, i) => `${i * 65_536},${plain({ mantissa: 5n, places: 1 })},1,1,1,${DAY_START_MS},true`,
      ).join('\n'),
    ),
  'a source that breaks off in a line': () =>
    mill(async function* () {
      yield* chunked(csvOf(daily).slice(0, -20), [100])();
      throw new Error('broken off');
    }).catch(() => undefined),
  'an abort in a second pass': () => {
    const controller = new AbortController();
    let opened = 0;
    const source = (): AsyncIterable<Uint8Array> => {
      if (++opened === 2) controller.abort();
      return chunked(csvOf([...daily, ...daily]), [500])();
    };
    const options: Partial<AggregateOptions> = { signal: controller.signal };
    return mill(source, options).catch(() => undefined);
  },
};

describe('a kernel that is used again', () => {
  it('gives each object its own result, in any sequence', async () => {
    for (const which of [0, 1, 2, 3, 4, 0, 2, 0, 4, 3, 1, 1, 4, 2, 3, 0]) await expectRight(which);
  });

  it('gives each object its own result when many are milled at once', async () => {
    await Promise.all([0, 1, 2, 3, 4, 0, 1, 2, 3, 4].map(expectRight));
  });

  it.each(Object.entries(failures))('is right after %s', async (_, fail) => {
    for (const which of jobs.keys()) {
      await fail();
      await expectRight(which);
    }
  });
});
