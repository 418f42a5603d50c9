/** Reading what tapemill writes, in DuckDB from Node. `node examples/read-duckdb.js data` */
import { DuckDBInstance } from '@duckdb/node-api';

const [data = 'data'] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create()).connect();
const reader = await connection.runAndReadAll(`
  SELECT parse_filename(filename).replace('_aggTrades.parquet', '') AS symbol,
         count(*) AS bars, sum(cvd_quote) AS cvd_quote, sum(whale_cvd_quote) AS whale_cvd_quote
  FROM read_parquet('${data}/binance_aggTrades/*_aggTrades.parquet', filename = true)
  GROUP BY ALL ORDER BY ALL`);
console.table(reader.getRowObjectsJson());
