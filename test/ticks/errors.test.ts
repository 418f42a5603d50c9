import { describe, expect, it } from 'vitest';
import { chunked, mill, millError } from './mill.js';
import { USUAL, csvOf, lineOf } from './spelling.js';
import { DAY_START_MS, type TapeRow, tick0 } from './tape.js';

const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';

function rowsAt(count: number, timeMs = DAY_START_MS): TapeRow[] {
  return Array.from({ length: count }, (_, i) => ({
    ...tick0,
    id: 1_862_715_434 + i,
    firstFill: 4_447_527_500 + i,
    lastFill: 4_447_527_500 + i,
    timeMs: timeMs + i,
  }));
}

describe('E_CSV_LAYOUT', () => {
  it.each([
    ['a column that nobody knows', `${HEADER},st`, /unknown column "st"/],
    ['a column of another name', HEADER.replace('price', 'prize'), /unknown column "prize"/],
    ['a name that every object has', `${HEADER},constructor`, /unknown column "constructor"/],
    ['a column too few', HEADER.replace(',quantity', ''), /no column for quantity/],
    ['a column twice', `${HEADER},price`, /a column twice/],
    ['a first row of six columns', '1,2,3,4,5,1704412800000', /a row of 6 columns/],
    ['a first row of nine columns', '1,2,3,4,5,1704412800000,true,true,true', /a row of 9 columns/],
    ['garbage', 'PK\u0003\u0004\0\0', /unknown column/],
    ['a page of HTML', '<!DOCTYPE html><html>', /unknown column/],
    ['a kline header', 'open_time,open,high,low,close,volume', /unknown column "open_time"/],
  ])('%s', async (_, firstLine, message) => {
    for (const source of [`${firstLine}\n1,2,3`, firstLine, chunked(`${firstLine}\r\n`, [3])]) {
      const error = await millError(source, { object: 'the object' });
      expect(error.code).toBe('E_CSV_LAYOUT');
      expect(error.message).toMatch(message);
      expect(error.message).toContain('the object');
      // The line is printed, with what cannot be seen escaped.
      expect(error.message).toContain(JSON.stringify(firstLine).slice(1, -1));
    }
  });
});

describe('E_CSV_MALFORMED', () => {
  const bad = '1862715999,-1,5,1,1,1704412800000,true';
  const file = (good: number, at: number, count: number, end: string): string => {
    const lines = rowsAt(good).map((row) => lineOf(row));
    lines.splice(at, 0, ...Array.from({ length: count }, () => bad));
    return [HEADER, ...lines, ''].join(end);
  };

  it('tolerates 0.1 % of the rows, and no more', async () => {
    expect((await mill(file(999, 500, 1, '\n'))).account).toMatchObject({ rows: 1000, malformed: 1 });
    expect((await mill(file(1998, 500, 2, '\n'))).account).toMatchObject({ rows: 2000, malformed: 2 });
    expect((await millError(file(998, 500, 1, '\n'))).code).toBe('E_CSV_MALFORMED');
    expect((await millError(file(1997, 500, 2, '\n'))).code).toBe('E_CSV_MALFORMED');
  });

  it.each(['\n', '\r\n'])('quotes the first such line and its number, lines ending with %j', async (end) => {
    for (const at of [0, 1, 100, 300]) {
      const csv = file(300, at, 2, end);
      for (const source of [csv, chunked(csv, [1]), chunked(csv, [61, 7]), chunked(csv, [4096])]) {
        const error = await millError(source);
        expect(error.code).toBe('E_CSV_MALFORMED');
        expect(error.context).toMatchObject({ line: at + 2, found: bad });
        expect(error.message).toContain('2 of 302 rows');
        expect(error.message).toContain(`line ${at + 2}: "${bad}"`);
      }
    }
  });

  it('counts lines from 1 where there is no header', async () => {
    const csv = file(300, 3, 1, '\n').slice(HEADER.length + 1);
    expect((await millError(csv)).context).toMatchObject({ line: 4, found: bad });
  });

  it('quotes the line of the first pass when there is another', async () => {
    const lines = rowsAt(100).map((row) => lineOf(row));
    const error = await millError([...lines, lines[0], bad, bad].join('\n'));
    expect(error.context).toMatchObject({ line: 102, found: bad });
    expect(error.message).toContain('2 of 103 rows');
  });

  it('is not taken for a matter of time when ids are long', async () => {
    const error = await millError(
      rowsAt(5)
        .map((row) => lineOf(row).replace(',100,', ',1OO,'))
        .join('\n'),
    );
    expect(error.code).toBe('E_CSV_MALFORMED');
  });
});

describe('E_CSV_TIME', () => {
  it.each([
    ['seconds', (timeMs: number) => String(timeMs).slice(0, 10), '1704412800'],
    ['nanoseconds', (timeMs: number) => `${timeMs}000000`, '1704412800000000000'],
  ])('names a time in %s', async (_, time, found) => {
    // Ids and fills of ten digits: the time is what must be quoted.
    for (const header of [true, false]) {
      const csv = csvOf(rowsAt(20), { ...USUAL, time, header });
      const error = await millError(csv);
      expect(error.code).toBe('E_CSV_TIME');
      expect(error.context).toMatchObject({ line: header ? 2 : 1, found });
      expect(error.message).toContain(`found ${found}`);
    }
  });

  it('refuses a file whose rows are all of another month, and says of which', async () => {
    const before = rowsAt(3, Date.UTC(2023, 11, 5));
    const after = rowsAt(3, Date.UTC(2024, 6, 5));
    const error = await millError(csvOf(before), { period: '2024-01' });
    expect(error.code).toBe('E_CSV_TIME');
    expect(error.message).toContain('2023-12-05T00:00:00.000Z … 2023-12-05T00:00:00.002Z');
    expect(error.context).toMatchObject({ expected: '2024-01' });
    expect((await millError(csvOf(after), { period: '2024-01' })).message).toContain(
      '2024-07-05T00:00:00.000Z',
    );
    // Both sides: the span that is named holds all of them.
    expect((await millError(csvOf([...after, ...before]), { period: '2024-01' })).message).toContain(
      '6 rows lie in 2023-12-05T00:00:00.000Z … 2024-07-05T00:00:00.002Z',
    );
  });

  it('lets a single row inside be enough', async () => {
    const { account } = await mill(csvOf([...rowsAt(3, Date.UTC(2023, 11, 5)), tick0]));
    expect(account).toMatchObject({ accepted: 1, outside: 3 });
  });
});

describe('what the source and the caller may do', () => {
  it('stops when the signal is aborted, before and in the middle', async () => {
    const controller = new AbortController();
    const csv = csvOf(rowsAt(100));
    let taken = 0;
    const milling = mill(chunked(csv, [100]), {
      signal: controller.signal,
      onBytes: () => {
        if (++taken === 3) controller.abort();
      },
    });
    await expect(milling).rejects.toMatchObject({ name: 'AbortError' });
    expect(taken).toBe(3);
    await expect(mill(csv, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('passes on what the source throws', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunked(csvOf(rowsAt(100)), [1000])();
      throw new Error('the disk is gone');
    };
    await expect(mill(failing)).rejects.toThrow('the disk is gone');
  });

  it('reports the bytes of all chunks', async () => {
    const csv = csvOf(rowsAt(100));
    let bytes = 0;
    await mill(chunked(csv, [333]), { onBytes: (more) => (bytes += more) });
    expect(bytes).toBe(csv.length);
  });
});
