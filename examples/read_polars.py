"""Reading what tapemill writes, in polars: the minute layer of all symbols without loading it.

    python examples/read_polars.py data
"""

import sys

import polars as pl

data = sys.argv[1]

# One lazy frame over all months of all symbols; the folder says the symbol.
minutes = pl.scan_parquet(f"{data}/binance_aggTrades_1m_parquet/*/*.parquet", include_file_paths="path")
per_symbol = (
    minutes.with_columns(pl.col("path").str.extract(r"([^/]+)/[^/]+\.parquet$").alias("symbol"))
    .group_by("symbol")
    .agg(
        pl.len().alias("minutes"),
        pl.col("trade_count").sum().alias("ticks"),
        (pl.col("whale_buy_quote") - pl.col("whale_sell_quote")).sum().alias("whale_cvd_quote"),
    )
    .sort("symbol")
)
print(per_symbol.collect())

# All symbols of the wide table are one file, sorted by symbol and time.
# pl.scan_parquet(f"{data}/final_dataset_all.parquet").filter(pl.col("is_valid_for_training") == 1)
