"""All that is asked of a symbol's days, computed together: a range costs little more than its last day.

The history is computed once, up to the last day, and every day is shown no more of it than its own past; the tables of
contracts, expiries and strikes are computed in blocks of days, so that memory does not grow with the range.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import polars as pl

from flowbt.expiries import LAST_TRADING_DAY, is_live, with_last_trading_day
from flowbt.flow import requested_metrics as names
from flowbt.lake import Lake
from flowbt.metrics import Decision, Failures, Lost, Request, compute
from flowbt.metrics.engine.point_in_time import View
from flowbt.schema import SIDES, STRIKE_KEY

BLOCK: Final = 20
"""Days whose contracts are held at once."""


@dataclass(frozen=True)
class Clock:
    """When it is decided, and whether partial snapshots are looked at."""

    decision: Decision = "close"
    include_partial: bool = False

    def asks(self, symbol: str, grain: str, metrics: Sequence[str], **more: Any) -> Request:
        """A request for metrics of a symbol by this clock."""
        return Request(
            (symbol,),
            grain=grain,
            metrics=tuple(metrics),
            decision=self.decision,
            include_partial=self.include_partial,
            **more,
        )


@dataclass(frozen=True)
class Day:
    """A symbol's day and its past, as known at the decision.

    Attributes:
        symbol: whose.
        date: the session.
        decision: when it is decided, which says what open interest is known.
        exchange: the MIC of the exchange whose sessions count.
        history: a row per session up to the day, its own the last: the metrics of `names.OF_HISTORY` and what else was asked.
        contracts: a row per contract of the day: `expiration, last_trading_day, strike, option_type, root, dte`,
            `names.OF_CONTRACTS`, `names.STORED`.
        expiries: live expiries of the day, the nearest first: `expiration, last_trading_day`, `names.OF_EXPIRIES`.
        strikes: a row per strike of the day: `names.OF_STRIKES`.
        bars: price bars of the symbol up to the day.
        quote_time: when the chain was quoted; None where the source does not say.
        oi_lag: as stored: 1, the open interest of the close before; 0, that of the day; None, not established.
        is_stale: whether the source repeats the open interest of the snapshot before.
        has_jumped: whether the underlying jumped without a split on file, on the day or in the session before.
    """

    symbol: str
    date: date
    decision: Decision
    exchange: str
    history: pl.DataFrame
    contracts: pl.DataFrame
    expiries: pl.DataFrame
    strikes: pl.DataFrame
    bars: pl.DataFrame
    quote_time: datetime | None
    oi_lag: int | None
    is_stale: bool = False
    has_jumped: bool = False

    @cached_property
    def today(self) -> dict[str, Any]:
        """The day's own row of the history."""
        return self.history.row(-1, named=True)

    @property
    def spot(self) -> float | None:
        """The underlying's price with the chain."""
        spot: float | None = self.history.item(-1, "spot")
        return spot

    @property
    def bar(self) -> Mapping[str, Any]:
        """The day's price bar; empty where there is none."""
        last = self.bars.tail(1)
        return last.row(0, named=True) if last.height and last.item(0, "date") == self.date else {}


def read_history(
    lake: Lake, symbol: str, last: date, expressions: Mapping[str, pl.Expr], clock: Clock, failures: Failures
) -> pl.DataFrame:
    """A row per session up to the last: the metrics of `names.OF_HISTORY` and these expressions.

    A metric that cannot be computed is null on its days, and goes to the failures.
    """
    request = clock.asks(symbol, "snapshot", names.OF_HISTORY, last=last, expressions=expressions)
    return compute(lake, request, lost=Lost(failures))


def read_days(
    lake: Lake,
    symbol: str,
    days: Sequence[date],
    history: pl.DataFrame,
    bars: pl.DataFrame,
    clock: Clock,
    failures: Failures,
    jumps: Collection[date] = (),
) -> Iterator[Day]:
    """The days, ascending.

    Args:
        lake: where the chains are.
        symbol: whose.
        days: those of them to hand out, ascending.
        history: `read_history`, up to the last of them at least.
        bars: price bars of the symbol.
        clock: when it is decided.
        failures: where metrics go that cannot be computed.
        jumps: days on which the underlying jumped without a split on file.
    """
    exchange = lake.exchanges([symbol])[symbol]
    for start in range(0, len(days), BLOCK):
        block = days[start : start + BLOCK]
        tables = _tables(lake, symbol, block, clock, exchange, failures)
        for day in block:
            own: dict[str, Any] = {name: table.filter(pl.col("date") == day) for name, table in tables.items()}
            stamp = own.pop("stamps").drop("date").row(0, named=True)
            past = history.filter(pl.col("date") <= day)
            seen = bars.filter(pl.col("date") <= day)
            stamp["has_jumped"] = any(recent in jumps for recent in past["date"].tail(2))
            yield Day(symbol, day, clock.decision, exchange, past, bars=seen, **stamp, **own)


def _tables(
    lake: Lake, symbol: str, days: Sequence[date], clock: Clock, exchange: str, failures: Failures
) -> dict[str, pl.DataFrame]:
    first, last = days[0], days[-1]

    def at(grain: str, wanted: Sequence[str]) -> pl.DataFrame:
        return compute(lake, clock.asks(symbol, grain, wanted, first=first, last=last), lost=Lost(failures))

    of_strikes = at("strike", [f"{side}_{name}" for side in SIDES for name in names.OF_CONTRACTS])
    stored = [f"{side}_{name}" for side in SIDES for name in names.STORED]
    known = View(lake, clock.decision).strike_rows([*STRIKE_KEY, *stored], (symbol,), first, last)
    rows = of_strikes.join(known, on=list(STRIKE_KEY), how="left", maintain_order="left")
    stamps = lake.strike_rows(["date", "quote_time", "oi_lag", "stale_open_interest"], (symbol,), first, last)
    return {
        "contracts": _of_both_sides(with_last_trading_day(rows, exchange)),
        "expiries": with_last_trading_day(at("expiry", names.OF_EXPIRIES), exchange).filter(is_live()),
        "strikes": at("level", names.OF_STRIKES),
        "stamps": stamps.group_by("date").agg(
            pl.col("quote_time", "oi_lag").max(), pl.col("stale_open_interest").any().alias("is_stale")
        ),
    }


def _of_both_sides(rows: pl.DataFrame) -> pl.DataFrame:
    """Strike rows as one row per contract that is listed, with the days it has left."""
    columns = [*names.OF_CONTRACTS, *names.STORED]
    key = [*(name for name in STRIKE_KEY if name != "symbol"), LAST_TRADING_DAY]
    long = pl.concat(
        rows.select(
            *key, pl.lit(side).alias("option_type"), *(pl.col(f"{side}_{name}").alias(name) for name in columns)
        )
        for side in SIDES
    )
    listed = pl.any_horizontal(pl.col(*names.STORED, "contract_oi_change").is_not_null())
    return long.filter(listed).with_columns(dte=(pl.col("expiration") - pl.col("date")).dt.total_days())
