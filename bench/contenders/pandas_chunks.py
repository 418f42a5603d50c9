"""ZIP to minute bars as a careful pandas script does it: rows in chunks, grouped by minute, the parts combined.

Started like lib/child.js, and reports in the same way.
"""

import json
import resource
import sys
import time
import zipfile

import pandas as pd

CHUNK_ROWS = 1_000_000
KEYS = ["transact_time", "agg_trade_id"]
SUMS = [
    "trade_count", "base_volume", "quote_volume",
    "taker_buy_qty", "taker_sell_qty", "taker_buy_quote", "taker_sell_quote",
    "taker_buy_quote_sq", "taker_sell_quote_sq", "taker_buy_trade_count", "taker_sell_trade_count",
    "whale_buy_quote", "whale_sell_quote", "retail_buy_quote", "retail_sell_quote",
]  # fmt: skip


def work(path):
    parts = []
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
        columns = ["agg_trade_id", "price", "quantity", "transact_time", "is_buyer_maker"]
        for chunk in pd.read_csv(member, usecols=columns, chunksize=CHUNK_ROWS):
            parts.append(aggregate(chunk))
    return combine(pd.concat(parts))


def aggregate(ticks):
    ticks = ticks.sort_values(KEYS, kind="stable")
    ticks["minute"] = pd.to_datetime(ticks["transact_time"], unit="ms", utc=True).dt.floor("min")
    ticks["trade_count"] = 1
    ticks["base_volume"] = ticks["quantity"]
    ticks["quote_volume"] = quote = ticks["price"] * ticks["quantity"]
    for side, mask in (("buy", ~ticks["is_buyer_maker"]), ("sell", ticks["is_buyer_maker"])):
        ticks[f"taker_{side}_qty"] = ticks["quantity"].where(mask, 0.0)
        ticks[f"taker_{side}_quote"] = quote.where(mask, 0.0)
        ticks[f"taker_{side}_quote_sq"] = (quote * quote).where(mask, 0.0)
        ticks[f"taker_{side}_trade_count"] = mask.astype("int64")
        ticks[f"whale_{side}_quote"] = quote.where(mask & (quote >= 50_000), 0.0)
        ticks[f"retail_{side}_quote"] = quote.where(mask & (quote <= 1_000), 0.0)
    groups = ticks.groupby("minute", sort=False)
    bars = groups[SUMS].sum()
    ends = groups[[*KEYS, "price"]]
    for end, ticks_at_end in (("first", ends.first()), ("last", ends.last())):
        bars[[f"{end}_ts", f"{end}_id", f"price_{end}"]] = ticks_at_end
    bars["price_high"], bars["price_low"] = groups["price"].max(), groups["price"].min()
    return bars


def combine(parts):
    """A minute can lie in two chunks."""
    bars = parts.groupby("minute")[SUMS].sum()
    first = parts.sort_values(["first_ts", "first_id"]).groupby("minute")
    last = parts.sort_values(["last_ts", "last_id"]).groupby("minute")
    bars["first_ts"], bars["price_first"] = first["first_ts"].first() * 1000, first["price_first"].first()
    bars["last_ts"], bars["price_last"] = last["last_ts"].last() * 1000, last["price_last"].last()
    bars["price_high"], bars["price_low"] = first["price_high"].max(), first["price_low"].min()
    return bars


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_rss_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


job = json.loads(sys.argv[1])
print("ready", flush=True)
cpu, started = cpu_seconds(), time.perf_counter()
bars = work(job["months"][0]["zip"])
report = {
    "seconds": time.perf_counter() - started,
    "cpuSeconds": cpu_seconds() - cpu,
    "peakRssBytes": peak_rss_bytes(),
}
if job["resultPath"]:
    minute = bars.index.view("int64") // 1_000_000
    with open(job["resultPath"], "wb") as file:
        for column in [minute, *(bars[name].to_numpy() for name in bars.columns)]:
            file.write(column.astype("<f8").tobytes())
print(json.dumps(report))
