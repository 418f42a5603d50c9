import { describe, expect, it } from 'vitest';
import { Kernel } from '../../src/ticks/kernel.js';
import { chunked, expectSameBars, mill, millError } from './mill.js';
import { DAY_START_MS } from './tape.js';

/** Duplicates and ids at scale: right, quick, and in bounded memory. Rows are written as short as may be. */

const row = (id: number, fill: number, timeMs: number): string =>
  `${id},${100 + (id % 7)},2,${fill},${fill},${timeMs},true`;
const tape = (firstId: number, count: number, timeMs = DAY_START_MS): string[] =>
  Array.from({ length: count }, (_, i) => row(firstId + i, firstId + i, timeMs + i));
const csv = (rows: readonly string[]): string => `${rows.join('\n')}\n`;

const MEMORY_LIMIT_BYTES = 300e6;

/** Of the kernel that milled last: the pool hands it out first. */
async function kernelMemoryBytes(): Promise<number> {
  const kernel = await Kernel.acquire();
  kernel.release();
  return kernel.memoryBytes;
}

describe('rows that are there twice', () => {
  it('tells streams that alternate 27 days apart from one another', async () => {
    const options = { period: '2023-10' };
    const from = Date.UTC(2023, 9, 1);
    const first = tape(1_862_715_434, 40_000, from);
    const second = tape(1_896_999_302, 40_000, from + 27 * 86_400_000);
    const straight = await mill(csv([...first, ...second]), options);
    const mixed = await mill(csv(first.flatMap((line, i) => [line, second[i]!])), options);
    expectSameBars(mixed.bars, straight.bars);
    expect(mixed.account).toEqual({ ...straight.account, outOfOrder: 39_999 });
    expect(mixed.account).toMatchObject({
      accepted: 80_000,
      duplicate: 0,
      missingAggIdList: [[1_862_755_434, 1_896_999_301]],
    });
  });

  it('finds a whole file repeated, in several passes over its bytes', async () => {
    const rows = tape(65_536 * 76, 1_100_000);
    const bytes = Buffer.from(csv([...rows, ...rows]));
    let opened = 0;
    const twice = await mill(() => {
      opened++;
      return chunked(bytes, [1 << 20])();
    });
    // More than 2^20 ids repeat: one pass to see that, and at least two to tell what they are.
    expect(opened).toBeGreaterThanOrEqual(3);
    expect(twice.account).toMatchObject({
      rows: 2_200_000,
      accepted: 1_100_000,
      duplicate: 1_100_000,
      conflictingIds: 0,
    });
    expectSameBars(twice.bars, (await mill(csv(rows))).bars);
    expect(await kernelMemoryBytes()).toBeLessThan(MEMORY_LIMIT_BYTES);
  }, 30_000);

  it('tells duplicates from conflicts when all ids repeat, in several passes', async () => {
    const rows = tape(0, 300_000);
    const others = Array.from({ length: 300_000 }, (_, id) =>
      id % 3 === 0 ? row(id, id + 1_000_000, DAY_START_MS + id) : rows[id]!,
    );
    const { account } = await mill(csv([...rows, ...others]));
    expect(account).toMatchObject({
      accepted: 400_000,
      duplicate: 200_000,
      conflictingIds: 100_000,
      malformed: 0,
    });
  });

  it('finds exact consecutive duplicates', async () => {
    const rows = tape(1_446_230_265, 50_000);
    const { account, bars } = await mill(csv(rows.flatMap((line) => [line, line])));
    expect(account).toMatchObject({ accepted: 50_000, duplicate: 50_000, outOfOrder: 0 });
    expectSameBars(bars, (await mill(csv(rows))).bars);
  });

  it('needs no second look at rows that repeat the one before them', async () => {
    const bytes = Buffer.from(csv(tape(1, 1000).flatMap((line) => [line, line, line])));
    let opened = 0;
    const { account } = await mill(() => {
      opened++;
      return chunked(bytes, [1000])();
    });
    expect(opened).toBe(1);
    expect(account).toMatchObject({ accepted: 1000, duplicate: 2000 });
  });

  it('counts each of them once when other rows do need a second look', async () => {
    const [a, b] = tape(1, 2) as [string, string];
    const conflict = row(1, 77, DAY_START_MS);
    const { account } = await mill(csv([a, a, b, a, a, conflict, conflict, a, b, b]));
    expect(account).toMatchObject({ rows: 10, accepted: 3, duplicate: 7, conflictingIds: 1 });
  });

  it.each([
    ['other fills', (i: number) => `${i},${i}`],
    ['another first fill', (i: number) => `${i},100000`],
    ['another last fill', (i: number) => `0,${i}`],
  ])('tells rows apart when one id comes 100,000 times with %s', async (_, fills) => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `7,100,2,${fills(i)},${DAY_START_MS},true`);
    const { account } = await mill(csv([...rows, ...rows.slice(0, 10)]));
    expect(account).toMatchObject({
      accepted: 100_000,
      conflictingIds: 99_999,
      duplicate: 10,
      missingAggIds: 0,
    });
  });

  it('gives up, and soon, when one id comes with more fills than memory may hold', async () => {
    const rows = Array.from({ length: 1_800_000 }, (_, i) => row(7, i, DAY_START_MS));
    const error = await millError(csv(rows));
    expect(error.code).toBe('E_IDS');
    expect(await kernelMemoryBytes()).toBeLessThan(MEMORY_LIMIT_BYTES);
  }, 15_000);

  it('finds a duplicate and a conflict among ids whose page is full', async () => {
    const page = tape(65_536 * 3, 65_536);
    const again = page[12_345]!;
    const other = row(65_536 * 3 + 12_345, 1, DAY_START_MS);
    for (const rows of [page, [...page].reverse()]) {
      const { account } = await mill(csv([...rows, again, other, other, again]));
      expect(account).toMatchObject({ accepted: 65_537, duplicate: 3, conflictingIds: 1, missingAggIds: 0 });
    }
    // Full pages are given back and their memory used again: the new page must start empty.
    const { account } = await mill(csv([...page, ...tape(65_536 * 9, 3), ...tape(65_536 * 9 + 5, 1)]));
    expect(account).toMatchObject({ duplicate: 0, missingAggIds: 65_536 * 5 + 2, missingAggIdRanges: 2 });
  });
});

