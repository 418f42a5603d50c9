import { TapemillError } from '../../errors.js';
import type { EpochMicros } from '../../time/index.js';

/** Who was liquidated, and that side's number in the column `side`. */
export const SIDE = { long: 0, short: 1 } as const;
export type LiquidatedSide = keyof typeof SIDE;

/**
 * Liquidations in normal form, as columns of equal length, one row per event; nothing is ever null or NaN.
 *
 * An order that sells closes a long (`side` 0, long), one that buys closes a short (`side` 1, short).
 * Functions of this folder take events in any order, unless they say that they must be sorted by `ts`.
 */
export interface LiquidationEvents {
  readonly length: number;
  /** µs since the epoch, UTC; whole numbers. */
  readonly ts: Float64Array;
  /** 0: a long was liquidated, 1: a short (`SIDE`). */
  readonly side: Uint8Array;
  /** Quote per base, above 0. */
  readonly price: Float64Array;
  /** Base. */
  readonly qty: Float64Array;
  /** Quote: price × qty; of coin-margined contracts, contracts × contract size in US dollars. */
  readonly value: Float64Array;
}

/** One event as plain data. */
export interface LiquidationRow {
  readonly ts: EpochMicros;
  readonly side: LiquidatedSide;
  readonly price: number;
  readonly qty: number;
  /** Default: price × qty. */
  readonly value?: number;
}

export function allocateEvents(length: number): LiquidationEvents {
  return {
    length,
    ts: new Float64Array(length),
    side: new Uint8Array(length),
    price: new Float64Array(length),
    qty: new Float64Array(length),
    value: new Float64Array(length),
  };
}

/** Events of plain rows, in their order. @throws `E_USAGE` for a row that `checkEvents` refuses */
export function eventsFromRows(rows: readonly LiquidationRow[]): LiquidationEvents {
  const events = allocateEvents(rows.length);
  rows.forEach(({ ts, side, price, qty, value }, row) => {
    if (!Object.hasOwn(SIDE, side)) fail(row, 'side', '"long" or "short"', `"${side}"`);
    events.ts[row] = ts;
    events.side[row] = SIDE[side];
    events.price[row] = price;
    events.qty[row] = qty;
    events.value[row] = value ?? price * qty;
  });
  checkEvents(events);
  return events;
}

/** A time in seconds, milliseconds or nanoseconds, taken for µs, lies far outside. */
const EARLIEST_US = Date.UTC(2010, 0, 1) * 1000;
const LATEST_US = Date.UTC(2100, 0, 1) * 1000;
/** The bounds of a number in a source file. */
const SMALLEST = 1e-18;
const LARGEST = 1e18;
/** Of the product of two. The fourth power of anything between, and of what lies between two of them, is a normal double. */
const SMALLEST_VALUE = 1e-36;
const LARGEST_VALUE = 1e36;

/** @throws `E_USAGE` naming the first row and column that is not in normal form */
export function checkEvents(events: LiquidationEvents): void {
  const { length, ts, side, price, qty, value } = events;
  for (const [name, column] of Object.entries({ ts, side, price, qty, value })) {
    if (!ArrayBuffer.isView(column) || column.length !== length) {
      const found = ArrayBuffer.isView(column) ? `${column.length}` : typeof column;
      throw new TapemillError(
        'E_USAGE',
        `events: expected a column ${name} of ${length} rows, found ${found}`,
        {
          column: name,
          expected: `${length} rows`,
          found,
        },
      );
    }
  }
  for (let row = 0; row < length; row++) {
    if (!isTime(ts[row]!)) fail(row, 'ts', 'whole µs since 1970 between 2010 and 2100', `${ts[row]}`);
    if (side[row]! > 1) fail(row, 'side', '0 (long) or 1 (short)', `${side[row]}`);
    if (!(price[row]! >= SMALLEST && price[row]! <= LARGEST)) {
      fail(row, 'price', '1e-18 … 1e18', `${price[row]}`);
    }
    if (!isAmount(qty[row]!, SMALLEST, LARGEST)) fail(row, 'qty', '0 or 1e-18 … 1e18', `${qty[row]}`);
    if (!isAmount(value[row]!, SMALLEST_VALUE, LARGEST_VALUE)) {
      fail(row, 'value', '0 or 1e-36 … 1e36', `${value[row]}`);
    }
  }
}

/** A plausible instant in µs; also what the spans of a coverage must consist of. */
export function isTime(us: number): boolean {
  return us >= EARLIEST_US && us < LATEST_US && Number.isInteger(us);
}

function isAmount(x: number, smallest: number, largest: number): boolean {
  return (x >= smallest && x <= largest) || x === 0;
}

function fail(row: number, column: string, expected: string, found: string): never {
  throw new TapemillError(
    'E_USAGE',
    `events: expected ${column} of row ${row} to be ${expected}, found ${found}`,
    {
      column,
      expected,
      found,
    },
  );
}

/** All rows of the parts, one part after the other. */
export function concatEvents(parts: readonly LiquidationEvents[]): LiquidationEvents {
  const whole = allocateEvents(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.ts.set(part.ts, at);
    whole.side.set(part.side, at);
    whole.price.set(part.price, at);
    whole.qty.set(part.qty, at);
    whole.value.set(part.value, at);
    at += part.length;
  }
  return whole;
}

/** The events of `[startUs, endUs)`, as views of the same memory. The events must be sorted by time. */
export function sliceEvents(
  events: LiquidationEvents,
  startUs: EpochMicros,
  endUs: EpochMicros,
): LiquidationEvents {
  const from = firstAtOrAfter(events.ts, startUs);
  const to = Math.max(from, firstAtOrAfter(events.ts, endUs));
  return {
    length: to - from,
    ts: events.ts.subarray(from, to),
    side: events.side.subarray(from, to),
    price: events.price.subarray(from, to),
    qty: events.qty.subarray(from, to),
    value: events.value.subarray(from, to),
  };
}

/** Row of the first time ≥ `us` in a sorted column; its length when there is none. */
export function firstAtOrAfter(ts: Float64Array, us: EpochMicros): number {
  let low = 0;
  let high = ts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ts[middle]! < us) low = middle + 1;
    else high = middle;
  }
  return low;
}
