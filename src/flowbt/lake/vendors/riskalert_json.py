"""riskalert-json: one file per symbol and day, `DATE/SYMBOL.json`, calls and puts side by side.

    {"header": {"underlyingPrice": 299.96, ...},
     "contracts": [{"callOption": "2026-08-21_300.00_Call", "callPrice": 0.5, "callDelta": 0.4, "callVolume": 12,
                    "callIv": 18.5, "callOi": 120, "putOption": "2026-08-21_300.00_Put", ...}, ...]}

The implied volatility is in percent; 0 means "not known" in prices and volatilities. There is no bid, ask, gamma or quote time. The open
interest in the row dated t is of the close before (at that lag, |change| <= volume for 95 to 99.9% of the contracts).
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

FIELDS = {"last": "price", "delta": "delta", "volume": "volume", "iv": "iv", "open_interest": "oi"}


def _part(side: str, number: int) -> pl.Expr:
    """A part of `2026-08-21_300.00_Call`."""
    return pl.col(f"{side}option").str.split("_").list.get(number, null_on_oob=True)


FORMAT = VendorFormat(
    name="riskalert-json",
    description="One JSON file per symbol and day, DATE/SYMBOL.json; last, volume, OI, IV and delta, no bid or ask.",
    suffixes=(".json",),
    layouts=(
        Layout(
            rows="contracts",
            header=frozenset(f"{side}{field}" for side in SIDES for field in ("option", *FIELDS.values())),
            columns={
                **{f"{side}_{ours}": f"{side}{theirs}" for side in SIDES for ours, theirs in FIELDS.items()},
                **{f"{side}_expiration": _part(side, 0) for side in SIDES},
                **{f"{side}_strike": _part(side, 1) for side in SIDES},
                **{f"{side}_option_type": _part(side, 2) for side in SIDES},
                "underlying_price": "$.header.underlyingprice",
            },
            path=r"(?:/(?P<date>\d{4}-\d{2}-\d{2}))?/(?P<symbol>[^/]+)\.json$",
            missing={"last": (0,), "iv": (0,), "underlying_price": (0,)},
            divide_by={"iv": 100},
            totals={
                f"$.header.{side}{theirs}": (side, ours)
                for side in SIDES
                for theirs, ours in (("volume", "volume"), ("oi", "open_interest"))
            },
        ),
    ),
)
