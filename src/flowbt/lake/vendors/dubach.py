"""dubach: the option history of `philippdubach/options-dataset-hist` (MIT; SPY, IWM, QQQ), one row per option.

    contract_id,symbol,expiration,strike,type,last,mark,bid,bid_size,ask,ask_size,volume,open_interest,date,
    implied_volatility,delta,gamma,theta,vega,rho,in_the_money

The set is published as Parquet, one file per year (`data/parquet_spy/options_2024.parquet`), and as SQLite (`spy_options.db`,
table `options_data`). Some releases lack `last`, `mark`, the sizes and `in_the_money`. Its description states that chains are
snapshots at the market close and theta is per day. It does not name its source; columns and values match Alpha Vantage's
historical options (`alpha_vantage.py`), so the same numbers mean "not known": 0 in `last`, `ask` and the volatility, and a
volatility of 0.01488, which is given if no volatility fits the price (often in 2008 and 2009). Greeks are unknown if the
volatility is. `in_the_money` is 0 in every row and is not read. There is no underlying price: daily bars are in a separate file or
table, `underlying_prices`, which is read as `ohlcv`. The session of the open interest is not documented, so the lag is left open
and detected from the data.
"""

from dataclasses import replace

from flowbt.lake.vendors import alpha_vantage
from flowbt.lake.vendors.vendor_format import VendorFormat

TABLE = replace(
    alpha_vantage.TABLE,
    header=alpha_vantage.TABLE.header - {"contractid", "last", "mark"} | {"contract_id"},
    columns={**alpha_vantage.TABLE.columns, "contract": "contract_id"},
    optional=frozenset({"last"}),
)

FORMAT = VendorFormat(
    name="dubach",
    description="The free history of SPY, IWM and QQQ options by P. Dubach, as Parquet, CSV or SQLite; see `flowbt fetch`.",
    open_interest="not established",
    suffixes=(".csv", ".parquet", ".db", ".sqlite", ".sqlite3"),
    layouts=(TABLE,),
)
