import { describe, expect, it } from 'vitest';
import { FUNDING, FUNDING_HEADER, at, errorOf, parse, rowsOf, times } from './fixture.js';

const HOUR = 3_600_000;
const line = (ms: number, hours: number, rate = '0.0001'): string => `${ms},${hours},${rate}`;
const month = (hours: number, from = '2024-01-01', until = '2024-02-01'): string[] => {
  const lines: string[] = [];
  for (let t = at(from); t < at(until); t += hours * HOUR) lines.push(line(t, hours));
  return lines;
};

describe('funding rates', () => {
  it('are known at the hour, whatever the jitter', () => {
    const { table, account } = parse(
      FUNDING,
      FUNDING_HEADER,
      line(at('2024-01-01'), 8, '-0.00012359'),
      line(at('2024-01-01 08:00:00') + 2, 8, '8.4E-7'),
      line(at('2024-01-01 16:00:00') + 1999, 8, '0'),
    );
    expect(times(table)).toEqual(['2024-01-01T00:00:00Z', '2024-01-01T08:00:00Z', '2024-01-01T16:00:00Z']);
    expect(rowsOf(table)[1]).toEqual({
      time: at('2024-01-01 08:00:00'),
      available_at: at('2024-01-01 08:00:00'),
      calc_time: at('2024-01-01 08:00:00') + 2,
      funding_interval_hours: 8,
      last_funding_rate: 8.4e-7,
    });
    expect(Array.from(table.columns['last_funding_rate']!)).toEqual([-0.00012359, 8.4e-7, 0]);
    expect(account.repaired).toEqual([{ repair: 'calc_time moved to the hour', rows: 2 }]);
  });

  it('do not become known an hour early by a stamp just before it, and stay where they are off the hour', () => {
    const { table } = parse(
      FUNDING,
      FUNDING_HEADER,
      line(at('2024-01-01 07:59:59') + 998, 8),
      line(at('2024-01-01 12:30:00'), 8),
    );
    expect(times(table, 'available_at')).toEqual(['2024-01-01T08:00:00Z', '2024-01-01T12:30:00Z']);
  });

  it('belong to the month of their hour', () => {
    const { account } = parse(
      FUNDING,
      ...month(8),
      line(at('2024-02-01') + 3, 8),
      line(at('2023-12-31 16:00:00'), 8),
      line(at('2024-01-31 23:59:59') + 999, 8),
    );
    expect(account).toMatchObject({
      header: false,
      rows: 96,
      accepted: 93,
      outside: 3,
      outsideBefore: { rows: 1 },
      outsideAfter: { rows: 2 },
      gaps: { spans: 0 },
    });
  });

  it('change their interval without a gap, and have one where a settlement is missing', () => {
    const changing = [
      ...month(8, '2024-01-01', '2024-01-10'),
      ...month(4, '2024-01-10', '2024-01-20'),
      ...month(1, '2024-01-20', '2024-01-25'),
      ...month(8, '2024-01-25'),
    ];
    const { account } = parse(FUNDING, FUNDING_HEADER, ...changing);
    expect(account).toMatchObject({ accepted: 27 + 60 + 120 + 21, gaps: { spans: 0, missing: 0 } });
    // The same when each row speaks of the hours before it.
    const before = changing.map((text, n) => {
      const [time, hours] = text.split(',') as [string, string];
      return `${time},${changing[n - 1]?.split(',')[1] ?? hours},0.0001`;
    });
    expect(parse(FUNDING, FUNDING_HEADER, ...before).account.gaps?.spans).toBe(0);
    const holey = month(8).filter((_, n) => n !== 0 && n !== 10 && n !== 11 && n < 90);
    expect(parse(FUNDING, FUNDING_HEADER, ...holey).account.gaps).toEqual({
      spans: 3,
      missing: 1 + 2 + 3,
      list: [
        { from: at('2024-01-01'), to: at('2024-01-01 08:00:00'), missing: 1 },
        { from: at('2024-01-04 08:00:00'), to: at('2024-01-05 00:00:00'), missing: 2 },
        { from: at('2024-01-31'), to: at('2024-02-01'), missing: 3 },
      ],
    });
  });

  it('drop a repeated settlement, and count one with another rate', () => {
    const hour = at('2024-01-01');
    const { table, account } = parse(
      FUNDING,
      FUNDING_HEADER,
      line(hour, 8, '0.0001'),
      line(hour + 5, 8, '0.0001'),
      line(hour + 8 * HOUR + 7, 8, '0.0003'),
      line(hour + 8 * HOUR, 8, '0.0002'),
    );
    expect(account).toMatchObject({ accepted: 2, duplicate: 1, contradiction: 1 });
    expect(table.columns['last_funding_rate']![1]).toBe(0.0003);
  });

  it('must have an interval of hours and a rate', () => {
    const refused = (text: string): string =>
      errorOf(() => parse(FUNDING, FUNDING_HEADER, text))?.context.column ?? 'none';
    const t = at('2024-01-01');
    expect(refused(`${t},0,0.1`)).toBe('funding_interval_hours');
    expect(refused(`${t},,0.1`)).toBe('funding_interval_hours');
    expect(refused(`${t},8,`)).toBe('last_funding_rate');
    expect(refused(`${t / 1000},8,0.1`)).toBe('calc_time');
  });
});
