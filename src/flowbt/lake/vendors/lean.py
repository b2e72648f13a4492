"""lean: universe files of QuantConnect's Lean for options, one per symbol and day, `universes/SYMBOL/YYYYMMDD.csv`.

    #expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho
    ,,,476.8100,477.5300,476.2600,476.6900,59498271,,,,,,,
    20231229,270,C,206.7850,208.0850,205.9000,206.6100,46,47,0.2,0.9,0.01,0.1,-0.02,0

The row without expiry, strike and right is the underlying: its close is the price of the underlying. The day is in the file's name, and
the symbol is the folder below `universes` or given with --symbol. `close` is read as the last price. Contracts that did not trade have a
close too, in half cents, so it is probably the middle of the last quote. Bid and ask are not given. `implied_volatility` is a fraction;
0.0000001 means "not known", and the greeks (delta 1, the others 0) are unknown then. Gamma is per USD, vega per volatility point and theta
per calendar day (by their size, for deep in-the-money calls of SPY). The open interest was published on the morning of the day, and is of
the close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
OF_UNDERLYING = pl.all_horizontal(pl.col("expiry", "strike", "right").is_null())
"""A row that lacks only its strike is an option: it is set aside, and its close is not the price of the underlying."""

FORMAT = VendorFormat(
    name="lean",
    description="Universe files of QuantConnect's Lean, universes/SYMBOL/YYYYMMDD.csv, with IV and greeks.",
    layouts=(
        Layout(
            header=frozenset(
                {"expiry", "strike", "right", "close", "volume", "open_interest", "implied_volatility", *GREEKS}
            ),
            only=~OF_UNDERLYING,
            columns={
                "expiration": "expiry",
                "strike": "strike",
                "option_type": "right",
                "underlying_price": pl.col("close").filter(OF_UNDERLYING).first(),
                "last": "close",
                "iv": "implied_volatility",
                **{name: name for name in ("volume", "open_interest", *GREEKS)},
            },
            path=r"(?:/universes/(?P<symbol>[^/]+))?/(?P<date>\d{8})\.[a-z]+$",
            path_date_format="%Y%m%d",
            dates=("%Y%m%d", "%Y-%m-%d"),
            quoted=0,
            missing={"last": (0,), "underlying_price": (0,)},
            values={
                "iv": pl.when(pl.col("iv") > 1e-6).then(pl.col("iv")),
                **{name: pl.when(pl.col("iv") > 1e-6).then(pl.col(name)) for name in GREEKS},
            },
        ),
    ),
)
