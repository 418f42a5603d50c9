// @ts-check
import { DuckDBInstance } from '@duckdb/node-api';

/** @param {any} job */
export async function load({ csv, threads }) {
  const database = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    preserve_insertion_order: 'false',
  });
  const connection = await database.connect();
  return { work: () => connection.runAndReadAll(sql(csv)), finish };
}

/**
 * `nth` orders the ticks of a minute by (time, agg_trade_id): 16 bits of time above 46 of the id. As one number it
 * takes a tenth less time than `arg_min(price, (transact_time, agg_trade_id))`.
 * @param {string} csv
 */
const sql = (csv) => `
WITH ticks AS (
  SELECT
    transact_time // 60_000 * 60_000 AS minute, price, quantity, price * quantity AS quote,
    transact_time AS time, is_buyer_maker AS sell, NOT is_buyer_maker AS buy,
    (transact_time % 60_000) * ${2 ** 46} + agg_trade_id AS nth
  FROM read_csv('${csv.replaceAll("'", "''")}',
    auto_detect = false, header = true, delim = ',', quote = '', escape = '', new_line = '\\n',
    columns = {
      agg_trade_id: 'BIGINT', price: 'DOUBLE', quantity: 'DOUBLE', first_trade_id: 'BIGINT',
      last_trade_id: 'BIGINT', transact_time: 'BIGINT', is_buyer_maker: 'BOOLEAN'
    })
)
SELECT
  minute, count(*), sum(quantity), sum(quote),
  sum(quantity) FILTER (buy), sum(quantity) FILTER (sell), sum(quote) FILTER (buy), sum(quote) FILTER (sell),
  sum(quote * quote) FILTER (buy), sum(quote * quote) FILTER (sell), count(*) FILTER (buy), count(*) FILTER (sell),
  sum(quote) FILTER (buy AND quote >= 50_000), sum(quote) FILTER (sell AND quote >= 50_000),
  sum(quote) FILTER (buy AND quote <= 1_000), sum(quote) FILTER (sell AND quote <= 1_000),
  min(time) * 1000, arg_min(price, nth), max(time) * 1000, arg_max(price, nth), max(price), min(price)
FROM ticks GROUP BY minute ORDER BY minute`;

/** A sum over nothing is null. @param {import('@duckdb/node-api').DuckDBResultReader} reader */
async function finish(reader) {
  return {
    table: reader.getColumns().map((column) => Float64Array.from(column, (value) => Number(value ?? 0))),
  };
}
