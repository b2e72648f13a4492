"""ohlcv: daily price bars as CSV or Parquet with a header in any of the usual spellings.

    Date,Open,High,Low,Close,Adj Close,Volume                              Yahoo, and most others
    date,close,high,low,open,volume,adjClose,...,divCash,splitFactor       Tiingo
    timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient     Alpha Vantage
    Date,Open,High,Low,Close,Volume                                        Stooq, MarketWatch ("1,234,567"), TradingView (time)

The symbol comes from a column, from --symbol, or from the file's name (`symbol_in_name.py`): the part before its first underscore or its
ending, including a share class or a market of one or two letters (`IWM_2026.csv` is IWM, `BRK.B.csv` BRK.B, `SAP.DE.csv` SAP.DE,
`spy.us.txt` of Stooq SPY, `daily_IWM.csv` of Alpha Vantage IWM, `BATS_SPY, 1D.csv` of TradingView SPY). The caret of an index is removed
(`^GSPC.csv` is GSPC; `--symbol SPX` stores it with the options). A file `underlying_prices` in a folder `parquet_iwm` is of IWM.

Dividends are in USD per share and splits in new shares per old share. Dividends other than 0, and splits other than 0 and 1, go to the
table `actions`. Stooq's prices are adjusted for splits and dividends, although the file does not mention it.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.symbol_in_name import NAMED_OR_IN_FOLDER
from flowbt.lake.vendors.vendor_format import VendorFormat

DATES = ("date", "timestamp", "datetime", "day", "time")
DAYS = "|".join(DATES)
"""Possible names of the date column."""
FORMAT = VendorFormat(
    name="ohlcv",
    table="prices",
    description="Daily price bars as CSV; symbol from a column, --symbol, or the file's name.",
    layouts=(
        Layout(
            header=frozenset({DAYS, "open", "high", "low", "close"}),
            without=frozenset({"strike"}),
            columns={
                **{name: name for name in ("open", "high", "low", "close")},
                "date": DATES,
                "symbol": ("symbol", "ticker", "act_symbol"),
                "volume": ("volume", "vol"),
                "adj_close": ("adj_close", "adj._close", "adjclose", "adjusted_close"),
                "dividend": ("dividends", "dividend", "divcash", "dividend_amount"),
                "split": ("stock_splits", "splitfactor", "split_coefficient"),
            },
            optional=frozenset({"symbol", "volume", "adj_close", "dividend", "split"}),
            path=rf"/{NAMED_OR_IN_FOLDER}",
            empty=("null", "N/A"),
            repairs=("thousands", "currency"),
        ),
    ),
)
