import { describe, expect, it } from 'vitest';
import { assembleSourceMonth } from '../../src/sources/index.js';
import { parsePeriod } from '../../src/time/index.js';
import {
  METRICS,
  METRICS_HEADER,
  at,
  codeOf,
  errorOf,
  metricsDay,
  metricsLine,
  parse,
  rowsOf,
  times,
} from './fixture.js';

const day = (lines: readonly string[], period = '2024-01-05', market: 'um' | 'cm' = 'um') =>
  parse({ ...METRICS, market, period }, METRICS_HEADER, ...lines);

describe('metrics', () => {
  it('gives the columns of the archive, the 5 minutes they describe and when they are known', () => {
    const { table, account } = day([
      '2024-01-05 00:05:00,XYZUSDT,3099763.0000000000000000,1263838.3771301100000000,2.60957643,1.478694,2.19639279,1.07587900',
    ]);
    expect(rowsOf(table)).toEqual([
      {
        time: at('2024-01-05 00:00:00'),
        available_at: at('2024-01-05 00:05:00'),
        create_time: at('2024-01-05 00:05:00'),
        sum_open_interest: 3099763,
        sum_open_interest_value: 1263838.37713011,
        count_toptrader_long_short_ratio: 2.60957643,
        sum_toptrader_long_short_ratio: 1.478694,
        count_long_short_ratio: 2.19639279,
        sum_taker_long_short_vol_ratio: 1.075879,
      },
    ]);
    expect(account).toMatchObject({
      rows: 1,
      accepted: 1,
      header: true,
      timeUnit: 'iso',
      repaired: [],
      nulls: [],
    });
  });

  it('covers the day when stamped at the end, the next midnight included', () => {
    const { table, account } = day(metricsDay('2024-01-05 00:05:00'));
    expect(account).toMatchObject({ accepted: 288, outside: 0, gaps: { spans: 0 } });
    expect([times(table)[0], times(table).at(-1)]).toEqual(['2024-01-05T00:00:00Z', '2024-01-05T23:55:00Z']);
    expect(times(table, 'available_at').at(-1)).toBe('2024-01-06T00:00:00Z');
  });

  it('takes the stamps 00:00 to 23:55 of earlier years for ends too: the first row is of the day before', () => {
    const { table, account } = day(metricsDay('2024-01-05 00:00:00'));
    expect(account).toMatchObject({ accepted: 288, outside: 0, gaps: { spans: 0 } });
    expect([times(table)[0], times(table).at(-1)]).toEqual(['2024-01-04T23:55:00Z', '2024-01-05T23:50:00Z']);
    expect(times(table, 'available_at')[0]).toBe('2024-01-05T00:00:00Z');
  });

  it('takes stamps for starts from 2026-06-25 on, and always on cm', () => {
    for (const [period, market] of [
      ['2026-06-25', 'um'],
      ['2024-01-05', 'cm'],
    ] as const) {
      const { table, account } = day(metricsDay(`${period} 00:00:00`), period, market);
      expect(account).toMatchObject({ accepted: 288, outside: 0, gaps: { spans: 0 } });
      expect(times(table)[0]).toBe(`${period}T00:00:00Z`);
      expect(times(table, 'available_at')[0]).toBe(`${period}T00:05:00Z`);
    }
  });

  it('keeps both rows stamped 00:00 where the label changes', () => {
    const before = day(metricsDay('2026-06-24 00:05:00'), '2026-06-24');
    const after = day(metricsDay('2026-06-25 00:00:00'), '2026-06-25');
    const { table, seam } = assembleSourceMonth([
      { period: parsePeriod('2026-06-25'), table: after.table },
      { period: parsePeriod('2026-06-24'), table: before.table },
    ]);
    expect(seam).toEqual({ duplicate: 0, contradiction: 0 });
    expect(table.length).toBe(576);
    const stamps = rowsOf(table).filter((row) => row['create_time'] === at('2026-06-25'));
    expect(stamps.map(({ time, available_at: known }) => [time, known])).toEqual([
      [at('2026-06-24 23:55:00'), at('2026-06-25 00:00:00')],
      [at('2026-06-25 00:00:00'), at('2026-06-25 00:05:00')],
    ]);
    expect(table.columns['time']!.every((t, i, all) => i === 0 || t === all[i - 1]! + 300_000)).toBe(true);
  });

  it('moves odd seconds to the nearest mark, and counts them', () => {
    const { table, account } = day([
      metricsLine('2024-01-05 00:05:01', 1),
      metricsLine('2024-01-05 00:09:58', 2),
      metricsLine('2024-01-05 00:15:00', 3),
    ]);
    expect(times(table, 'available_at')).toEqual([
      '2024-01-05T00:05:00Z',
      '2024-01-05T00:10:00Z',
      '2024-01-05T00:15:00Z',
    ]);
    expect(times(table, 'create_time')[0]).toBe('2024-01-05T00:05:01Z');
    expect(account.repaired).toEqual([{ repair: 'create_time moved to the nearest 5-minute mark', rows: 2 }]);
  });

  it('drops rows of the next day, and says which', () => {
    const { account } = day([...metricsDay('2024-01-05 00:05:00'), metricsLine('2024-01-06 00:05:00', 9)]);
    expect(account).toMatchObject({
      rows: 289,
      accepted: 288,
      outside: 1,
      outsideBefore: null,
      outsideAfter: { rows: 1, firstTime: at('2024-01-06'), lastTime: at('2024-01-06') },
    });
    // Stamped at the start, midnight is the next day's own.
    expect(day(['2026-07-01 00:00:00', '2026-07-02 00:00:00'].map((t) => metricsLine(t, 5)), '2026-07-01').account).toMatchObject({ accepted: 1, outside: 1 }); // prettier-ignore
    expect(day([metricsLine('2024-01-04 23:55:00', 5), metricsLine('2024-01-05 00:05:00', 5)]).account.outsideBefore?.rows).toBe(1); // prettier-ignore
  });

  it('tells duplicates from contradictions, of which the last counts', () => {
    const { table, account } = day([
      metricsLine('2024-01-05 00:05:00', 1),
      metricsLine('2024-01-05 00:05:00', 1),
      metricsLine('2024-01-05 00:10:00', 2),
      metricsLine('2024-01-05 00:10:00', 3),
      metricsLine('2024-01-05 00:15:01', 4),
      metricsLine('2024-01-05 00:15:00', 5),
    ]);
    expect(account).toMatchObject({ rows: 6, accepted: 3, duplicate: 1, contradiction: 2 });
    // The later stamp counts, wherever it stands.
    expect(Array.from(table.columns['sum_open_interest']!)).toEqual([1, 3, 4]);
  });

  it('halves objects that hold every row twice', () => {
    const lines = metricsDay('2020-09-01 00:00:00').flatMap((line) => [line, line]);
    const { account } = day(lines, '2020-09-01');
    expect(account).toMatchObject({ rows: 576, accepted: 288, duplicate: 288, contradiction: 0 });
  });

  it('makes blank cells null, and open interest of 0 too', () => {
    const { table, account } = day([
      '2024-01-05 00:05:00,XYZUSDT,0E-16,0E-16,1.1,1.2,1.3,0E-8',
      '2024-01-05 00:10:00,XYZUSDT,5,"",,NaN,null, ',
    ]);
    expect(rowsOf(table)).toMatchObject([
      { sum_open_interest: null, sum_open_interest_value: null, sum_taker_long_short_vol_ratio: 0 },
      {
        sum_open_interest: 5,
        sum_open_interest_value: null,
        count_toptrader_long_short_ratio: null,
        sum_toptrader_long_short_ratio: null,
        count_long_short_ratio: null,
        sum_taker_long_short_vol_ratio: null,
      },
    ]);
    expect(account.repaired).toEqual([{ repair: 'open interest of 0 made null', rows: 1 }]);
    expect(account.nulls).toContainEqual({ column: 'sum_open_interest_value', rows: 2 });
  });

  it('knows a row without a time when its day is over', () => {
    const { table, account } = day(
      ['2023-01-21,XYZUSDT,98666.163,2236289208.197267,0.77,1.14,0.83,0.93'],
      '2023-01-21',
    );
    expect([times(table), times(table, 'available_at')]).toEqual([
      ['2023-01-21T00:00:00Z'],
      ['2023-01-22T00:00:00Z'],
    ]);
    expect(account).toMatchObject({ accepted: 1, gaps: { spans: 0 } });
    expect(account.repaired[0]?.rows).toBe(1);
  });

  it('lists what is missing: inside, at the start, and after half a day', () => {
    const whole = metricsDay('2024-01-05 00:05:00');
    const { account } = day(whole.filter((_, n) => n >= 2 && n !== 100 && n !== 101 && n < 162));
    expect(account.gaps).toEqual({
      spans: 3,
      missing: 2 + 2 + 126,
      list: [
        { from: at('2024-01-05 00:00:00'), to: at('2024-01-05 00:10:00'), missing: 2 },
        { from: at('2024-01-05 08:20:00'), to: at('2024-01-05 08:30:00'), missing: 2 },
        { from: at('2024-01-05 13:30:00'), to: at('2024-01-06 00:00:00'), missing: 126 },
      ],
    });
  });

  it('refuses another symbol, negative numbers and dates that are none', () => {
    const refused = (line: string): string => errorOf(() => day([line]))?.context.column ?? 'none';
    expect(refused('2024-01-05 00:05:00,ABCUSDT,1,2,1,1,1,1')).toBe('symbol');
    expect(refused('2024-01-05 00:05:00,XYZUSDT,-1,2,1,1,1,1')).toBe('sum_open_interest');
    expect(refused('2024-01-05 00:05:00,XYZUSDT,1,2,1,1,x,1')).toBe('count_long_short_ratio');
    expect(refused('2024-02-30 00:05:00,XYZUSDT,1,2,1,1,1,1')).toBe('create_time');
    expect(refused('2024-01-05 24:05:00,XYZUSDT,1,2,1,1,1,1')).toBe('create_time');
    expect(refused('1704412800000,XYZUSDT,1,2,1,1,1,1')).toBe('none');
    expect(codeOf(() => day([metricsLine('2024-03-05 00:05:00', 1)]))).toBe('E_CSV_TIME');
  });
});
