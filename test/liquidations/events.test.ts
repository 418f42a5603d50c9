import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import {
  type LiquidationRow,
  allocateEvents,
  checkEvents,
  concatEvents,
  dropEqualEvents,
  eventsFromRows,
  sliceEvents,
  sortEvents,
} from '../../src/factors/index.js';

const T0 = Date.UTC(2025, 9, 1) * 1000;
const good: LiquidationRow = { ts: T0, side: 'long', price: 2, qty: 3 };

function refusal(run: () => unknown): TapemillError {
  try {
    run();
  } catch (error) {
    if (TapemillError.is(error)) return error;
  }
  throw new Error('expected a TapemillError');
}

const anyRows = fc.array(
  fc.record({
    ts: fc.integer({ min: 0, max: 40 }).map((tick) => T0 + tick),
    side: fc.constantFrom('long', 'short'),
    price: fc.integer({ min: 1, max: 3 }),
    qty: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 120, size: 'max' },
);

describe('events', () => {
  it('are rows in columns, their value price × quantity unless it is given', () => {
    const events = eventsFromRows([good, { ...good, side: 'short', value: 100 }]);
    expect([...events.side]).toEqual([0, 1]);
    expect([...events.value]).toEqual([6, 100]);
  });

  it.each([
    [{ ts: T0 / 1000 }, 'ts'],
    [{ ts: T0 * 1000 }, 'ts'],
    [{ ts: T0 + 0.5 }, 'ts'],
    [{ ts: NaN }, 'ts'],
    [{ side: 'sell' }, 'side'],
    [{ price: 0 }, 'price'],
    [{ price: Infinity }, 'price'],
    [{ qty: -1 }, 'qty'],
    [{ qty: NaN }, 'qty'],
    [{ value: Infinity }, 'value'],
    [{ value: -1 }, 'value'],
  ])('are refused with %j, naming row and column', (own, column) => {
    const error = refusal(() => eventsFromRows([good, { ...good, ...own } as LiquidationRow]));
    expect(error.code).toBe('E_USAGE');
    expect(error.context.column).toBe(column);
    expect(error.message).toMatch(new RegExp(`expected ${column} of row 1 to be .+, found `));
  });

  it('are refused when a column is missing, too short, or has a side that is none', () => {
    const events = eventsFromRows([good, good]);
    const checkWith = (own: object) => () => {
      checkEvents({ ...events, ...own });
    };
    expect(refusal(checkWith({ qty: new Float64Array(1) })).message).toContain('2 rows, found 1');
    expect(refusal(checkWith({ value: undefined })).message).toContain('column value');
    expect(refusal(checkWith({ side: Uint8Array.of(0, 2) })).context.column).toBe('side');
    checkEvents(allocateEvents(0));
  });

  it('are sorted stably', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        // The value tells where a row stood.
        const sorted = sortEvents(eventsFromRows(rows.map((row, index) => ({ ...row, value: index + 1 }))));
        const want = rows.map((row, index) => ({ ...row, index })).sort((a, b) => a.ts - b.ts);
        expect([...sorted.value]).toEqual(want.map((row) => row.index + 1));
        expect([...sorted.ts]).toEqual(want.map((row) => row.ts));
        expect([...sorted.side]).toEqual(want.map((row) => Number(row.side === 'short')));
        expect([...sorted.price]).toEqual(want.map((row) => row.price));
        expect([...sorted.qty]).toEqual(want.map((row) => row.qty));
      }),
    );
  });

  it('that are sorted are not copied', () => {
    const events = eventsFromRows([good, good, { ...good, ts: T0 + 1 }]);
    expect(sortEvents(events)).toBe(events);
  });

  it('are put one behind the other, and cut by time', () => {
    fc.assert(
      fc.property(anyRows, anyRows, fc.nat(45), fc.nat(45), (a, b, from, to) => {
        const whole = sortEvents(concatEvents([eventsFromRows(a), eventsFromRows(b)]));
        const part = sliceEvents(whole, T0 + from, T0 + to);
        const want = [...a, ...b].filter((row) => row.ts >= T0 + from && row.ts < T0 + to);
        expect([...part.ts]).toEqual(want.map((row) => row.ts).sort((x, y) => x - y));
        expect(part.value.reduce((sum, value) => sum + value, 0)).toBe(
          want.reduce((sum, row) => sum + row.price * row.qty, 0),
        );
        checkEvents(part);
      }),
    );
  });

  it('that equal an earlier one are dropped and counted, be they few or many of one time', () => {
    fc.assert(
      fc.property(anyRows, fc.boolean(), (rows, sameTime) => {
        const all = sortEvents(eventsFromRows(sameTime ? rows.map((row) => ({ ...row, ts: T0 })) : rows));
        const keys = Array.from(all.ts, (ts, row) =>
          [ts, all.side[row], all.price[row], all.qty[row]].join(),
        );
        const { events, dropped } = dropEqualEvents(all);
        const kept = Array.from(events.ts, (ts, row) =>
          [ts, events.side[row], events.price[row], events.qty[row]].join(),
        );
        expect(kept).toEqual([...new Set(keys)]);
        expect(dropped).toBe(keys.length - kept.length);
        expect(events.length).toBe(kept.length);
      }),
    );
  });

  it.each([0, 30])('differ when one column does, among few or many of one time (%i more)', (more) => {
    const row = { ...good, value: 6 };
    const others = [{ side: 'short' as const }, { price: 5 }, { qty: 5 }, { value: 5 }];
    const rows = [
      row,
      ...others.map((own) => ({ ...row, ...own })),
      ...new Array<typeof row>(more + 1).fill(row),
    ];
    const { events, dropped } = dropEqualEvents(eventsFromRows(rows));
    expect([events.length, dropped]).toEqual([5, more + 1]);
  });
});
