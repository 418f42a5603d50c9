import { describe, expect, it } from 'vitest';
import { KLINE_INTERVALS } from '../../src/market/index.js';
import type { ObjectRequest } from '../../src/sources/index.js';
import {
  KLINES_1H,
  KLINE_HEADER,
  at,
  codeOf,
  errorOf,
  klineLine,
  klineLines,
  parse,
  rowsOf,
  times,
} from './fixture.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = at('2024-01-05');

describe('klines', () => {
  it('are read with a header and without one', () => {
    const lines = klineLines(START, HOUR, 24);
    const plain = parse(KLINES_1H, ...lines);
    const headed = parse(KLINES_1H, KLINE_HEADER, ...lines);
    expect(plain.account).toMatchObject({
      header: false,
      rows: 24,
      accepted: 24,
      gaps: { spans: 0 },
      timeUnit: 'ms',
    });
    expect(headed.account).toEqual({ ...plain.account, header: true });
    expect(rowsOf(headed.table)).toEqual(rowsOf(plain.table));
    expect(rowsOf(plain.table)[1]).toEqual({
      time: START + HOUR,
      available_at: START + 2 * HOUR,
      open: 100.1,
      high: 101.1,
      low: 99.1,
      close: 100.6,
      volume: 11,
      quote_volume: 1001,
      count: 6,
      taker_buy_volume: 4,
      taker_buy_quote_volume: 400,
    });
  });

  it('are found by the names of the columns, in any order and of every published spelling', () => {
    const header =
      'Close Time,Open time,Close,Low,High,Open,Number of trades,Volume,Quote asset volume,' +
      'Taker buy base asset volume,Taker buy quote asset volume';
    const { table } = parse(KLINES_1H, header, `${START + HOUR - 1},${START},4,1,5,2,7,10,40,3,12`);
    expect(rowsOf(table)[0]).toMatchObject({ open: 2, high: 5, low: 1, close: 4, volume: 10, quote_volume: 40, count: 7, taker_buy_volume: 3, taker_buy_quote_volume: 12 }); // prettier-ignore
  });

  it('are in µs on spot from 2025 on, and known at the millisecond after their close', () => {
    const request: ObjectRequest = { ...KLINES_1H, market: 'spot', period: '2025-01-01' };
    const open = at('2025-01-01');
    const line = klineLine(open, HOUR, 0, { 0: `${open}000`, 6: `${open + HOUR - 1}999` });
    const { table, account } = parse(request, line);
    expect(account).toMatchObject({ timeUnit: 'us', repaired: [] });
    expect([times(table), times(table, 'available_at')]).toEqual([
      ['2025-01-01T00:00:00Z'],
      ['2025-01-01T01:00:00Z'],
    ]);
    // One unit a file.
    expect(errorOf(() => parse(request, line, klineLine(open + HOUR, HOUR, 1)))?.context).toMatchObject({ line: 2, column: 'open_time' }); // prettier-ignore
  });

  it('of cm hold contracts and base volume, and become base and dollars', () => {
    const line = `${START},61000,61010,60990,61005,600,${START + HOUR - 1},0.98360656,77,200,0.32786885,0`;
    const btc = parse({ ...KLINES_1H, market: 'cm', symbol: 'BTCUSD_PERP' }, KLINE_HEADER, line);
    expect(rowsOf(btc.table)[0]).toMatchObject({
      volume: 0.98360656,
      quote_volume: 60_000,
      taker_buy_volume: 0.32786885,
      taker_buy_quote_volume: 20_000,
      contracts: 600,
      taker_buy_contracts: 200,
      count: 77,
    });
    const other = parse({ ...KLINES_1H, market: 'cm', symbol: 'ETHUSD_PERP' }, KLINE_HEADER, line);
    expect(rowsOf(other.table)[0]).toMatchObject({ quote_volume: 6000, taker_buy_quote_volume: 2000 });
  });

  it.each(['markPriceKlines', 'indexPriceKlines'] as const)(
    'of %s have no volume and no count',
    (dataType) => {
      const line = `${START},1.1,1.3,1,1.2,0,${START + HOUR - 1},0,60,0,0,0`;
      const { table } = parse({ ...KLINES_1H, dataType }, KLINE_HEADER, line);
      expect(rowsOf(table)).toEqual([
        { time: START, available_at: START + HOUR, open: 1.1, high: 1.3, low: 1, close: 1.2 },
      ]);
      // Whatever is in the other cells is nobody's business, names repeated.
      const odd = 'open_time,open,high,low,close,ignore,close_time,ignore,ignore,ignore,ignore,ignore';
      expect(rowsOf(parse({ ...KLINES_1H, dataType }, odd, line.replaceAll(',0', ',x')).table)).toEqual(
        rowsOf(table),
      );
      expect(errorOf(() => parse({ ...KLINES_1H, dataType }, line.replace('1.1', '0')))?.context.column).toBe(
        'open',
      );
    },
  );

  it('of the premium index may be of any sign', () => {
    const line = `${START},-0.0005,1.2E-4,-7E-4,0,0,${START + HOUR - 1},0,720,0,0,0`;
    const { table } = parse({ ...KLINES_1H, dataType: 'premiumIndexKlines' }, line);
    expect(rowsOf(table)[0]).toMatchObject({ open: -0.0005, high: 0.00012, low: -0.0007, close: 0 });
  });

  it('of the coin-margined index are those of the pair', () => {
    const line = klineLine(START, HOUR, 0);
    const index = {
      ...KLINES_1H,
      market: 'cm',
      dataType: 'indexPriceKlines',
      symbol: 'BTCUSD_PERP',
    } as const;
    expect(parse(index, line).account.accepted).toBe(1);
  });

  it.each(KLINE_INTERVALS.map(({ label }) => label))('are read at %s over a month', (interval) => {
    const known = KLINE_INTERVALS.find(({ label }) => label === interval)!;
    const [start, end] = [at('2024-04-01'), at('2024-05-01')]; // begins on a Monday
    const length = known.lengthMs ?? end - start;
    const count = Math.ceil((end - start) / length);
    const { table, account } = parse(
      { ...KLINES_1H, interval, period: '2024-04' },
      ...klineLines(start, length, count),
    );
    expect(account).toMatchObject({ accepted: count, outside: 0, repaired: [], gaps: { spans: 0 } });
    expect(table.columns['available_at']![count - 1]).toBe(start + count * length);
  });

  it('of weeks belong to both months that they touch', () => {
    const weeks = klineLines(at('2024-04-29'), 7 * DAY, 2);
    for (const period of ['2024-04', '2024-05']) {
      const { table, account } = parse({ ...KLINES_1H, interval: '1w', period }, ...weeks);
      expect(account.outside).toBe(period === '2024-04' ? 1 : 0);
      expect(times(table)[0]).toBe('2024-04-29T00:00:00Z');
    }
    expect(codeOf(() => parse({ ...KLINES_1H, interval: '1w', period: '2024-05-01' }, ...weeks))).toBe(
      'E_USAGE',
    );
  });

  it('of another interval than the folder says are refused', () => {
    const lines = klineLines(START, HOUR, 24);
    expect(errorOf(() => parse({ ...KLINES_1H, interval: '15m' }, ...lines))).toMatchObject({
      code: 'E_CSV_MALFORMED',
      context: { line: 1, column: 'close_time' },
    });
    expect(errorOf(() => parse({ ...KLINES_1H, interval: '4h' }, ...lines))).toMatchObject({
      code: 'E_CSV_MALFORMED',
      context: { line: 2, column: 'open_time' },
    });
  });

  it('that close early are known at the end of their interval all the same', () => {
    const { table, account } = parse(KLINES_1H, klineLine(START, HOUR, 0, { 6: String(START + 60_000) }));
    expect(table.columns['available_at']![0]).toBe(START + HOUR);
    expect(account.repaired[0]?.rows).toBe(1);
  });

  it('report the rows that are missing', () => {
    const lines = klineLines(START, HOUR, 24).filter((_, n) => n !== 3 && n !== 4 && n !== 23);
    expect(parse(KLINES_1H, ...lines).account.gaps).toEqual({
      spans: 2,
      missing: 3,
      list: [
        { from: START + 3 * HOUR, to: START + 5 * HOUR, missing: 2 },
        { from: START + 23 * HOUR, to: START + DAY, missing: 1 },
      ],
    });
  });

  it('keep the last of two that contradict each other', () => {
    const { table, account } = parse(
      KLINES_1H,
      klineLine(START, HOUR, 1),
      klineLine(START, HOUR, 1),
      klineLine(START, HOUR, 9),
      klineLine(START, HOUR, 2),
    );
    expect(account).toMatchObject({ rows: 4, accepted: 1, duplicate: 0, contradiction: 3 });
    expect(table.columns['volume']![0]).toBe(12);
  });

  it('must have prices and amounts that can be', () => {
    const refused = (own: Record<number, string>): string =>
      errorOf(() => parse(KLINES_1H, klineLine(START, HOUR, 0, own)))?.context.column ?? 'none';
    expect(refused({ 1: '0' })).toBe('open');
    expect(refused({ 2: '-1' })).toBe('high');
    expect(refused({ 2: '50' })).toBe('high');
    expect(refused({ 4: '' })).toBe('close');
    expect(refused({ 5: '1e999' })).toBe('volume');
    expect(refused({ 8: '1.5' })).toBe('count');
    expect(refused({ 10: '0x10' })).toBe('taker_buy_quote_volume');
    expect(refused({ 11: 'whatever' })).toBe('none');
    expect(refused({ 0: String(START + 1) })).toBe('open_time');
    expect(refused({ 5: '1.5E+3' })).toBe('none');
  });
});
