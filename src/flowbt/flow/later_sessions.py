"""What the lake knows of the sessions after a day, in the contracts and shares of that day.

Over a split on file, one contract became several or delivers something else; `before_split` gives them as from before it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl

from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.flow.track_record import Record
from flowbt.lake import Lake
from flowbt.metrics.engine.point_in_time import View
from flowbt.schema import CORPORATE_ACTIONS, SIDES

CENT_ROUNDED: Final = 0.0051
"""USD by which a strike may differ after it was rounded to the cent."""


@dataclass(frozen=True)
class LaterSessions:
    """Everything that is known of a symbol.

    Attributes:
        history: all its sessions, as decided by the report's clock.
        bars: all its price bars.
        record: the trades of all ideas, those still open too.
        contracts_on: the contracts of a session's chain with volume, and open interest as published before its open, adjusted
            ones and those after their last trading day left out; None where the lake has no chain of it.
        exchange: the MIC of the exchange whose sessions count.
        actions: splits and dividends of the symbol.
    """

    history: pl.DataFrame
    bars: pl.DataFrame
    record: Record
    contracts_on: Callable[[date], pl.DataFrame | None]
    exchange: str
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CORPORATE_ACTIONS))


def contracts_reader(lake: Lake, symbol: str) -> Callable[[date], pl.DataFrame | None]:
    """Reads the contracts of a session, each session once."""
    view = View(lake)

    @cache
    def contracts_on(session: date) -> pl.DataFrame | None:
        columns = [f"{side}_{name}" for side in SIDES for name in ("volume", "open_interest")]
        asked = ["date", "root", "expiration", "strike", "adjusted", *columns]
        rows = view.strike_rows(asked, (symbol,), session, session)
        if not rows.height:
            return None
        rows = with_last_trading_day(rows, view.exchange_of([symbol])).filter(~is_dead(), ~pl.col("adjusted"))
        return pl.concat(
            rows.select(
                "root", "expiration", "strike", pl.lit(side).alias("option_type"),
                *(pl.col(f"{side}_{name}").alias(name) for name in ("volume", "open_interest")),
            )
            for side in SIDES
        )  # fmt: skip

    return contracts_on


def split_after(actions: pl.DataFrame, day: date, known_on: date) -> float:
    """New shares for each old one, by the splits on file after a day. Chains are as traded, even where bars are adjusted."""
    between = (pl.col("date") > day) & (pl.col("date") <= known_on)
    return float(actions.filter((pl.col("kind") == "split") & between)["value"].product())


def before_split(contracts: pl.DataFrame, split: int, strike: float) -> pl.DataFrame:
    """Contracts in units of those before a split: in a split of N for 1, each became N at an Nth of its strike, to the cent.

    Other splits, of 3 for 2 or 1 for 10, change what a contract delivers instead: its open interest is in adjusted contracts.

    Args:
        contracts: of a session after the split.
        split: N.
        strike: the one from before the split that is asked for, which its new strike need not give exactly.
    """
    became = pl.col("strike") * split
    is_asked = (became - strike).abs() < CENT_ROUNDED * split
    return contracts.with_columns(
        pl.col("volume", "open_interest") // split,
        strike=pl.when(is_asked).then(pl.lit(strike, pl.Float64)).otherwise(became),
    )


def of_session(frame: pl.DataFrame, session: date, column: str) -> Any:
    """The value of a column on a session; None without a row."""
    values = frame.filter(pl.col("date") == session)[column].to_list()
    return values[0] if values else None
