"""cboe-daily-csv: chains of an index as CSV, one file per day, one row per option.

    underlying,underlying_last,exchange,optionroot,type,expiration,quotedate,strike,last,net,bid,ask,volume,openinterest,
    impliedvol,delta,gamma

`optionroot` is the whole contract symbol (`SPXW190426C00800000`), dates are M/D/YYYY. `quotedate` has no time: files are snapshots of
any time of the day, not of the close, so the quote time is unknown. `impliedvol` is a fraction; 0 means "not known" in it and in `last`
and `ask`; delta is given even without a volatility. `gamma` is per USD (on SPX it agrees with Black-Scholes). Theta and vega are not
given. The open interest in the row dated t is of the close before (measured on 34 days of SPX).
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="cboe-daily-csv",
    description="Daily files of an index's chain with bid, ask, IV, delta and gamma, one row per option; snapshots of any time.",
    layouts=(
        Layout(
            header=frozenset(
                {
                    "underlying",
                    "underlying_last",
                    "optionroot",
                    "type",
                    "expiration",
                    "quotedate",
                    "strike",
                    "bid",
                    "ask",
                }
            ),
            without=frozenset({"optionext", "optionalias"}),
            columns={
                "symbol": "underlying",
                "underlying_price": "underlying_last",
                "contract": "optionroot",
                "option_type": "type",
                "expiration": "expiration",
                "date": "quotedate",
                "strike": "strike",
                "last": "last",
                "bid": "bid",
                "ask": "ask",
                "volume": "volume",
                "open_interest": "openinterest",
                "iv": "impliedvol",
                "delta": "delta",
                "gamma": "gamma",
            },
            dates=("%m/%d/%Y",),
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
        ),
    ),
)
