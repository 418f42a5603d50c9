import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TooMany } from '../../src/serve/answer-error.js';
import { type Chunk, ChunkCache } from '../../src/serve/chunk-cache.js';
import { summarizeDays, summarizeImport } from '../../src/serve/month-summary.js';
import { parseInstant } from '../../src/serve/parameters.js';
import { WorkSlots } from '../../src/serve/work-slots.js';

const never = new AbortController().signal;

describe('work slots', () => {
  it('let so many work at once, all in turn', async () => {
    const slots = new WorkSlots(2, 100);
    let [now, most] = [0, 0];
    const order: number[] = [];
    const all = Array.from({ length: 10 }, (_, n) =>
      slots.run(never, async () => {
        most = Math.max(most, ++now);
        await wait(1);
        order.push(n);
        now--;
      }),
    );
    await Promise.all(all);
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
  });

  it('turn away those without a place, and forget those who have gone', async () => {
    const slots = new WorkSlots(1, 1);
    let end = (): void => undefined;
    const first = slots.run(never, () => new Promise<void>((resolve) => (end = resolve)));
    const gone = new AbortController();
    let worked = false;
    const second = slots.run(gone.signal, () => Promise.resolve((worked = true)));
    await expect(slots.run(never, () => Promise.resolve())).rejects.toBeInstanceOf(TooMany);
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    const third = slots.run(never, () => Promise.resolve('done'));
    end();
    await first;
    expect([await third, worked]).toEqual(['done', false]);
    await expect(slots.run(never, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
    expect(await slots.run(never, () => Promise.resolve('again'))).toBe('again');
  });
});

describe('the cache of rolled-up tables', () => {
  const chunk = (values: number): Chunk => ({
    minute: new Float64Array(values),
    columns: { a: new Float64Array(values) },
    missing: {},
  });
  const reading = (value: Chunk) => {
    const read = { times: 0, again: () => (read.times++, Promise.resolve(value)) };
    return read;
  };

  it('reads once while the files stay the same, also when many ask at once', async () => {
    const cache = new ChunkCache(1e6);
    const read = reading(chunk(10));
    await Promise.all([cache.get('k', 's', read.again), cache.get('k', 's', read.again)]);
    await cache.get('k', 's', read.again);
    expect([read.times, cache.bytes]).toEqual([1, 160]);
    await cache.get('k', 'other', read.again);
    expect([read.times, cache.bytes]).toEqual([2, 160]);
  });

  it('forgets what was asked for least recently, and holds no more than it may', async () => {
    const cache = new ChunkCache(3 * 160);
    const read = reading(chunk(10));
    for (const key of ['a', 'b', 'c']) await cache.get(key, 's', read.again);
    await cache.get('a', 's', read.again);
    await cache.get('d', 's', read.again);
    expect([read.times, cache.bytes]).toEqual([4, 480]);
    await cache.get('a', 's', read.again);
    expect(read.times).toBe(4);
    await cache.get('b', 's', read.again);
    expect([read.times, cache.bytes]).toEqual([5, 480]);
  });

  it('remembers no failure', async () => {
    const cache = new ChunkCache(1e6);
    await expect(cache.get('k', 's', () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
    expect(await cache.get('k', 's', () => Promise.resolve(chunk(1)))).toBeDefined();
    expect(cache.bytes).toBe(16);
  });
});

describe('instants', () => {
  it.each([
    ['1704067200', Date.UTC(2024, 0, 1)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024-02-29T23:59', Date.UTC(2024, 1, 29, 23, 59)],
    ['2024-02-29T23:59Z', Date.UTC(2024, 1, 29, 23, 59)],
    ['2024-02-29T23:59:00Z', Date.UTC(2024, 1, 29, 23, 59)],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each([
    '',
    '-1',
    '1e9',
    '12345678901',
    '2023-02-29',
    '2024-01-01T24:00',
    '2024-01-01T10:00:30Z',
    '2024-01',
  ])('"%s" is none', (text) => {
    expect(() => parseInstant(text)).toThrow(/expected seconds since 1970/);
  });
});

describe('the state of a month', () => {
  const days = (from: number, to: number): { period: string }[] =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      period: `2024-02-${String(from + i).padStart(2, '0')}`,
    }));
  const missing = (
    from: number,
    to: number,
    reason: 'failed' | 'not listed' | 'before listing' | 'after delisting',
  ) => days(from, to).map(({ period }) => ({ period, reason }));
  const of = (...args: [{ period: string }[], ReturnType<typeof missing>]) => {
    const { share, state } = summarizeDays('2024-02', args[0], args[1], null);
    return [share, state];
  };

  it('counts days that there are to be had', () => {
    expect(of([{ period: '2024-02' }], [])).toEqual([1, 'whole']);
    expect(of(days(1, 29), [])).toEqual([1, 'whole']);
    expect(of(days(11, 29), missing(1, 10, 'before listing'))).toEqual([1, 'whole']);
    expect(of(days(1, 5), missing(6, 29, 'after delisting'))).toEqual([1, 'whole']);
    expect(of(days(11, 28), missing(1, 10, 'before listing'))).toEqual([18 / 19, 'partial']);
    expect(of([{ period: '2024-02' }, ...days(1, 3)], missing(3, 3, 'not listed'))).toEqual([
      28 / 29,
      'partial',
    ]);
    expect(of([], missing(1, 29, 'failed'))).toEqual([0, 'failed']);
    expect(of([], missing(1, 29, 'not listed'))).toEqual([0, 'none']);
    expect(of([], missing(1, 29, 'after delisting'))).toEqual([null, 'expected-none']);
  });

  it('measures what imported files tell all about', () => {
    const us = (day: number): number => Date.UTC(2024, 1, day) * 1000;
    const source = (from: number, to: number) => ({ startUs: us(from), endUs: us(to), lowerBound: false });
    expect(summarizeImport('2024-02', [source(1, 15), source(10, 30)])).toMatchObject({
      share: 1,
      state: 'whole',
    });
    expect(summarizeImport('2024-02', [source(-5, 11)])).toMatchObject({ share: 10 / 29, state: 'partial' });
    expect(summarizeImport('2024-02', [])).toMatchObject({ share: null, state: 'partial' });
  });
});
