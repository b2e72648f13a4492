"""Ways to see a lake otherwise than it is (`flowbt.audit.altered_lake`): its future cut off or poisoned, its start later, holes in it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from flowbt.audit.future_masks import Poison, after, not_known, only_held, poisoned, without
from flowbt.metrics import Decision
from flowbt.metrics.engine.known_open_interest import LAG
from flowbt.schema import QUOTE_COLUMNS, SIDES, SNAPSHOT_KEY, STRIKE_KEY

Rows = Callable[[pl.DataFrame], pl.DataFrame]


def as_it_is(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows."""
    return rows


@dataclass(frozen=True)
class Alteration:
    """How a lake is seen.

    Attributes:
        chains: of strike rows, which bear at least `STRIKE_KEY` and `oi_lag`.
        daily: of bars and prints.
        snapshots: of the list of snapshots, `symbol, date, ...`.
        listed_on: strike rows after this day are of contracts that were listed on it; None: of any.
        begins: on this day and after it all is as it was; None: on all days.
        cut: before this day all is as it was; None: on all days.
    """

    chains: Rows = as_it_is
    daily: Rows = as_it_is
    snapshots: Rows = as_it_is
    listed_on: date | None = None
    begins: date | None = None
    cut: date | None = None


def future_cut_off(cut: date, decision: Decision, exchanges: Mapping[str, str]) -> Alteration:
    """The lake as it was at the decision of a day."""
    ended = partial(without, ahead=after(cut))
    known = partial(without, ahead=not_known(cut, decision, exchanges))
    return Alteration(known, ended, ended, listed_on=cut, cut=cut)


def future_poisoned(cut: date, decision: Decision, exchanges: Mapping[str, str], poison: Poison) -> Alteration:
    """The lake with something else in the place of all that was not known at the decision of a day."""
    spoilt = partial(poisoned, ahead=not_known(cut, decision, exchanges), poison=poison)
    return Alteration(spoilt, partial(poisoned, ahead=after(cut), poison=poison), cut=cut)


def unpublished_poisoned(cut: date, decision: Decision, exchanges: Mapping[str, str]) -> Alteration:
    """The lake with other open interest where that was not published at the decision of a day."""
    return Alteration(partial(poisoned, ahead=only_held(not_known(cut, decision, exchanges))), cut=cut)


def started_later(first: date) -> Alteration:
    """The lake as if it had been begun on a day."""

    def begun(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("date") >= first)

    return Alteration(begun, begun, begun, begins=first)


def of_the_day_itself(symbols: Iterable[str]) -> Alteration:
    """The lake with rows of these symbols that hold the open interest of their own day's close."""
    lag = pl.when(pl.col("symbol").is_in(list(symbols))).then(0).otherwise(LAG)
    return Alteration(lambda rows: rows.with_columns(lag.cast(rows.schema[LAG]).alias(LAG)))


def with_holes() -> Alteration:
    """The lake with days, columns of days and single cells missing: what fills a hole from behind shows only where one is."""
    gone = _drawn(0.02, "chain", *SNAPSHOT_KEY)
    kinds = {"prices": ("bid", "ask", "last", "vwap"), "volume": ("volume",), "held": ("open_interest",)}
    kinds["greeks"] = tuple(name for name in QUOTE_COLUMNS if name not in sum(kinds.values(), ()))
    of_kind = {f"{side}_{name}": kind for kind, names in kinds.items() for name in names for side in SIDES}
    of_kind["underlying_price"] = "spot"

    def chains(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~gone).with_columns(
            pl.when(~(_drawn(0.03, kind, *SNAPSHOT_KEY) | _drawn(0.02, name, *STRIKE_KEY)))
            .then(pl.col(name))
            .alias(name)
            for name, kind in of_kind.items()
            if name in rows.columns
        )

    def daily(rows: pl.DataFrame) -> pl.DataFrame:
        numbers = [name for name, dtype in rows.schema.items() if dtype.is_float() and name != "strike"]
        return rows.filter(~_drawn(0.03, "daily", *SNAPSHOT_KEY)).with_columns(
            pl.when(~_drawn(0.03, name, *SNAPSHOT_KEY)).then(pl.col(name)).alias(name) for name in numbers
        )

    return Alteration(chains, daily, lambda rows: rows.filter(~gone))


def _drawn(share: float, what: str, *key: str) -> pl.Expr:
    """Whether a row is drawn, the same rows each time."""
    return pl.struct(pl.lit(what), *key).hash(20) % 10_000 < share * 10_000
