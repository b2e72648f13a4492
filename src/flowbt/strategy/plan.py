"""Building blocks of strategies: what to do about a signal, as a plan of one trade per row of a symbol's history.

A strategy is a frozen dataclass whose fields are its thresholds and whose `plan` describes the trade in expressions
over the history (metrics by name, signals, the day's bar). A plan decided on session t trades at the open of t+1 or
later.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.schema import PLAN_ROWS

Side = Literal["long", "short"]
LONGEST = 10_000
"""Largest number of sessions in a plan: forty years."""


@dataclass(frozen=True)
class Entry:
    """How a plan enters: at the next open, or when a price is reached within `valid_for` sessions.

    Attributes:
        kind: `market`, `stop` or `limit`.
        at: price level in USD per share, None for a market order.
        valid_for: sessions for which the order is valid.
    """

    kind: Literal["market", "stop", "limit"]
    at: pl.Expr | float | None = None
    valid_for: int = 1


def next_open() -> Entry:
    """Market order: enter at the open of the next session.

    Examples:
        >>> flowbt.next_open().kind
        'market'
    """
    return Entry("market")


def stop_order(at: pl.Expr | float, valid_for: int = 1) -> Entry:
    """Stop order: enter when the price trades through a level; buy above it, sell below it.

    Args:
        at: price in USD per share, or an expression over the history.
        valid_for: sessions for which the order is valid.

    Examples:
        >>> flowbt.stop_order(at=pl.col("bollinger_mid"), valid_for=2).valid_for
        2
    """
    return Entry("stop", at, valid_for)


def limit_order(at: pl.Expr | float, valid_for: int = 1) -> Entry:
    """Limit order: enter when the price reaches a level; buy at or below it, sell at or above it.

    Args:
        at: price in USD per share, or an expression over the history.
        valid_for: sessions for which the order is valid.

    Examples:
        >>> flowbt.limit_order(at=249.5).kind
        'limit'
    """
    return Entry("limit", at, valid_for)


@dataclass(frozen=True)
class Offset:
    """A distance from the entry price, as a fraction of it (0.03 is 3%)."""

    fraction: float


def from_entry(fraction: float) -> Offset:
    """Stop (against the position) or target (in its favour) at this distance from the entry price.

    Args:
        fraction: of the entry price; 0.03 is 3%.

    Examples:
        >>> flowbt.from_entry(0.02).fraction
        0.02
    """
    return Offset(fraction)


@dataclass(frozen=True)
class Plan:
    """A trade plan: one trade idea per row of a symbol's history.

    Levels are prices per share on the day of the row. Where a split follows, the backtest adjusts them as it adjusts
    the position.

    Attributes:
        when: Boolean expression; null counts as False.
        side: `long`, `short`, or an expression whose sign is the side (0 and null: no trade).
        entry: `next_open()`, `stop_order(at=...)` or `limit_order(at=...)`.
        target: price at which to take the profit, or `from_entry(...)`.
        stop: price at which to cut the loss, or `from_entry(...)`.
        exit_after: sessions to hold; the exit is at the open of that session (entered on s, out at the open of s + N).
        exit_on: a date; the exit is at the close of that session (an expiry).
        size: fraction of the equity per trade, in (0, 1]; default: equity divided by the number of symbols.

    Raises:
        DefinitionError: a field has a wrong type or is out of range.

    Examples:
        >>> plan = flowbt.Plan(
        ...     when=pl.col("put_call_volume_ratio") > 1.3,
        ...     side="short",
        ...     entry=flowbt.next_open(),
        ...     stop=flowbt.from_entry(0.02),
        ...     exit_after=3,
        ... )
        >>> plan.exit_after
        3
    """

    when: pl.Expr
    side: Side | pl.Expr
    entry: Entry = Entry("market")
    target: pl.Expr | Offset | float | None = None
    stop: pl.Expr | Offset | float | None = None
    exit_after: int | None = None
    exit_on: pl.Expr | None = None
    size: float | None = None

    def __post_init__(self) -> None:
        """Check the fields; a number given as a level applies on every day."""
        if not isinstance(self.when, pl.Expr):
            raise DefinitionError(f"when={self.when!r} of a plan: give a polars expression, as in signal.verdict() < 0")
        if not isinstance(self.entry, Entry):
            raise DefinitionError(
                f"entry={self.entry!r} of a plan: give next_open(), stop_order(at=...) or limit_order(at=...)"
            )
        if not isinstance(self.side, str | pl.Expr):
            raise DefinitionError(
                f"side={self.side!r} of a plan: give 'long', 'short' or an expression whose sign is the side"
            )
        for name in ("target", "stop"):
            object.__setattr__(self, name, _level(name, getattr(self, name)))
        horizons: dict[str, object] = {"exit_after": self.exit_after, "valid_for": self.entry.valid_for}
        for name, value in horizons.items():
            if value is not None and (not isinstance(value, int) or value > LONGEST):
                raise DefinitionError(
                    f"{name}={value!r} of a plan: give a whole number of sessions, at most {LONGEST:,}"
                )
        if self.exit_on is not None and not isinstance(self.exit_on, pl.Expr):
            raise DefinitionError(f"exit_on={self.exit_on!r} of a plan: give an expression with a date")
        if isinstance(self.side, str) and self.side not in {"long", "short"}:
            raise DefinitionError(
                f"side '{self.side}' of a plan: give 'long', 'short' or an expression whose sign is the side"
            )
        if self.exit_after is not None and self.exit_after < 1:
            raise DefinitionError(f"exit_after={self.exit_after}: hold for at least 1 session")
        if self.size is not None and not 0 < self.size <= 1:
            raise DefinitionError(f"size={self.size}: give a fraction of the equity above 0 and at most 1")
        if self.entry.valid_for < 1:
            raise DefinitionError(f"valid_for={self.entry.valid_for}: an order must be valid for at least 1 session")

    def columns(self) -> dict[str, pl.Expr]:
        """Fields that vary by row, as expressions over the history, under the names of `flowbt.schema.PLAN_ROWS`."""
        side = pl.lit(1 if self.side == "long" else -1) if isinstance(self.side, str) else self.side.sign()
        at = self.entry.at
        level = pl.lit(float(at)) if isinstance(at, int | float) else at
        given = {"target": self.target, "stop": self.stop, "entry_level": level, "exit_on": self.exit_on}
        levels = {name: level for name, level in given.items() if isinstance(level, pl.Expr)}
        return {"when": self.when, "side": side, **levels}

    def rows(self, decided: pl.DataFrame) -> pl.DataFrame:
        """The plans as rows of `flowbt.schema.PLAN_ROWS`.

        Args:
            decided: `symbol, date` and `columns()` evaluated, one row per symbol and day.
        """
        constant = {
            "entry": self.entry.kind,
            "valid_for": self.entry.valid_for,
            "target_offset": self.target.fraction if isinstance(self.target, Offset) else None,
            "stop_offset": self.stop.fraction if isinstance(self.stop, Offset) else None,
            "exit_after": self.exit_after,
            "size": self.size,
        }
        if decided.schema["when"] not in {pl.Boolean, pl.Null}:
            raise DefinitionError(
                f"when of a plan is {decided.schema['when']}, not Boolean: give a condition, as in signal.verdict() < 0"
            )
        taken = decided.filter(pl.col("when").cast(pl.Boolean) & (pl.col("side") != 0)).rename({"date": "signal_date"})
        given = taken.columns
        return taken.select(
            pl.col(name).cast(dtype) if name in given else pl.lit(constant.get(name), dtype).alias(name)
            for name, dtype in PLAN_ROWS.items()
        ).sort("symbol", "signal_date")


def _level(name: str, level: object) -> pl.Expr | Offset | None:
    if isinstance(level, bool) or not isinstance(level, pl.Expr | Offset | int | float | None):
        raise DefinitionError(f"{name}={level!r} of a plan: give a price, an expression or from_entry(...)")
    if isinstance(level, Offset) and not 0 < level.fraction < 10:
        raise DefinitionError(
            f"{name}=from_entry({level.fraction}): give a fraction of the entry price above 0, as in 0.03"
        )
    return pl.lit(float(level)) if isinstance(level, int | float) else level


@dataclass(frozen=True)
class Strategy(ABC):
    """Base class of all strategies; a subclass is a frozen dataclass whose docstring states the idea in one sentence.

    Examples:
        >>> @dataclass(frozen=True)
        ... class ShortTheFear(flowbt.Strategy):
        ...     '''Short at the next open after heavy put volume, out after three sessions.'''
        ...
        ...     above: float = 1.3
        ...
        ...     def plan(self) -> flowbt.Plan:
        ...         return flowbt.Plan(when=pl.col("put_call_volume_ratio") > self.above, side="short", exit_after=3)
        >>> ShortTheFear(above=1.5).plan().side
        'short'
    """

    @abstractmethod
    def plan(self) -> Plan:
        """The trade plan, as expressions over a symbol's history."""
