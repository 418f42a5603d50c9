import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query over one Parquet file, which is called `t` in it. */
export async function queryFile(path: string, sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`CREATE VIEW t AS SELECT * FROM read_parquet('${path}')`);
  return (await connection.runAndReadAll(sql)).getRows();
}
