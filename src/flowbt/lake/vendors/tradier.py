"""tradier: option chains of Tradier's API, one JSON document for one expiry or several.

    {"options": {"option": [{"symbol": "VXX260116C00016000", "description": ..., "exch": "Z", "type": "option", "last": 1.2,
      "change": ..., "volume": 10, "open": ..., "close": ..., "bid": 1.1, "ask": 1.3, "underlying": "VXX", "strike": 16.0,
      "greeks": {"delta": 0.5, "gamma": 0.1, "theta": -0.02, "vega": 0.03, "rho": ..., "phi": ..., "bid_iv": ..., "mid_iv": 0.6,
                 "ask_iv": ..., "smv_vol": ..., "updated_at": "2026-01-08 20:59:08"},
      "bid_date": 1767905990000, "ask_date": 1767905992000, "open_interest": 50, "contract_size": 100,
      "expiration_date": "2026-01-16", "expiration_type": "standard", "option_type": "call", "root_symbol": "VXX"}]}}

The day and the quote time are those of the latest quote in the document (`bid_date`, `ask_date`: milliseconds since 1970). A document
without them needs --date. The volatility (`mid_iv`, a fraction) and the greeks come from ORATS and are up to an hour older than the
quotes; theta is per calendar day, vega per volatility point. 0 means "not known" in `last`, `ask` and the volatility. There is no price
of the underlying. Open interest is the last published value, of the close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
YOUNGEST = pl.max_horizontal(pl.col(side).cast(pl.Int64, strict=False).max() for side in ("bid_date", "ask_date"))
MOMENT = pl.from_epoch(YOUNGEST, time_unit="ms").dt.replace_time_zone("UTC")

FORMAT = VendorFormat(
    name="tradier",
    description="Option chains of Tradier's API as JSON, with the greeks of ORATS.",
    suffixes=(".json",),
    part=True,
    layouts=(
        Layout(
            rows="options.option",
            header=frozenset(
                {
                    "symbol",
                    "underlying",
                    "strike",
                    "expiration_date",
                    "option_type",
                    "root_symbol",
                    "last",
                    "bid",
                    "ask",
                }
                | {"volume", "open_interest", "contract_size"}
            ),
            columns={
                "symbol": "underlying",
                "root": "root_symbol",
                "contract": "symbol",
                "expiration": "expiration_date",
                "option_type": "option_type",
                "multiplier": "contract_size",
                "date": MOMENT.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d"),
                "quote_time": MOMENT.dt.strftime("%FT%T%.3fZ"),
                "iv": "greeks.mid_iv",
                **{name: name for name in ("strike", "last", "bid", "ask", "volume", "open_interest")},
                **{name: f"greeks.{name}" for name in GREEKS},
            },
            optional=frozenset({"date", "quote_time", "iv", *GREEKS}),  # greeks are included only if they are requested
            missing={"last": (0,), "ask": (0,), "iv": (0,)},
        ),
    ),
)
