"""Contract symbols as vendors write them, told apart into root, expiration, option type and strike.

The form of the Options Symbology Initiative is a root padded to six characters, the expiration as YYMMDD, C or P, and the
strike times 1,000 in eight digits: `IWM   260424P00256000`. It is also met without the padding, with the prefix `O:`, and
as `IWM20250919C220`. A root may begin with a digit (FLEX options) and end in one (an adjusted contract).
"""

import numpy as np
import polars as pl

_ROOT = r"^(?:O:)?(\d?[A-Z.]+\d?)\s*"
_OSI = _ROOT + r"\d{6}[CP]\d{8}$"
_LONG = _ROOT + r"(\d{8})([CP])((?:0|[1-9]\d{0,5})(?:\.\d{1,3})?)$"


def contract_parts(symbols: pl.Series) -> pl.DataFrame:
    """What contract symbols say, a row for each: `root`, `expiration`, `strike` (USD), `option_type`.

    All are null where the text is no contract symbol. Nearly all are of the first form, in which each part has its place,
    counted from the end: to cut it out there is many times faster than the groups of a regular expression.
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
            # polars divides by multiplying with 1/1000, which is off by a bit for some: rounded, it is the decimal meant
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
    """What the symbols say, each of the few different ones being looked at once."""
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
"""Roots under which an index's weekly or morning-settled options are listed."""


def underlying_of(root: pl.Expr) -> pl.Expr:
    """The symbol of the underlying, where nothing but the root is known: `SPXW` is SPX, an adjusted `AAPL1` AAPL."""
    return root.str.replace(r"^(?:\d)?([A-Z.]+?)\d?$", "$1").replace(INDEX_OF_ROOT)


def plain(symbol: pl.Expr) -> pl.Expr:
    """A symbol without its points and dashes, as it stands in contract symbols."""
    return symbol.str.replace_all(r"[^A-Z0-9]", "")
