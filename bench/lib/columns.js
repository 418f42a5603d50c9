// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';

/** What every contender has to find for every minute: the first 22 columns of a minute bar, `minute` included. */
export const COLUMNS = [
  'minute',
  'trade_count',
  ...['base_volume', 'quote_volume'],
  ...['taker_buy_qty', 'taker_sell_qty', 'taker_buy_quote', 'taker_sell_quote'],
  ...['taker_buy_quote_sq', 'taker_sell_quote_sq', 'taker_buy_trade_count', 'taker_sell_trade_count'],
  ...['whale_buy_quote', 'whale_sell_quote', 'retail_buy_quote', 'retail_sell_quote'],
  ...['first_ts', 'price_first', 'last_ts', 'price_last', 'price_high', 'price_low'],
];

/** Sums of doubles may differ in their last digits with the order of summing; nothing else may. */
const SUMS = /_(volume|qty|quote|quote_sq)$/;
const TOLERANCE = 1e-9;

/** @typedef {Float64Array[]} Table one array for each of COLUMNS, sorted by minute; minute in ms, times in µs */

/** @param {string} path @param {Table} table */
export function writeTable(path, table) {
  writeFileSync(path, Buffer.concat(table.map((c) => new Uint8Array(c.buffer, c.byteOffset, c.byteLength))));
}

/** @param {string} path @returns {Table} */
export function readTable(path) {
  const bytes = readFileSync(path);
  const length = bytes.length / COLUMNS.length / 8;
  return COLUMNS.map(
    (_, i) => new Float64Array(bytes.buffer.slice(bytes.byteOffset + i * length * 8), 0, length),
  );
}

/** Months that follow one another in the file. @param {Table[]} tables @returns {Table} */
export function joinTables(tables) {
  return tables[0].map((_, i) => Float64Array.from(tables.flatMap((table) => [...table[i]])));
}

/**
 * @param {Table} expected @param {Table} found
 * @returns {string | null} the first minute and column that differ, in words
 */
export function firstDifference(expected, found) {
  const length = Math.max(expected[0].length, found[0].length);
  for (let row = 0; row < length; row++) {
    for (const [i, name] of COLUMNS.entries()) {
      const [a, b] = [expected[i][row], found[i][row]];
      if (a === b || (SUMS.test(name) && Math.abs(a - b) <= TOLERANCE * Math.abs(a))) continue;
      const minute = new Date(expected[0][row] ?? found[0][row]).toISOString();
      return `minute ${row + 1} of ${length} (${minute}): ${name} is ${b}, tapemill has ${a}`;
    }
  }
  return null;
}
