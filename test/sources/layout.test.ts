import { describe, expect, it } from 'vitest';
import { parseSource, readSourceObject, sourceSeries } from '../../src/sources/index.js';
import { MARKETS } from '../../src/market/index.js';
import {
  FUNDING,
  FUNDING_HEADER,
  KLINES_1H,
  KLINE_HEADER,
  METRICS,
  METRICS_HEADER,
  at,
  codeOf,
  errorOf,
  klineLines,
  metricsLine,
  objectOf,
  parse,
  rowsOf,
  temporaryFolder,
} from './fixture.js';

const START = at('2024-01-05');
const HOUR = 3_600_000;
const lines = klineLines(START, HOUR, 24);
const folder = await temporaryFolder();

describe('the layout of a file', () => {
  it.each([
    ['an unknown column', KLINE_HEADER.replace('ignore', 'vwap'), 'unknown column "vwap"'],
    ['a missing column', KLINE_HEADER.replace(',count', ''), 'no column count'],
    ['a column twice', `${KLINE_HEADER},open`, 'column open twice'],
    ['a row of another kind of data', `${START},8,0.0001`, 'a row of 3 columns'],
    ['the name of a property', KLINE_HEADER.replace('ignore', 'constructor'), 'unknown column "constructor"'],
    ['text', '<html><body>404</body></html>', 'unknown column'],
  ])('is refused with %s, and the line is printed', (_, header, found) => {
    const error = errorOf(() => parse(KLINES_1H, header, ...lines))!;
    expect(error.code).toBe('E_CSV_LAYOUT');
    expect(error.message).toContain(found);
    expect(error.message).toContain(JSON.stringify(header));
    expect(error.context.line).toBe(1);
  });

  it('is refused when there is no line, and accepted when there is no row', () => {
    expect(codeOf(() => parseSource(Buffer.from(''), KLINES_1H))).toBe('E_CSV_LAYOUT');
    expect(codeOf(() => parseSource(Buffer.from('\n\n'), KLINES_1H))).toBe('E_CSV_LAYOUT');
    expect(parse(KLINES_1H, KLINE_HEADER).account).toMatchObject({
      rows: 0,
      accepted: 0,
      gaps: { spans: 1, missing: 24 },
    });
  });

  it('does not mind line ends, a byte order mark, blank lines, quotes and spaces', () => {
    const plain = rowsOf(parse(KLINES_1H, KLINE_HEADER, ...lines).table);
    const dressed = [KLINE_HEADER, ...lines].map((line) =>
      line
        .split(',')
        .map((cell, i) => [` ${cell}`, `"${cell}"`, `" ${cell} " `][i % 3])
        .join(','),
    );
    for (const text of [
      `\uFEFF${KLINE_HEADER}\r\n${lines.join('\r\n')}`,
      `${KLINE_HEADER}\n\n${lines.join('\n\r\n')}\n\n`,
      dressed.join('\n'),
      `\uFEFF${lines.join('\n')}`,
    ]) {
      const { table, account } = parseSource(Buffer.from(text), KLINES_1H);
      expect(rowsOf(table)).toEqual(plain);
      expect(account.rows).toBe(24);
    }
  });

  it('has no line of more than 4096 bytes', () => {
    const long = `${lines[0]!},${'9'.repeat(5000)}`;
    expect(codeOf(() => parse(KLINES_1H, long))).toBe('E_CSV_LAYOUT');
    const error = errorOf(() => parse(KLINES_1H, ...lines, long))!;
    expect(error.code).toBe('E_CSV_MALFORMED');
    expect(error.message.length).toBeLessThan(600);
    expect(error.context).toMatchObject({ line: 25, column: 'a line of more than 4096 bytes' });
    const limit = `${lines[0]!}${' '.repeat(4096 - lines[0]!.length)}`;
    expect(parse(KLINES_1H, limit).account.accepted).toBe(1);
  });
});

