"""Reading what tapemill writes, in DuckDB: SQL straight over the files. `tapemill query` does the same without Python.

    python examples/read_duckdb.py data
"""

import sys

import duckdb

data = sys.argv[1]

print(
    duckdb.sql(
        f"""
        SELECT parse_filename(filename).replace('_aggTrades.parquet', '') AS symbol,
               time_bucket(INTERVAL 1 DAY, minute) AS day,
               sum(cvd_quote) AS cvd_quote,
               sum(whale_cvd_quote) AS whale_cvd_quote,
               sum(quote_volume) / sum(base_volume) AS vwap
        FROM read_parquet('{data}/binance_aggTrades/*_aggTrades.parquet', filename = true)
        GROUP BY ALL ORDER BY ALL LIMIT 5
        """
    )
)
