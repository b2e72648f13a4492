"""yfinance-prices: price bars as `yfinance` gives them unless asked otherwise, adjusted for dividends.

    Date,Open,High,Low,Close,Volume,Dividends,Stock Splits[,Capital Gains]     Ticker.history(), saved as CSV or Parquet
    Price,Close,High,Low,Open,Volume                                           download(), one symbol or several
    Ticker,IWM,IWM,IWM,IWM,IWM
    Date,,,,,

Without a column `Adj Close` all prices are adjusted, which is what yfinance does by default: `close` is then `adj_close` too, and every
bar bears the warning DIVIDEND_ADJUSTED, for such a price is below the one that was traded, and strikes are compared with it. `auto_adjust=False`
gives both; files with both are `ohlcv`. Splits are in the prices either way. Dividends and splits go into the table `actions`. The
symbol is in the header, or the file's name, as of `ohlcv`.
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
