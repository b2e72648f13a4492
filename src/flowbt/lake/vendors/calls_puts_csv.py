"""calls-puts-csv: a chain as broker screens show it, calls and puts side by side, one expiry per file.

    Call_Last,Call_Bid,Call_Ask,Call_Vol,Call_OI,Strike,Put_Last,Put_Bid,Put_Ask,Put_Vol,Put_OI
    1.50,1.40,1.60,10,50,100.00,1.40,1.30,1.50,20,"1,060"

Such a file has no symbol, day or expiry: give them with --symbol, --date and --expiration, unless it has columns with these names. A
volatility (`Call_IV`) is in percent if it has a percent sign. 0 means "not known" in the last price, the ask and the volatility. The day
of the open interest is not documented, so the lag is left open.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

FIELDS = {
    "last": ("last",),
    "bid": ("bid",),
    "ask": ("ask",),
    "volume": ("vol", "volume"),
    "open_interest": ("oi", "open_int", "open_interest"),
}
MORE = ("iv", "delta", "gamma", "theta", "vega")


def _spelled(side: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """`call_oi`, `calls_oi`."""
    return tuple(f"{of}_{name}" for name in names for of in (side, f"{side}s"))


FORMAT = VendorFormat(
    name="calls-puts-csv",
    description="A chain with calls and puts side by side (Call_Bid, Put_Bid, ...); give --symbol, --date and --expiration.",
    open_interest="not established",
    part=True,
    layouts=(
        Layout(
            header=frozenset(
                {"strike", *("|".join(_spelled(side, names)) for side in SIDES for names in FIELDS.values())}
            ),
            columns={
                **{f"{side}_{ours}": _spelled(side, names) for side in SIDES for ours, names in FIELDS.items()},
                **{f"{side}_{name}": _spelled(side, (name,)) for side in SIDES for name in MORE},
                "symbol": ("symbol", "ticker", "underlying"),
                "date": ("date", "quote_date"),
                "expiration": ("expiration", "expiry", "exp_date", "expiration_date"),
                "underlying_price": ("underlying_price", "spot"),
                "strike": "strike",
            },
            optional=frozenset({"symbol", "date", "expiration", "underlying_price"})
            | {f"{side}_{name}" for side in SIDES for name in MORE},
            empty=("-", "--", "N/A"),
            missing={"last": (0,), "ask": (0,), "iv": (0,)},
            repairs=("thousands", "currency", "percent"),
        ),
    ),
)
