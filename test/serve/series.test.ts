import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ORDER_FLOW_FACTORS } from '../../src/factors/index.js';
import { factorPaths } from '../../src/layer/index.js';
import type { ColumnsAnswer, SeriesAnswer } from '../../src/serve/api.js';
import { HAS_SHARED, SHARED } from '../audit/auditing.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { ask, serving } from './serving.js';

const SYMBOL = 'AAAUSDT';
const DAY = 86_400;
const START = Date.UTC(2024, 0, 1) / 1000;
let dataDir = '';
let dashboard: Awaited<ReturnType<typeof serving>>;

beforeAll(async () => {
  const { outDir: archive } = await archiveOf('2024-01', '2024-03', {
    symbols: [SYMBOL],
    ticksPerMonth: 8000,
  });
  dataDir = temporaryFolder();
  await collectRun({ archive, dataDir, symbols: [SYMBOL] });
  dashboard = await serving(dataDir);
});

const seriesPath = (query: Readonly<Record<string, string | number>>, symbol = SYMBOL): string => {
  const all = { market: 'um', symbol, from: START, to: START + 91 * DAY, columns: 'open', ...query };
  return `/api/series?${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`;
};
const series = async (query: Readonly<Record<string, string | number>>): Promise<SeriesAnswer> => {
  const { status, body } = await ask<SeriesAnswer>(dashboard, seriesPath(query));
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

type Row = Readonly<Record<string, number | null>>;

/** The factor CSV by start of the bar in seconds. */
function factorRows(folder: string, symbol: string): Map<number, Row> {
  const [header, ...lines] = readFileSync(factorPaths(folder, 'um', symbol, '1h').csv, 'utf8')
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\n');
  const names = header!.split(',');
  return new Map(
    lines.map((line) => {
      const cells = line.split(',');
      const values = names
        .slice(1)
        .map((name, i) => [name, cells[i + 1] === '' ? null : Number(cells[i + 1])]);
      return [Date.parse(cells[0]!) / 1000, Object.fromEntries(values) as Row];
    }),
  );
}

function expectAsCsv(answer: SeriesAnswer, rows: ReadonlyMap<number, Row>, names: readonly string[]): void {
  expect(answer.t.filter((t) => rows.has(t))).toEqual([...rows.keys()]);
  answer.t.forEach((t, bar) => {
    const shown = names.map((name) => answer.columns[name]![bar]);
    const row = rows.get(t);
    expect(shown).toEqual(names.map((name) => row?.[name] ?? null));
  });
}

describe('/api/series', () => {
  it('equals the factor file, bit for bit, in every column', async () => {
    const rows = factorRows(dataDir, SYMBOL);
    for (const names of [ORDER_FLOW_FACTORS.slice(0, 30), ORDER_FLOW_FACTORS.slice(30)]) {
      const answer = await series({ freq: '1h', points: 5000, columns: names.join(',') });
      expect([answer.freq, answer.freqMs]).toEqual(['1h', 3_600_000]);
      expectAsCsv(answer, rows, names);
    }
    expect(dashboard.bugs).toEqual([]);
  });

  it('has the minutes themselves, nulls where nobody traded', async () => {
    const answer = await series({ to: START + DAY, columns: 'open,high,low,close,trade_count' });
    expect(answer.freq).toBe('1m');
    const { open, high, low, close, trade_count: ticks } = answer.columns;
    expect(ticks!.some((n) => n === null)).toBe(true);
    expect(ticks!.at(-1)).not.toBeNull();
    answer.t.forEach((t, bar) => {
      expect(t).toBe(answer.t[0]! + 60 * bar);
      expect(open![bar] === null).toBe(ticks![bar] === null);
      if (high![bar] === null) return;
      expect(high![bar]!).toBeGreaterThanOrEqual(Math.max(open![bar]!, close![bar]!));
      expect(low![bar]!).toBeLessThanOrEqual(Math.min(open![bar]!, close![bar]!));
    });
  });

  it('takes the finest frequency that fits, and keeps extremes and sums', async () => {
    const columns = 'high,low,cvd_quote,quote_volume';
    const hours = await series({ freq: '1h', points: 5000, columns });
    const seen: string[] = [];
    for (const points of [5000, 2184, 2183, 1500, 300, 91, 90]) {
      const coarse = await series({ points, columns });
      seen.push(coarse.freq);
      expect(coarse.t.length).toBeLessThanOrEqual(Math.max(points, 91));
      const all = (answer: SeriesAnswer, name: string): number[] =>
        answer.columns[name]!.filter((v) => v !== null);
      const sum = (answer: SeriesAnswer, name: string): number =>
        all(answer, name).reduce((a, b) => a + b, 0);
      expect(Math.max(...all(coarse, 'high'))).toBe(Math.max(...all(hours, 'high')));
      expect(Math.min(...all(coarse, 'low'))).toBe(Math.min(...all(hours, 'low')));
      expect(sum(coarse, 'quote_volume') / sum(hours, 'quote_volume')).toBeCloseTo(1, 12);
      expect(sum(coarse, 'cvd_quote') / sum(hours, 'cvd_quote')).toBeCloseTo(1, 6);
    }
    expect(seen).toEqual(['30m', '1h', '2h', '2h', '8h', '1d', '1d']);
    expect((await series({ freq: '4h' })).freq).toBe('4h');
    expect((await series({ freq: '5m', to: START + 1800 })).freq).toBe('5m');
  });

  it('widens the span to whole bars, across the edge of a month', async () => {
    const from = Date.UTC(2024, 0, 31, 22, 17) / 1000;
    const answer = await series({ freq: '1h', from, to: from + 4 * 3600, columns: 'close,trade_count' });
    expect(answer.t).toEqual([0, 1, 2, 3, 4].map((hour) => Date.UTC(2024, 0, 31, 22 + hour) / 1000));
    const whole = await series({ freq: '1h', points: 5000, columns: 'close,trade_count' });
    const at = whole.t.indexOf(answer.t[0]!);
    expect(answer.columns['close']).toEqual(whole.columns['close']!.slice(at, at + 5));
  });

  it('gives the sum of everything before, to be added to what is cumulated', async () => {
    const columns = 'cvd_quote,whale_cvd_quote,close';
    const all = await series({ freq: '1h', points: 5000, columns, cumulative: 'true' });
    expect(all.cumulativeAtStart).toEqual({ cvd_quote: 0, whale_cvd_quote: 0 });
    for (const from of ['2024-02-01', '2024-02-11', '2024-03-30T05:00Z']) {
      const later = await series({ freq: '1h', from, points: 5000, columns, cumulative: 'true' });
      for (const name of ['cvd_quote', 'whale_cvd_quote']) {
        const before = all.columns[name]!.slice(0, all.t.indexOf(later.t[0]!));
        const sum = before.reduce<number>((total, value) => total + (value ?? 0), 0);
        expect(later.cumulativeAtStart![name]! / sum).toBeCloseTo(1, 9);
      }
    }
    expect(all).not.toHaveProperty('cumulativeAtStart.close');
    expect(await series({ freq: '1h' })).not.toHaveProperty('cumulativeAtStart');
  });

  it('says why a column has no values', async () => {
    const answer = await series({ freq: '1h', columns: 'open,funding_rate,no_such_column', to: START + DAY });
    expect(Object.keys(answer.missing)).toEqual(['funding_rate', 'no_such_column']);
    expect(answer.missing['funding_rate']).toContain('tapemill collect');
    expect(answer.columns['funding_rate']!.every((value) => value === null)).toBe(true);
    const outside = await series({ from: '2030-01-01', to: '2030-02-01' });
    expect(outside).toMatchObject({ t: [], columns: { open: [] } });
    expect(outside.missing['open']).toContain('no trade');
  });

  it('reads every column of the minute layer out of it', async () => {
    const { columns } = (await ask<ColumnsAnswer>(dashboard, '/api/columns')).body;
    const layer = columns.filter(({ name }) =>
      ['open', 'close', 'volume', ...ORDER_FLOW_FACTORS].includes(name),
    );
    for (let at = 0; at < layer.length; at += 32) {
      const names = layer.slice(at, at + 32).map(({ name }) => name);
      expect((await series({ freq: '1d', columns: names.join(',') })).missing).toEqual({});
    }
  });

  it('sees a month that was built anew', async () => {
    const own = temporaryFolder();
    const build = async (seed: number): Promise<void> => {
      const { outDir: archive } = await archiveOf('2024-01', '2024-01', {
        symbols: [SYMBOL],
        ticksPerMonth: 2000,
        seed,
      });
      await collectRun({ archive, dataDir: own, symbols: [SYMBOL] });
    };
    await build(1);
    const other = await serving(own);
    const path = seriesPath({ freq: '1h', points: 5000, columns: 'close' });
    const first = (await ask<SeriesAnswer>(other, path)).body;
    expect((await ask<SeriesAnswer>(other, path)).body).toEqual(first);
    await build(2);
    const second = (await ask<SeriesAnswer>(other, path)).body;
    expect(second.columns['close']).not.toEqual(first.columns['close']);
    const rows = factorRows(own, SYMBOL);
    second.t.forEach((t, bar) => {
      expect(second.columns['close']![bar]).toBe(rows.get(t)?.['price_close'] ?? null);
    });
  });

  it('gives the same with hardly any cache', async () => {
    const small = await serving(dataDir, { cacheBytes: 1 });
    for (const query of [{ freq: '1h' }, { freq: '1d' }, { freq: '1h' }]) {
      expect((await ask(small, seriesPath(query))).body).toEqual(await series(query));
    }
  });

  it('answers many at once', async () => {
    const own = await serving(dataDir);
    const path = seriesPath({ freq: '1h', columns: 'open,close' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask<SeriesAnswer>(own, path)));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body]);
  });

  it.each([
    [{ from: START + DAY, to: START }, 'E_PERIOD'],
    [{ from: START, to: START }, 'E_PERIOD'],
    [{ from: 0, to: 9_999_999_999 }, 'E_PERIOD'],
    [{ from: '2024-01-32' }, 'E_PERIOD'],
    [{ freq: '7m' }, 'E_PERIOD'],
    [{ points: 0 }, 'E_USAGE'],
    [{ points: 5001 }, 'E_USAGE'],
    [{ points: '1e3' }, 'E_USAGE'],
    [{ columns: '' }, 'E_USAGE'],
    [{ columns: 'open;drop' }, 'E_USAGE'],
    [{ columns: '__proto__,open,' }, 'E_USAGE'],
    [{ columns: Array.from({ length: 33 }, (_, i) => `c${i}`).join(',') }, 'E_USAGE'],
    [{ cumulative: 'yes' }, 'E_USAGE'],
    [{ symbol: '../../x' }, 'E_SYMBOL'],
    [{ market: 'options' }, 'E_USAGE'],
  ])('%j is refused with %s', async (query, code) => {
    const { status, body } = await ask(dashboard, seriesPath(query as Record<string, string | number>));
    expect([status, body.error.code]).toEqual([400, code]);
  });

  it('takes names of object members for what they are: no columns', async () => {
    const answer = await series({ freq: '1d', columns: 'open,__proto__,constructor,toString' });
    expect(answer.columns['open']!.length).toBe(answer.t.length);
    expect(Object.keys(answer.columns)).toEqual(['open', '__proto__', 'constructor', 'toString']);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(Object.hasOwn(answer.missing, name), name).toBe(true);
      expect(Object.getOwnPropertyDescriptor(answer.columns, name)!.value).toEqual(answer.t.map(() => null));
    }
    expect(dashboard.bugs).toEqual([]);
  });
});

describe.skipIf(!HAS_SHARED)('real days (needs ../shared/archive)', () => {
  it('equal the factor file', async () => {
    const folder = temporaryFolder();
    const symbol = 'ALPINEUSDT';
    await collectRun({ archive: SHARED, dataDir: folder, symbols: [symbol] });
    const other = await serving(folder);
    const names = ORDER_FLOW_FACTORS.slice(0, 32);
    const path = seriesPath(
      { from: '2026-04-01', to: '2026-05-01', freq: '1h', columns: names.join(',') },
      symbol,
    );
    const { body } = await ask<SeriesAnswer>(other, path);
    expect(body.t.length).toBeGreaterThan(40);
    expectAsCsv(body, factorRows(folder, symbol), names);
    const minute = await ask(other, `/api/explain?market=um&symbol=${symbol}&at=2026-04-11T05:13Z`);
    expect(minute.status).toBe(200);
  });
});
