"""What limits the day's numbers: price jumps, missing inputs, gamma known only in part."""

from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Final

from flowbt.documents import Result
from flowbt.flow.day import Day
from flowbt.flow.positioning import is_comparable

COVERED: Final = 0.9
"""Share of the open interest whose gamma should be known."""


@dataclass(frozen=True)
class DataWarning(Result):
    """A limit of the day's numbers.

    Attributes:
        kind: `jump, relisted, no_open_interest, no_volume, no_spot, spot_from_bar, spot_from_parity, no_bar` or `coverage`.
    """

    kind: str


@dataclass(frozen=True)
class PriceJump(DataWarning):
    """The two spots of a jump without a split on file; none where one of them is unknown."""

    spots: tuple[float, ...]


@dataclass(frozen=True)
class Relisted(DataWarning):
    """Changes of open interest, in contracts, larger than a session can make: the strikes were listed again."""

    call_oi_change: int | None
    put_oi_change: int | None


@dataclass(frozen=True)
class NoBar(DataWarning):
    """The day has no price bar; `bars` is the number of bars before it."""

    bars: int


@dataclass(frozen=True)
class GammaCoverage(DataWarning):
    """The share of the open interest whose gamma is known, below `COVERED`."""

    coverage: float


def data_warnings(day: Day) -> tuple[DataWarning, ...]:
    """The day's warnings, in the order of the kinds of `DataWarning`."""
    today = day.today
    warnings: list[DataWarning] = []
    if day.has_jumped:
        # on the day or in the session before: the larger of the last two moves
        moves = pairwise(day.history["spot"].drop_nulls().tail(3).to_list())
        spots = max(moves, key=lambda move: abs(log(move[1] / move[0])), default=())
        warnings.append(PriceJump("jump", tuple(spots)))
    elif not is_comparable(day):
        warnings.append(Relisted("relisted", today["call_oi_change"], today["put_oi_change"]))
    # before the next open it may not be published yet
    if day.decision == "close" and _is_lacking(day, "call_open_interest", "put_open_interest"):
        warnings.append(DataWarning("no_open_interest"))
    if _is_lacking(day, "call_volume", "put_volume"):
        warnings.append(DataWarning("no_volume"))
    if day.spot is None:
        warnings.append(DataWarning("no_spot"))
    elif today["spot_source"] != "chain":
        warnings.append(DataWarning(f"spot_from_{today['spot_source']}"))
    if not day.bar:
        warnings.append(NoBar("no_bar", day.bars.height))
    coverage = today["gex_coverage"]
    if coverage is not None and coverage < COVERED:
        warnings.append(GammaCoverage("coverage", coverage))
    return tuple(warnings)


def _is_lacking(day: Day, *names: str) -> bool:
    """Whether the day lacks numbers that an earlier day has."""
    known = [day.history[name].is_not_null() for name in names if name in day.history.columns]
    return any(one.any() for one in known) and not any(one[-1] for one in known)