describe('malformed rows', () => {
  const minutes = klineLines(START, 60_000, 1440);
  const day = { ...KLINES_1H, interval: '1m' };

  it('are dropped up to one in a thousand, and counted', () => {
    const { table, account } = parse(
      day,
      KLINE_HEADER,
      ...minutes.slice(0, 700),
      'a,b',
      ...minutes.slice(700),
    );
    expect(table.length).toBe(1440);
    expect(account).toMatchObject({
      rows: 1441,
      accepted: 1440,
      malformed: 1,
      firstMalformed: { line: 702, column: '2 columns', text: 'a,b' },
    });
  });

  it('fail the object above that, with line and column of the first', () => {
    const bad = minutes[5]!.replace(/,5$|,0$/, '').replace('100.5', '100,5');
    const error = errorOf(() => parse(day, ...minutes.slice(0, 5), bad, 'x', ...minutes.slice(6)))!;
    expect(error.code).toBe('E_CSV_MALFORMED');
    expect(error.message).toMatch(/2 of 1441 rows are malformed, more than 0.1 %/);
    expect(error.context.line).toBe(6);
    const blank = errorOf(() =>
      parse(METRICS, METRICS_HEADER, metricsLine('2024-01-05 00:05:00', 1), ',,,,,,,'),
    )!;
    expect(blank).toMatchObject({ code: 'E_CSV_MALFORMED', context: { line: 3, column: 'create_time' } });
  });

  it('come before rows of no use: a file of another period is named so', () => {
    const error = errorOf(() => parse({ ...KLINES_1H, period: '2024-01-06' }, ...lines))!;
    expect(error.code).toBe('E_CSV_TIME');
    expect(error.message).toContain('2024-01-05T00:00:00.000Z … 2024-01-05T23:00:00.000Z');
    expect(codeOf(() => parse({ ...FUNDING, period: '2025-01' }, FUNDING_HEADER, `${START},8,0.1`))).toBe(
      'E_CSV_TIME',
    );
  });
});

describe('a series', () => {
  it('is spelled as the archive does', () => {
    expect(
      sourceSeries({ market: 'um', dataType: 'klines', symbol: 'btcusdt', interval: '1M' }),
    ).toMatchObject({
      symbol: 'BTCUSDT',
      interval: { label: '1mo', lengthMs: null },
    });
    for (const symbol of ['BTCUSD_PERP', 'BTCUSD_240329', 'BTCUSD']) {
      const pair = sourceSeries({ market: 'cm', dataType: 'indexPriceKlines', symbol, interval: '1h' });
      expect(pair.symbol).toBe('BTCUSD');
      const contract = sourceSeries({ market: 'cm', dataType: 'markPriceKlines', symbol, interval: '1h' });
      expect(contract.symbol).toBe(symbol);
    }
  });

  it.each([
    [{ market: 'spot', dataType: 'metrics', symbol: 'X' }, 'published for um and cm'],
    [{ market: 'um', dataType: 'klines', symbol: 'X' }, 'needs an interval'],
    [{ market: 'um', dataType: 'metrics', symbol: 'X', interval: '5m' }, 'has no intervals'],
    [{ market: 'um', dataType: 'klines', symbol: 'X', interval: '7m' }, '1mo, found "7m"'],
    [{ market: 'um', dataType: 'aggTrades', symbol: 'X' }, 'expected a data type'],
  ])('that cannot be is refused: %j', (request, message) => {
    const error = errorOf(() => sourceSeries(request as Parameters<typeof sourceSeries>[0]))!;
    expect(error.code).toBe('E_USAGE');
    expect(error.message).toContain(message);
  });

  it('must not leave its folder', () => {
    for (const market of MARKETS) {
      const up = { market, dataType: 'klines', symbol: '../X', interval: '1h' } as const;
      expect(codeOf(() => sourceSeries(up))).toBe('E_SYMBOL');
    }
  });
});

describe('an object of the archive', () => {
  it('is read from its ZIP, with its facts', async () => {
    const object = await objectOf(folder, KLINES_1H, lines.join('\n'));
    const part = await readSourceObject(object, KLINES_1H);
    await object.close();
    expect(part.period.key).toBe('2024-01-05');
    expect(part.facts).toMatchObject({ member: 'XYZUSDT-1h-2024-01-05.csv', checksum: 'missing' });
    expect(part.account.accepted).toBe(24);
  });

  it('is left when the signal says so', async () => {
    const object = await objectOf(folder, KLINES_1H, lines.join('\n'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readSourceObject(object, KLINES_1H, { signal })).rejects.toThrow('enough');
    await object.close();
  });

  it('names itself in what it throws', async () => {
    const object = await objectOf(folder, KLINES_1H, 'nonsense');
    const key = 'data/futures/um/daily/klines/XYZUSDT/1h/XYZUSDT-1h-2024-01-05.zip';
    await expect(readSourceObject(object, KLINES_1H)).rejects.toMatchObject({
      code: 'E_CSV_LAYOUT',
      context: { object: key },
    });
    await object.close();
  });
});
