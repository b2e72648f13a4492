"""Contract symbols as vendors write them, told apart into root, expiration, option type and strike.

The form of the Options Symbology Initiative is a root padded to six characters, the expiration as YYMMDD, C or P, and the
strike times 1,000 in eight digits: `IWM   260424P00256000`. It is also met without the padding, with the prefix `O:`, and
as `IWM20250919C220`. A root may begin with a digit (FLEX options) and end in one (an adjusted contract).
"""

import polars as pl

_ROOT = r"^(?:O:)?(\d?[A-Z.]+\d?)\s*"
_OSI = _ROOT + r"(\d{6})([CP])(\d{8})$"
_LONG = _ROOT + r"(\d{8})([CP])((?:0|[1-9]\d{0,5})(?:\.\d{1,3})?)$"


def contract_parts(symbol: pl.Expr) -> dict[str, pl.Expr]:
    """What a contract symbol says, as typed columns by name: `root`, `expiration`, `strike` (USD), `option_type`.

    All are null where the text is no contract symbol.
    """
    text = symbol.str.strip_chars().str.to_uppercase()
    osi, long = text.str.extract_groups(_OSI), text.str.extract_groups(_LONG)

    def group(form: pl.Expr, number: int) -> pl.Expr:
        return form.struct.field(str(number))

    day = pl.coalesce("20" + group(osi, 2), group(long, 2)).str.to_date("%Y%m%d", strict=False)
    side = pl.coalesce(group(osi, 3), group(long, 3))
    parts = {
        "root": pl.coalesce(group(osi, 1), group(long, 1)),
        "expiration": day,
        "strike": pl.coalesce(group(osi, 4).cast(pl.Float64) / 1000, group(long, 4).cast(pl.Float64)),
        "option_type": pl.when(side == "C").then(pl.lit("call")).when(side == "P").then(pl.lit("put")),
    }
    return {name: pl.when(day.is_not_null()).then(part) for name, part in parts.items()}


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
