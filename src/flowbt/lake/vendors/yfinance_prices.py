"""yfinance-prices: price bars as `yfinance` gives them by default, adjusted for dividends.

    Date,Open,High,Low,Close,Volume,Dividends,Stock Splits[,Capital Gains]     Ticker.history(), saved as CSV or Parquet
    Price,Close,High,Low,Open,Volume                                           download(), one symbol or several
    Ticker,IWM,IWM,IWM,IWM,IWM
    Date,,,,,

Without a column `Adj Close` all prices are adjusted, which is yfinance's default: `close` is then `adj_close` too. Every bar gets the
warning DIVIDEND_ADJUSTED, since such a price is below the traded one, and strikes are compared with it. `auto_adjust=False` gives both
prices; files with both have the format `ohlcv`. Prices are always adjusted for splits. Dividends and splits go to the table `actions`.
The symbol is in the header or in the file's name, as for `ohlcv`.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.ohlcv import DATES, DAYS
from flowbt.lake.vendors.symbol_in_name import NAMED
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="yfinance-prices",
    table="prices",
    description="Price bars of yfinance, adjusted for dividends: Ticker.history() and download(), one symbol or several.",
    layouts=(
        Layout(
            header=frozenset({DAYS, "open", "high", "low", "close", "stock_splits|$.tickers"}),
            without=frozenset({"adj_close"}),
            columns={
                **{name: name for name in ("open", "high", "low", "close", "volume")},
                "date": DATES,
                "symbol": ("ticker", "symbol"),
                "adj_close": "close",
                "dividend": "dividends",
                "split": "stock_splits",
            },
            optional=frozenset({"symbol", "volume", "dividend", "split"}),
            path=rf"/{NAMED}",
            warning="DIVIDEND_ADJUSTED",
        ),
    ),
)
