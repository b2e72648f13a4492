"""Contract symbols as vendors write them, split into root, expiration, option type and strike.

The form of the Options Symbology Initiative (OSI) is a root padded to six characters, the expiration as YYMMDD, C or P, and the
strike times 1,000 in eight digits: `IWM   260424P00256000`. Vendors also write it without the padding, with the prefix `O:`, and
as `IWM20250919C220`. A root may begin with a digit (FLEX options) and end with one (an adjusted contract).
"""

import numpy as np
import polars as pl

_ROOT = r"^(?:O:)?(\d?[A-Z.]+\d?)\s*"
_OSI = _ROOT + r"\d{6}[CP]\d{8}$"
_LONG = _ROOT + r"(\d{8})([CP])((?:0|[1-9]\d{0,5})(?:\.\d{1,3})?)$"


def contract_parts(symbols: pl.Series) -> pl.DataFrame:
    """The parts of contract symbols, one row each: `root`, `expiration`, `strike` (USD), `option_type` (`call`, `put`).

    All are null if the text is not a contract symbol. Nearly all symbols have the first form, in which each part has a fixed place from
    the end; slicing is many times faster than the groups of a regular expression.
    """
    if symbols.dtype == pl.Categorical():
        return _each_once(symbols)
    text, fixed = symbols, symbols.str.contains(_OSI)
    if not fixed.all():
        text = symbols.str.strip_chars().str.to_uppercase()
        fixed = text.str.contains(_OSI)
    osi = text if fixed.all() else text.set(~fixed, None)
    root, tail = osi.str.head(-15), osi.str.tail(15)
    day = tail.str.head(6).str.to_date("%y%m%d", strict=False)
    frame = pl.DataFrame(
        {
            "root": root.str.strip_prefix("O:").str.strip_chars_end() if root.str.contains("[: ]").any() else root,
            "expiration": _of_this_century(day),
            # polars divides by multiplying with 1/1000, which is slightly off for some numbers; rounding restores the decimal
            "strike": (tail.str.tail(8).cast(pl.Int64) / 1000).round(3),
            "side": tail.str.slice(6, 1),
        }
    )
    if osi.null_count() > symbols.null_count():
        long = text.str.extract_groups(_LONG).struct
        others = {
            "root": long.field("1"),
            "expiration": long.field("2").str.to_date("%Y%m%d", strict=False),
            "strike": long.field("4").cast(pl.Float64),
            "side": long.field("3"),
        }
        frame = frame.select(pl.coalesce(name, other).alias(name) for name, other in others.items())
    kind = pl.when(pl.col("side") == "C").then(pl.lit("call")).when(pl.col("side") == "P").then(pl.lit("put"))
    frame = frame.select("root", "expiration", "strike", option_type=kind)
    if frame["expiration"].null_count() == frame["root"].null_count():
        return frame
    return frame.select(pl.when(pl.col("expiration").is_not_null()).then(pl.all()))


def _each_once(symbols: pl.Series) -> pl.DataFrame:
    """The parts of the symbols, with each distinct symbol parsed once."""
    distinct, codes = symbols.drop_nulls().unique(), symbols.to_physical()
    parts = contract_parts(distinct.cast(pl.String()))
    codes_of_distinct = distinct.to_physical().to_numpy()
    place = np.zeros(codes_of_distinct.max(initial=0) + 1, dtype=np.uint32)
    place[codes_of_distinct] = np.arange(distinct.len())
    return parts.select(pl.all().gather(pl.Series(place).gather(codes)))


def _of_this_century(days: pl.Series) -> pl.Series:
    if not (days.dt.year() < 2000).any():
        return days
    return pl.select(pl.when(days.dt.year() < 2000).then(days.dt.offset_by("100y")).otherwise(days)).to_series()


INDEX_OF_ROOT = {
    "SPXW": "SPX",
    "SPXQ": "SPX",
    "NDXP": "NDX",
    "RUTW": "RUT",
    "VIXW": "VIX",
    "XSPAM": "XSP",
    "MRUTW": "MRUT",
}
"""Roots of an index's weekly options, or of its options with another settlement time, and the index."""


def underlying_of(root: pl.Expr) -> pl.Expr:
    """The symbol of the underlying if only the root is known: `SPXW` is SPX, and an adjusted `AAPL1` is AAPL."""
    return root.str.replace(r"^(?:\d)?([A-Z.]+?)\d?$", "$1").replace(INDEX_OF_ROOT)


def plain(symbol: pl.Expr) -> pl.Expr:
    """A symbol without points and dashes, as in contract symbols."""
    return symbol.str.replace_all(r"[^A-Z0-9]", "")
