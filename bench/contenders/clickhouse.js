// @ts-check
import { queryAsync } from 'chdb';

/** @param {any} job */
export async function load({ csv, threads }) {
  await queryAsync('SELECT 1'); // the engine starts with its first query
  return { work: () => queryAsync(sql(csv, threads), { format: 'RowBinary' }), finish };
}

/**
 * `nth` orders the ticks of a minute by (time, agg_trade_id): 16 bits of time above 46 of the id. As one number it
 * takes a third less time than `argMin(price, tuple(transact_time, agg_trade_id))`.
 * @param {string} csv @param {number} threads
 */
const sql = (csv, threads) => `
WITH
  intDiv(transact_time, 60000) * 60000 AS minute,
  price * quantity AS quote, is_buyer_maker AS sell, NOT is_buyer_maker AS buy,
  (transact_time % 60000) * ${2 ** 46} + agg_trade_id AS nth
SELECT
  toFloat64(minute), toFloat64(count()), sum(quantity), sum(quote),
  sumIf(quantity, buy), sumIf(quantity, sell), sumIf(quote, buy), sumIf(quote, sell),
  sumIf(quote * quote, buy), sumIf(quote * quote, sell), toFloat64(countIf(buy)), toFloat64(countIf(sell)),
  sumIf(quote, buy AND quote >= 50000), sumIf(quote, sell AND quote >= 50000),
  sumIf(quote, buy AND quote <= 1000), sumIf(quote, sell AND quote <= 1000),
  toFloat64(min(transact_time) * 1000), argMin(price, nth), toFloat64(max(transact_time) * 1000), argMax(price, nth),
  max(price), min(price)
FROM file('${csv.replaceAll("'", "\\'")}', 'CSVWithNames',
  'agg_trade_id Int64, price Float64, quantity Float64, first_trade_id Int64, last_trade_id Int64,
   transact_time Int64, is_buyer_maker Bool')
GROUP BY minute ORDER BY minute
SETTINGS max_threads = ${threads}`;

const WIDTH = 22;

/** All columns are doubles, row after row. @param {import('chdb').ChdbResult} result */
async function finish(result) {
  const cells = new Float64Array(result.bytes().slice().buffer);
  const length = cells.length / WIDTH;
  return {
    table: Array.from({ length: WIDTH }, (_, i) =>
      Float64Array.from({ length }, (_, row) => cells[row * WIDTH + i]),
    ),
  };
}
