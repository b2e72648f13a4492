"""What makes a day's numbers less than they seem: jumps, missing inputs, gamma that is hardly known."""

from itertools import pairwise
from math import log
from typing import Any, Final

from flowbt.flow.day import Day
from flowbt.flow.positioning import is_comparable

COVERED: Final = 0.9
"""Share of the open interest whose gamma should be known."""


def warnings(day: Day) -> list[dict[str, Any]]:
    """Facts under a `kind` each: `jump, relisted, no_open_interest, no_volume, no_spot, spot_from_bar, spot_from_parity, no_bar, coverage`."""
    today = day.today
    found: list[dict[str, Any]] = []
    if day.has_jumped:
        # on the day or in the session before: the larger of the last two moves
        moves = pairwise(day.history["spot"].drop_nulls().tail(3).to_list())
        spots = max(moves, key=lambda move: abs(log(move[1] / move[0])), default=())
        found.append({"kind": "jump", "spots": list(spots)})
    elif not is_comparable(day):
        changes = {f"{side}_oi_change": today[f"{side}_oi_change"] for side in ("call", "put")}
        found.append({"kind": "relisted", **changes})
    # before the next open it may not be published yet
    if day.decision == "close" and _is_lacking(day, "call_open_interest", "put_open_interest"):
        found.append({"kind": "no_open_interest"})
    if _is_lacking(day, "call_volume", "put_volume"):
        found.append({"kind": "no_volume"})
    if day.spot is None:
        found.append({"kind": "no_spot"})
    elif today["spot_source"] != "chain":
        found.append({"kind": f"spot_from_{today['spot_source']}"})
    if not day.bar:
        found.append({"kind": "no_bar", "bars": day.bars.height})
    coverage = today["gex_coverage"]
    if coverage is not None and coverage < COVERED:
        found.append({"kind": "coverage", "coverage": coverage})
    return found


def _is_lacking(day: Day, *names: str) -> bool:
    """Whether the day lacks numbers that an earlier day has."""
    known = [day.history[name].is_not_null() for name in names if name in day.history.columns]
    return any(one.any() for one in known) and not any(one[-1] for one in known)
