import { describe, expect, it } from 'vitest';
import { HttpArchive, symbolKind } from '../../src/archive/index.js';
import { TapemillError } from '../../src/errors.js';
import { startMirror } from '../../src/mirror/index.js';
import { simulatedIndex } from '../../src/simulator/index.js';
import { DAY_MS, daysBetween, parseRange } from '../../src/time/index.js';
import { folderOf, list, listAll, mirrorOf } from './fixture.js';

const range = parseRange('2020-01', '2025-06');
const MONTHLY = 'data/futures/um/monthly/aggTrades/';
const DAILY = 'data/futures/um/daily/aggTrades/';

describe('a simulated index', () => {
  it('has the symbols of a whole market, odd ones too, and is the same every time', () => {
    const { symbols } = simulatedIndex({ range });
    expect(symbols).toHaveLength(700);
    expect(new Set(symbols.map(({ symbol }) => symbol)).size).toBe(700);
    expect(simulatedIndex({ range }).symbols).toEqual(symbols);
    expect(simulatedIndex({ range, seed: 2 }).symbols).not.toEqual(symbols);
    const kinds = symbols.map(({ symbol }) => symbolKind('um', symbol));
    for (const kind of ['perpetual', 'delivery', 'settled'] as const) expect(kinds).toContain(kind);
    const names = symbols.map(({ symbol }) => symbol);
    expect(names).toEqual(expect.arrayContaining(['币安人生USDT', '1000SATSUSDT', 'BTCUSDT_240628']));
    // Listed at many times, and one in some gone.
    expect(new Set(symbols.map(({ startMs }) => startMs)).size).toBeGreaterThan(300);
    const gone = symbols.filter(({ endMs }) => endMs < range.endMs).length;
    expect(gone / 700).toBeGreaterThan(0.1);
    expect(gone / 700).toBeLessThan(0.4);
    for (const { startMs, endMs } of symbols) {
      expect(startMs).toBeGreaterThanOrEqual(range.startMs);
      expect(endMs).toBeLessThanOrEqual(range.endMs);
      expect(endMs).toBeGreaterThan(startMs);
      expect([startMs % DAY_MS, endMs % DAY_MS]).toEqual([0, 0]);
    }
    for (const market of ['cm', 'spot'] as const) {
      expect(simulatedIndex({ range, market, symbols: 90 }).symbols).toHaveLength(90);
    }
  });

  it('is served page by page', async () => {
    const mirror = await startMirror({ index: simulatedIndex({ range, symbols: 40 }) });
    const btc = await listAll(mirror, { prefix: `${DAILY}BTCUSDT/`, delimiter: '/' });
    expect(btc.keys.length).toBeGreaterThan(3900);
    expect(btc.pages).toBe(5);
    expect(btc.keys).toEqual([...btc.keys].sort());
    expect(btc.keys.filter((key) => key.endsWith('.CHECKSUM'))).toHaveLength(btc.keys.length / 2);
    const again = await listAll(mirror, { prefix: `${DAILY}BTCUSDT/`, delimiter: '/' });
    expect(again).toEqual(btc);
    expect((await listAll(mirror, { prefix: MONTHLY, delimiter: '/' })).prefixes.length).toBeGreaterThan(30);
    expect((await list(mirror, { prefix: '', delimiter: '/' })).prefixes).toEqual(['data/']);
    expect((await fetch(`${mirror.url}/${btc.keys[0]!}`)).status).toBe(404);
    await mirror.close();
  });

  it('is read by an archive as the symbols say', async () => {
    const index = simulatedIndex({ range, symbols: 40 });
    const mirror = await startMirror({ index });
    const archive = new HttpArchive(mirror.url, { dataDir: folderOf({}), cacheMaxAgeMs: 0 });
    const names = await archive.symbols('um', 'aggTrades');
    expect(names).toEqual(index.symbols.map(({ symbol }) => symbol).sort());
    for (const { symbol, startMs, endMs } of index.symbols.slice(0, 20)) {
      const entries = await archive.list({ market: 'um', dataType: 'aggTrades', symbol });
      const days = entries.filter(({ name }) => name.period.kind === 'day');
      const alive = daysBetween(startMs, endMs).length;
      expect(days.length).toBeLessThanOrEqual(alive);
      expect(days.length).toBeGreaterThanOrEqual(Math.floor(alive * 0.99) - 1);
      expect(entries.every(({ hasChecksum, bytes, etag }) => hasChecksum && bytes > 0 && etag !== null)).toBe(
        true,
      );
      for (const { name, lastModified } of entries) {
        expect(Date.parse(lastModified!)).toBeGreaterThan(name.period.endMs);
      }
    }
    const unpadded = await archive.list({
      market: 'um',
      dataType: 'aggTrades',
      symbol: index.symbols[1]!.symbol,
    });
    expect(unpadded.map(({ key }) => key)).toContain(`${MONTHLY}ETHUSDT/ETHUSDT-aggTrades-2020-8.zip`);
    await archive.close();
    await mirror.close();
  });

  it('or a folder, not both, and nothing that makes no sense', async () => {
    const code = async (starting: () => unknown): Promise<string> => {
      try {
        await starting();
        return 'none';
      } catch (error) {
        return TapemillError.is(error) ? error.code : 'none of ours';
      }
    };
    const index = simulatedIndex({ range, symbols: 1 });
    expect(await code(() => startMirror({ index, root: folderOf({ 'data/a': 'a' }) }))).toBe('E_USAGE');
    expect(await code(() => startMirror({}))).toBe('E_USAGE');
    expect(await code(() => simulatedIndex({ range, symbols: 0 }))).toBe('E_USAGE');
    expect(await code(() => simulatedIndex({ range, dataType: 'klines' }))).toBe('E_USAGE');
  });
});

describe('a marker', () => {
  it('in a folder among others is gone on from, as in a small tree', async () => {
    const keys = ['a/1', 'a/2', 'a/b/1', 'a/b/2', 'a/b/c/1', 'a/b0', 'a/c', 'b/1'];
    const mirror = await mirrorOf(Object.fromEntries(keys.map((key) => [key, 'x'])));
    for (const marker of [...keys, 'a/', 'a/b/', 'a/b/1x', 'a/bb', '', 'zzz']) {
      for (const prefix of ['', 'a/', 'a/b', 'a/b/', 'c']) {
        const expected = keys.filter((key) => key.startsWith(prefix) && key > marker);
        expect((await list(mirror, { prefix, marker })).keys, `${prefix} after ${marker}`).toEqual(expected);
      }
    }
  });
});
