"""What happened after a day to its triggers, levels and ideas: the only part of the flow report that looks at later sessions.

It is kept apart from the report itself, which is made first and does not change with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import shift_session
from flowbt.corporate_actions import in_shares_of
from flowbt.documents import Result, keyed
from flowbt.flow.day import Day
from flowbt.flow.followed_triggers import FollowedTrigger, judge
from flowbt.flow.later_sessions import LaterSessions, of_session
from flowbt.flow.levels import PIVOT_NAMES, LabelledLevel
from flowbt.flow.trade_ideas import TradeIdea
from flowbt.flow.triggers import Trigger

SESSIONS: Final = 5
"""Number of sessions after the day over which levels are followed."""
PATH: Final = (1, 2, 3, 5)
LEVELS: Final = 6
"""Levels followed on each side of the spot: the nearest."""


@dataclass(frozen=True, kw_only=True)
class LaterClose(Result):
    """A close after the day: as traded, and the return from the day's close (a fraction) in the shares of the day.

    Attributes:
        sessions: after the day.
        close: close of that session.
        change: return since the close of the day, as a fraction.
    """

    sessions: int
    close: float
    change: float = keyed("return")


@dataclass(frozen=True, kw_only=True)
class FollowedLevel(Result):
    """A level after the day.

    Attributes:
        level: its name.
        price: in the shares of the day.
        label: `support` or `resistance` on the day.
        of: its source.
        touched: the first session on which the price reached it.
        broken: the first session that closed beyond it.
        result: `not touched`, `held` or `broken`.
        outcome: in words; empty before the report is worded.
    """

    level: str
    price: float
    label: str
    of: str
    touched: date | None
    broken: date | None
    result: str
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowedTrade(Result):
    """The trade of an idea.

    Attributes:
        entry_date: session of the fill.
        entry_price: as traded; so is the exit.
        exit_date: session of the exit, or the last one known.
        exit_price: as above.
        exit_reason: `target, stop, time, expiry, missing_quote`, or `end` where it is still open.
        total_return: after costs, a fraction.
        split_ratio: new shares per old one while it was open.
        dividends: per share; negative where they were paid.
    """

    entry_date: date
    entry_price: float
    exit_date: date
    exit_price: float
    exit_reason: str
    total_return: float = keyed("return")
    split_ratio: float | None
    dividends: float | None


@dataclass(frozen=True, kw_only=True)
class FollowedIdea(Result):
    """An idea that was active on the day.

    Attributes:
        what: the idea in words; empty before the report is worded.
        outcome: in words, likewise.
        idea: its name.
        entry: the price of its order.
        entry_kind: `market`, `stop` or `limit`.
        valid_for: sessions that the order was valid.
        trade: None where it was not entered.
        waited: sessions since the day.
    """

    what: str = ""
    outcome: str = ""
    idea: str
    entry: float | None
    entry_kind: str
    valid_for: int
    trade: FollowedTrade | None
    waited: int


@dataclass(frozen=True, kw_only=True)
class FollowUp(Result):
    """What happened after a day.

    Over a split on file, returns, triggers and levels are in the shares and contracts of the day.

    Attributes:
        sessions: number of sessions after the day with a bar, at most `SESSIONS`.
        path: closes after the day.
        watch: its triggers.
        levels: the nearest levels on each side; those that no bar can judge are left out.
        trade_ideas: those that were active.
        says: summary sentences; empty before the report is worded.
    """

    sessions: int
    path: tuple[LaterClose, ...]
    watch: tuple[FollowedTrigger, ...]
    levels: tuple[FollowedLevel, ...]
    trade_ideas: tuple[FollowedIdea, ...]
    says: tuple[str, ...] = ()


def follow_up(
    day: Day,
    triggers: Sequence[Trigger],
    levels: Sequence[LabelledLevel],
    ideas: Sequence[TradeIdea],
    later: LaterSessions,
) -> FollowUp:
    """What happened to a day's triggers, levels and active ideas."""
    carried = replace(later, bars=in_shares_of(later.bars, later.actions, day.date))
    after = carried.bars.filter(pl.col("date") > day.date).head(SESSIONS)
    return FollowUp(
        sessions=after.height,
        path=_path(day, later.bars, carried.bars),
        watch=tuple(judge(trigger, carried, day.date) for trigger in triggers),
        levels=_levels(levels, after),
        trade_ideas=tuple(_idea(idea, day.date, later) for idea in ideas if idea.active),
    )


def _path(day: Day, bars: pl.DataFrame, carried: pl.DataFrame) -> tuple[LaterClose, ...]:
    start = day.bar.get("close")
    path = []
    for count in PATH:
        session = shift_session(day.date, count, day.exchange)
        close, in_shares_of_day = (of_session(frame, session, "close") for frame in (bars, carried))
        if in_shares_of_day is not None and start:
            path.append(LaterClose(sessions=count, close=close, change=in_shares_of_day / start - 1))
    return tuple(path)


def _levels(levels: Sequence[LabelledLevel], after: pl.DataFrame) -> tuple[FollowedLevel, ...]:
    if not after.height:
        return ()
    # pivots are made for a single session
    pivots = tuple(PIVOT_NAMES.values())
    lasting = [row for row in levels if row.of != "chart" or not row.level.startswith(pivots)]
    above = [row for row in lasting if row.label == "resistance"][-LEVELS:]
    below = [row for row in lasting if row.label == "support"][:LEVELS]
    return tuple(_level(row, after) for row in [*above, *below])


def _level(row: LabelledLevel, after: pl.DataFrame) -> FollowedLevel:
    price, is_support = row.price, row.label == "support"
    reached = pl.col("low") <= price if is_support else pl.col("high") >= price
    passed = pl.col("close") < price if is_support else pl.col("close") > price
    touched = after.filter(reached)["date"].to_list()
    broken = after.filter(passed)["date"].to_list()
    return FollowedLevel(
        level=row.level,
        price=price,
        label=row.label or "",
        of=row.of,
        touched=touched[0] if touched else None,
        broken=broken[0] if broken else None,
        result="broken" if broken else "held" if touched else "not touched",
    )


def _idea(idea: TradeIdea, day: date, later: LaterSessions) -> FollowedIdea:
    trades = later.record.trades[idea.idea].filter(pl.col("signal_date") == day)
    return FollowedIdea(
        idea=idea.idea,
        entry=idea.entry,
        entry_kind=idea.entry_kind,
        valid_for=idea.valid_for,
        trade=_trade(trades) if trades.height else None,
        waited=later.bars.filter(pl.col("date") > day).height,
    )


def _trade(trades: pl.DataFrame) -> FollowedTrade:
    row = trades.row(0, named=True)
    return FollowedTrade(
        entry_date=row["entry_date"],
        entry_price=row["entry_price"],
        exit_date=row["exit_date"],
        exit_price=row["exit_price"],
        exit_reason=row["exit_reason"],
        total_return=row["return"],
        split_ratio=row["split_ratio"],
        dividends=row["dividends"],
    )
