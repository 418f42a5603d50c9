"""Reading what tapemill writes, in pandas: hourly factors, and the wide table as X and y.

    python examples/read_pandas.py data SIMAUSDT
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

data, symbol = Path(sys.argv[1]), sys.argv[2]

# 1. Factors. `minute` is the start of the bar, UTC; nulls are empty.
bars = pd.read_csv(data / f"binance_aggTrades/{symbol}_aggTrades.csv", index_col="minute", parse_dates=True)
print(f"{symbol}: {len(bars)} bars, {bars.index[0]} to {bars.index[-1]}")
print("CVD of the day with the largest whale flow:")
daily = bars[["cvd_quote", "whale_cvd_quote", "retail_cvd_quote"]].resample("1D").sum()
print(daily.loc[[daily["whale_cvd_quote"].abs().idxmax()]].round(0).to_string())

# 2. The wide table, if it is built. A row t holds what was known at the end of its bar.
wide_path = data / f"final_dataset/{symbol}_final.csv"
if wide_path.exists():
    wide = pd.read_csv(wide_path, index_col="datetime", parse_dates=True)
    rows = wide[wide["is_valid_for_training"] == 1]
    # The return of the next bar; null where that bar is not there.
    after = wide["close"].reindex(rows.index + pd.Timedelta("1h")).to_numpy()
    y = pd.Series(np.log(after) - np.log(rows["close"].to_numpy()), rows.index, name="y_logret_1h")
    x = rows.select_dtypes("number")
    print(f"X {x.shape[0]} × {x.shape[1]}, y known in {y.notna().sum()} rows")
