"""What lies in the future on a day, column by column; and rows whose future is not there, or is something else.

Volume and quotes of a session are known at its close, open interest on the morning after. `flowbt.metrics.engine.known_open_interest` brings to
each decision what was known; here the same clock is written down from its other end, so that a mistake in either shows.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal, get_args

import polars as pl

from flowbt.calendar import next_session
from flowbt.metrics import Decision
from flowbt.metrics.engine.known_open_interest import LAG
from flowbt.metrics.engine.resolve import HELD
from flowbt.schema import STRIKE_KEY

Ahead = Callable[[str], pl.Expr]
"""Of a column, whether its value in a row lies in the future."""
Poison = Literal["huge", "negated", "nan"]
POISONS: Final[tuple[Poison, ...]] = get_args(Poison)
"""What the future is replaced by: absurdly large numbers, those of the other sign, or none (NaN, null)."""

HUGE: Final = 10**12
MARKS: Final = frozenset({*STRIKE_KEY, LAG, "source", "series", "adjusted", "snapshot_hash"})
"""What tells which contract a row is of and what its numbers mean: no number of the market's."""


def after(cut: date) -> Ahead:
    """Of what is known at the close of its day."""
    return lambda _: pl.col("date") > cut


def not_known(cut: date, decision: Decision, exchanges: Mapping[str, str]) -> Ahead:
    """Of strike rows: open interest of the close is published on the morning after, and lies in one row or the next.

    At the close of the day `cut` its row's own open interest is known where that is of the close before (`oi_lag` 1). Before
    the next open it is known whichever close it is of, and that of the next session's row where it is of this day's close. The
    next session is that of the symbol's exchange (`exchanges`, by symbol).
    """
    last = pl.lit(cut)
    if decision == "pre_open":
        following = {symbol: next_session(cut, exchange) for symbol, exchange in exchanges.items()}
        last = pl.col("symbol").replace_strict(following, return_dtype=pl.Date)
    unpublished = (pl.col("date") > last) | ((pl.col("date") == last) & pl.col(LAG).ne_missing(1))
    return lambda name: unpublished if name in HELD else pl.col("date") > cut


def only_held(ahead: Ahead) -> Ahead:
    """The same of open interest, and nothing of any other column."""
    return lambda name: ahead(name) if name in HELD else pl.lit(value=False)


def without(rows: pl.DataFrame, ahead: Ahead) -> pl.DataFrame:
    """What is ahead is null; rows of which all is ahead are not there."""
    kept = rows.filter(~ahead("") | ~ahead(HELD[0])) if LAG in rows.columns else rows.filter(~ahead(""))
    nulled = [name for name in rows.columns if name not in MARKS and not name.endswith("_listed")]
    return kept.with_columns(pl.when(~ahead(name)).then(pl.col(name)).alias(name) for name in nulled)


def poisoned(rows: pl.DataFrame, ahead: Ahead, poison: Poison = "huge") -> pl.DataFrame:
    """What is ahead is something else: numbers, dates, names and answers alike; keys and what a row means stay."""
    return rows.with_columns(
        pl.when(~ahead(name)).then(pl.col(name)).otherwise(_instead(name, dtype, poison)).alias(name)
        for name, dtype in rows.schema.items()
        if name not in MARKS and not name.startswith("_")
    )


def _instead(name: str, dtype: pl.DataType, poison: Poison) -> pl.Expr:
    value, nothing = pl.col(name), pl.lit(None, dtype)
    if dtype.is_float():
        of = {"huge": pl.lit(float(HUGE), dtype), "negated": -1 - value, "nan": pl.lit(float("nan"), dtype)}
    elif dtype.is_integer():
        huge = pl.coalesce(pl.lit(HUGE).cast(dtype, strict=False), pl.lit(100, dtype))
        of = {"huge": huge, "negated": (-1 - value.cast(pl.Int64)).cast(dtype, strict=False)}
    elif dtype == pl.Boolean():
        of = {"huge": ~value, "negated": ~value}
    elif dtype == pl.Date():
        of = {"huge": value.dt.offset_by("10y"), "negated": value.dt.offset_by("-10y")}
    elif dtype == pl.String():
        of = {"huge": pl.lit("poison"), "negated": pl.lit("")}
    else:
        of = {}
    return of.get(poison, nothing)