describe('ids', () => {
  const STEP = 65_536;

  it('strewn over 2^53 are refused, in bounded memory', async () => {
    const step = Math.floor(2 ** 53 / 200_000);
    const rows = Array.from({ length: 200_000 }, (_, i) => row(i * step, i, DAY_START_MS));
    expect((await millError(csv(rows))).code).toBe('E_IDS');
    expect(await kernelMemoryBytes()).toBeLessThan(MEMORY_LIMIT_BYTES);
  }, 10_000);

  it('may be strewn over some thousand pages', async () => {
    const rows = Array.from({ length: 8000 }, (_, i) => row(i * STEP, i, DAY_START_MS));
    const { account } = await mill(csv([...rows].reverse()));
    expect(account).toMatchObject({
      accepted: 8000,
      missingAggIdRanges: 7999,
      missingAggIds: 7999 * (STEP - 1),
    });
    expect(account.missingAggIdList).toHaveLength(1000);
    expect(account.missingAggIdList[999]).toEqual([999 * STEP + 1, 1000 * STEP - 1]);
  });

  it('of sentinels and of rows of other days are not missing', async () => {
    const inside = [1, 2, 9, 20].map((id) => row(id, id, DAY_START_MS));
    const outside = [0, 3, 4, 10, 25].map((id) => row(id, id, DAY_START_MS - 1));
    const sentinels = [6, 7, 19, 30].map((id) => `${id},0,0,-1,-1,${DAY_START_MS},true`);
    const { account } = await mill(csv([...outside, ...inside, ...sentinels]));
    expect(account).toMatchObject({
      firstAggId: 1,
      lastAggId: 20,
      missingAggIds: 2 + 8,
      outside: 5,
      sentinel: 4,
    });
    expect(account.missingAggIdList).toEqual([
      [5, 5],
      [8, 8],
      [11, 18],
    ]);
  });

  it('of sentinels are never forgotten silently, however they are strewn', async () => {
    // Ticks and sentinels in turns, a page for each: together nearly as many pages as there may be.
    const ticks = Array.from({ length: 4096 }, (_, i) => row(2 * i * STEP, i, DAY_START_MS));
    const sentinels = Array.from(
      { length: 4000 },
      (_, i) => `${(2 * i + 1) * STEP},0,0,-1,-1,${DAY_START_MS},true`,
    );
    const outcome = await mill(csv([...ticks, ...sentinels])).catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'E_IDS' });
    else expect(outcome).toMatchObject({ account: { missingAggIdRanges: 4095 + 4000 } });
  });

  it('repeat across the edge between a sentinel and a tick without being duplicates', async () => {
    const sentinel = `5,0,0,8,8,${DAY_START_MS},true`;
    const tick = row(5, 8, DAY_START_MS);
    const elsewhere = row(5, 8, DAY_START_MS - 1);
    for (const rows of [
      [sentinel, elsewhere, tick],
      [tick, sentinel, elsewhere],
    ]) {
      const { account } = await mill(csv(rows));
      expect(account).toMatchObject({
        accepted: 1,
        sentinel: 1,
        outside: 1,
        duplicate: 0,
        conflictingIds: 0,
      });
      // The same when a resolving pass sees them again.
      const again = await mill(csv([...rows, tick, tick]));
      expect(again.account).toMatchObject({
        accepted: 1,
        sentinel: 1,
        outside: 1,
        duplicate: 2,
        conflictingIds: 0,
      });
    }
  });
});
