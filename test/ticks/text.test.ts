import { describe, expect, it } from 'vitest';
import { chunked, expectSameBars, mill, millError } from './mill.js';
import { csvOf, lineOf } from './spelling.js';
import { type TapeRow, tick0 } from './tape.js';

const rows: readonly TapeRow[] = Array.from({ length: 5 }, (_, i) => ({
  ...tick0,
  id: 1 + i,
  firstFill: 10 + i,
  lastFill: 10 + i,
  timeMs: tick0.timeMs + i * 20_000,
}));
const lines = rows.map((row) => lineOf(row));
const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
const lenient = { maxMalformedShare: 1 };

describe('the text of a file', () => {
  it('may lack the last newline', async () => {
    const want = await mill(csvOf(rows));
    for (const csv of [csvOf(rows).trimEnd(), `${csvOf(rows).trimEnd()}\r`]) {
      const got = await mill(csv);
      expect(got.account).toEqual(want.account);
      expectSameBars(got.bars, want.bars);
    }
  });

  it('may be a single row without a newline', async () => {
    const { account } = await mill(lines[0]!);
    expect(account).toMatchObject({ rows: 1, accepted: 1, header: false });
  });

  it('may hold blank lines, which are no rows but count as lines', async () => {
    const csv = [HEADER, '', ...lines.slice(0, 2), '', '\r', 'x', ...lines.slice(2), '', ''].join('\n');
    const { account } = await mill(csv, lenient);
    expect(account).toMatchObject({ rows: 6, accepted: 5, firstMalformed: { line: 7, text: 'x' } });
  });

  it('may start with a byte order mark', async () => {
    for (const start of [`\uFEFF${HEADER}\n`, '\uFEFF']) {
      const csv = start + lines.join('\n');
      for (const source of [csv, chunked(csv, [1]), chunked(csv, [2, 5])]) {
        expect((await mill(source)).account).toMatchObject({ rows: 5, accepted: 5 });
      }
    }
  });

  it('may be a header and nothing else', async () => {
    for (const csv of [HEADER, `${HEADER}\n`, `${HEADER}\r\n\r\n`]) {
      const { account, bars } = await mill(csv);
      expect(bars.length).toBe(0);
      expect(account).toMatchObject({ rows: 0, accepted: 0, header: true, firstAggId: null, firstTs: null });
      expect(account).toMatchObject({ missingAggIds: 0, missingAggIdList: [], timeUnit: null });
    }
  });

  it('is refused when there is none at all', async () => {
    expect((await millError('')).code).toBe('E_CSV_LAYOUT');
    expect((await millError(chunked('', [1]))).code).toBe('E_CSV_LAYOUT');
  });

  it('may hold NULs and lines of commas: malformed rows', async () => {
    const bad = [
      '\0',
      ',,,,,,',
      ',,,,,,,,,,,,,,,,,,,,,,,,',
      '\0,\0,\0,\0,\0,\0,\0',
      lines[0]!.replace('1', '\0'),
    ];
    const { account } = await mill([HEADER, lines[0], ...bad, ...lines.slice(1)].join('\n'), lenient);
    expect(account).toMatchObject({
      accepted: 5,
      malformed: bad.length,
      firstMalformed: { line: 3, text: '\0' },
    });
  });

  it('may hold a second header in its middle: one malformed row', async () => {
    const { account } = await mill([HEADER, ...lines, HEADER, ...lines].join('\n'), lenient);
    expect(account).toMatchObject({ rows: 11, accepted: 5, duplicate: 5, malformed: 1 });
  });
});

describe('a line of more than 4,096 bytes', () => {
  /** A good row, made longer by spaces, which a field may have around it. */
  const padded = (bytes: number): string => lines[2]! + ' '.repeat(bytes - lines[2]!.length);
  const file = (middle: string): string =>
    [HEADER, ...lines.slice(0, 2), middle, ...lines.slice(3), 'x', ''].join('\n');
  const cuts = [
    [1 << 20],
    [4097],
    [4096],
    [1000],
    [97],
    [HEADER.length + 1 + 2 * lines[0]!.length + 2 + 4096, 1],
  ];

  it('is malformed wherever the bytes are cut', async () => {
    for (const bytes of [4097, 5000, 9000, 400_000]) {
      for (const sizes of cuts) {
        const { account } = await mill(chunked(file(padded(bytes)), sizes), lenient);
        expect(account).toMatchObject({ rows: 6, accepted: 4, malformed: 2 });
        expect(account.firstMalformed).toEqual({ line: 4, text: padded(256) });
      }
    }
  });

  it('is no row lost when it is a byte shorter', async () => {
    for (const sizes of cuts) {
      const { account } = await mill(chunked(file(padded(4096)), sizes), lenient);
      expect(account).toMatchObject({
        rows: 6,
        accepted: 5,
        malformed: 1,
        firstMalformed: { line: 7, text: 'x' },
      });
    }
  });

  it('counts as one row also when it is the last and does not end', async () => {
    const csv = [HEADER, ...lines, 'y'.repeat(10_000)].join('\n');
    for (const sizes of cuts) {
      const { account } = await mill(chunked(csv, sizes), lenient);
      expect(account).toMatchObject({ rows: 6, accepted: 5, malformed: 1 });
      expect(account.firstMalformed).toEqual({ line: 7, text: 'y'.repeat(256) });
    }
  });

  it('is no header and no first row, wherever it is cut', async () => {
    for (const first of [HEADER + ' '.repeat(5000), lines[0]! + ' '.repeat(5000)]) {
      for (const sizes of cuts) {
        expect((await millError(chunked([first, ...lines].join('\n'), sizes), lenient)).code).toBe(
          'E_CSV_LAYOUT',
        );
      }
    }
  });
});
