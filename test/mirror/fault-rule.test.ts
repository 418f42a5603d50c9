import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { FAULTS, FAULT_KINDS, type FaultRule, parseFault } from '../../src/mirror/index.js';
import { FaultBook } from '../../src/mirror/fault-book.js';
import { type FaultRequest, ruleCovers } from '../../src/mirror/fault-rule.js';

const request = (key: string, more: Partial<FaultRequest> = {}): FaultRequest => ({
  method: 'GET',
  target: 'object',
  key,
  hasRange: false,
  ...more,
});

test.each<[string, FaultRule]>([
  ['truncate', { kind: 'truncate' }],
  ['truncate=0.1', { kind: 'truncate', value: 0.1 }],
  ['503:*.zip', { kind: '503', pattern: '*.zip' }],
  ['503:*.zip:2', { kind: '503', pattern: '*.zip', count: 2 }],
  ['503::2', { kind: '503', count: 2 }],
  ['503:2', { kind: '503', count: 2 }],
  ['503:0.25', { kind: '503', probability: 0.25 }],
  ['503:*BTC*:.5', { kind: '503', pattern: '*BTC*', probability: 0.5 }],
  ['503:10%', { kind: '503', probability: 0.1 }],
  ['429-date=3:*.zip:1.0', { kind: '429-date', value: 3, pattern: '*.zip', probability: 1 }],
])('%s', (text, rule) => {
  expect(parseFault(text)).toEqual(rule);
});

test.each([
  ...['', 'nonsense', 'toString', '__proto__', ':*.zip', 'truncate:a:b', 'truncate:a:1:2', 'truncate:a:0'],
  ...['truncate=2', 'truncate=x', 'truncate=', 'truncate=-1', '503=5', '503:a:1.5', '503:a:200%', '503:a:-1'],
])('"%s" is refused', (text) => {
  expect(() => parseFault(text)).toThrow(TapemillError);
  expect(() => {
    new FaultBook(1).set([text]);
  }).toThrow(expect.objectContaining({ code: 'E_USAGE' }) as Error);
});

test('rules of the library are checked too', () => {
  const bad: FaultRule[] = [
    { kind: 'truncate', value: 7 },
    { kind: 'truncate', value: Number.NaN },
    { kind: '503', probability: 2 },
    { kind: '503', count: 1.5 },
    { kind: '503', skip: -1 },
    { kind: 'no-such' as 'reset' },
  ];
  for (const rule of bad) {
    expect(() => {
      new FaultBook(1).set([rule]);
    }).toThrow(TapemillError);
  }
});

test('patterns are whole keys with wildcards, expressions or functions', () => {
  const covers = (pattern: NonNullable<FaultRule['pattern']>, key: string): boolean =>
    ruleCovers({ kind: '503', pattern }, request(key));
  expect(covers('*.zip', 'data/a.zip')).toBe(true);
  expect(covers('*.zip', 'data/a.zip.CHECKSUM')).toBe(false);
  expect(covers('*BTCUSDT*-2024-01*', 'data/BTCUSDT/BTCUSDT-aggTrades-2024-01-05.zip')).toBe(true);
  expect(covers('data/a.zip', 'data/a.zip')).toBe(true);
  expect(covers('data/a.zip', 'data/aXzip')).toBe(false);
  expect(covers('*币*', 'data/币安人生USDT/x.zip')).toBe(true);
  const expression = /\.zip$/g;
  expect([covers(expression, 'a.zip'), covers(expression, 'a.zip')]).toEqual([true, true]);
  expect(covers(({ hasRange }) => hasRange, 'a.zip')).toBe(false);
});

test('targets, methods, ranges', () => {
  const index = { target: 'index' } as const;
  expect(ruleCovers({ kind: '503' }, request('data/', index))).toBe(false);
  expect(ruleCovers({ kind: 'index-503' }, request('data/', index))).toBe(true);
  expect(ruleCovers({ kind: '503' }, request('a', { method: 'HEAD' }))).toBe(true);
  expect(ruleCovers({ kind: '503', methods: ['GET'] }, request('a', { method: 'HEAD' }))).toBe(false);
  expect(ruleCovers({ kind: 'truncate' }, request('a', { method: 'HEAD' }))).toBe(false);
  expect(ruleCovers({ kind: 'ignore-range' }, request('a'))).toBe(false);
  expect(ruleCovers({ kind: 'ignore-range' }, request('a', { hasRange: true }))).toBe(true);
});

test('counts and skips are of each key', () => {
  const book = new FaultBook(1);
  book.set([{ kind: '503', skip: 1, count: 2 }]);
  const strikes = (key: string): number => book.judge(request(key)).kinds.length;
  expect([1, 2, 3, 4].map(() => strikes('a'))).toEqual([0, 1, 1, 0]);
  expect([1, 2, 3, 4].map(() => strikes('b'))).toEqual([0, 1, 1, 0]);
});

test('chance repeats with the seed, whatever the order of requests', () => {
  const keys = Array.from({ length: 400 }, (_, i) => `key-${i}`);
  const struck = (seed: number, order: readonly string[]): string[] => {
    const book = new FaultBook(seed);
    book.set(['503:0.25']);
    return order.filter((key) => book.judge(request(key)).kinds.length > 0).sort();
  };
  const first = struck(1, keys);
  expect(struck(1, [...keys].reverse())).toEqual(first);
  expect(struck(2, keys)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(60);
  expect(first.length).toBeLessThan(140);
});

test('the earlier of two rules has its way', () => {
  const book = new FaultBook(1);
  book.set(['500:a', '503']);
  expect(book.judge(request('a')).effects.status?.status).toBe(500);
  expect(book.judge(request('b')).effects.status?.status).toBe(503);
});

test('every kind says what it does, objects first', () => {
  expect(new Set(FAULT_KINDS).size).toBe(Object.keys(FAULTS).length);
  for (const kind of FAULT_KINDS) expect(FAULTS[kind].description).toMatch(/^[A-Z].*\.$/);
  const targets = FAULT_KINDS.map((kind) => FAULTS[kind].target);
  expect(targets).toEqual([...targets].sort().reverse());
});

test('docs/mirror.md has the table of kinds as it is', () => {
  const text = readFileSync(new URL('../../docs/mirror.md', import.meta.url), 'utf8');
  const documented = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(documented).toEqual(
    FAULT_KINDS.map((kind) => {
      const { value, description } = FAULTS[kind];
      return ['', `\`${kind}\``, value ? `${value.meaning}, ${value.default}` : '', description, ''];
    }),
  );
});
