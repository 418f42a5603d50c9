// @ts-check
/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} label
 * @property {'ZIP' | 'CSV' | '2 ZIPs'} input
 * @property {string} module file in ../contenders/
 * @property {number} months months of ticks that it goes through
 * @property {'BTCUSDT' | 'ETHUSDT'} [symbol] default BTCUSDT
 */

/** In the order in which every round measures them. @type {readonly Contender[]} */
export const CONTENDERS = [
  { id: 'inflate', label: 'bare node:zlib inflate', input: 'ZIP', module: 'inflate.js', months: 1 },
  { id: 'tapemill', label: 'tapemill', input: 'ZIP', module: 'tapemill.js', months: 1 },
  {
    id: 'pair',
    label: 'tapemill, two months at once',
    input: '2 ZIPs',
    module: 'tapemill-pair.js',
    months: 2,
  },
  {
    id: 'collect',
    label: 'tapemill collect, two months to 1h factors',
    input: '2 ZIPs',
    module: 'tapemill-collect.js',
    months: 2,
  },
  { id: 'clickhouse', label: 'ClickHouse (chdb)', input: 'CSV', module: 'clickhouse.js', months: 1 },
  { id: 'duckdb', label: 'DuckDB', input: 'CSV', module: 'duckdb.js', months: 1 },
  { id: 'polars', label: 'polars (Node)', input: 'CSV', module: 'polars.js', months: 1 },
  { id: 'pandas', label: 'pandas', input: 'ZIP', module: 'pandas_chunks.py', months: 1 },
];

/** Engines that take a number of threads get this many; a pair of months, as many workers. */
export const THREADS = 2;
