"""ohlcv: daily price bars as CSV or Parquet with a header in any of the usual spellings.

The symbol comes from a column, from --symbol, or from the file's name up to its first underscore (`IWM_2026.csv` is IWM); from
that of its folder where the file is called `underlying_prices` (`parquet_iwm/underlying_prices.parquet`).
"""

from flowbt.lake.vendors.base import Layout, VendorFormat

FORMAT = VendorFormat(
    name="ohlcv",
    table="prices",
    description="Daily price bars as CSV; symbol from a column, --symbol, or the file's name.",
    layouts=(
        Layout(
            header=frozenset({"date|timestamp|datetime|day", "open", "high", "low", "close"}),
            without=frozenset({"strike"}),
            columns={
                **{name: name for name in ("open", "high", "low", "close")},
                "date": ("date", "timestamp", "datetime", "day"),
                "symbol": ("symbol", "ticker"),
                "volume": ("volume", "vol"),
                "adj_close": ("adj_close", "adj._close", "adjclose", "adjusted_close"),
            },
            path=r"/(?:parquet_)?(?P<symbol>[^/_.]+)(?:/underlying(?:_prices)?\.\w+|[^/]*)$",
        ),
    ),
)
