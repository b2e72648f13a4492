"""The kernel's rules, one bar pattern each. All bars are (open, high, low, close); session 0 is the signal's."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import simulate

Make = Callable[..., pl.DataFrame]
QUIET = (100.0, 101.0, 99.0, 100.0)


def mirrored(bar: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """The bar turned upside down about 100, so that a long's story becomes a short's."""
    return bar and (200 - bar[0], 200 - bar[2], 200 - bar[1], 200 - bar[3])


def story(plan: dict[str, Any]) -> dict[str, Any]:
    levels: dict[str, Any] = {name: 200 - plan[name] for name in ("entry_level", "target", "stop") if name in plan}
    return {**plan, **levels, "side": -1}


# name, plan, bars, expected (entry session, entry price, exit session, exit price, reason), or None: not entered
CASES = {
    "market buys the next open": ({}, [QUIET, (102, 103, 101, 102)], (1, 102, 1, 102, "end")),
    "stop within a later bar": ({"stop": 95}, [QUIET, QUIET, (98, 99, 94, 96)], (1, 100, 2, 95, "stop")),
    "target within a later bar": ({"target": 105}, [QUIET, QUIET, (101, 106, 100, 104)], (1, 100, 2, 105, "target")),
    "stop touched exactly": ({"stop": 95}, [QUIET, QUIET, (98, 99, 95, 96)], (1, 100, 2, 95, "stop")),
    "target touched exactly": ({"target": 105}, [QUIET, QUIET, (98, 105, 95, 96)], (1, 100, 2, 105, "target")),
    "gap through the stop": ({"stop": 95}, [QUIET, QUIET, (90, 97, 89, 96)], (1, 100, 2, 90, "stop")),
    "gap through the target": (
        {"target": 105, "stop": 95},
        [QUIET, QUIET, (110, 112, 90, 111)],
        (1, 100, 2, 110, "target"),
    ),
    "stop and target in one bar": (
        {"target": 105, "stop": 95},
        [QUIET, QUIET, (100, 106, 94, 105)],
        (1, 100, 2, 95, "stop"),
    ),
    "stop on the entry bar": ({"stop": 95}, [QUIET, (100, 101, 94, 99), QUIET], (1, 100, 1, 95, "stop")),
    "target on the entry bar": ({"target": 105}, [QUIET, (100, 106, 99, 101), QUIET], (1, 100, 1, 105, "target")),
    "time exit at the open": ({"exit_after": 2}, [QUIET, QUIET, QUIET, (103, 104, 102, 103)], (1, 100, 3, 103, "time")),
    "time exit beats a target touched later that bar": (
        {"exit_after": 1, "target": 105},
        [QUIET, QUIET, (101, 107, 100, 106)],
        (1, 100, 2, 101, "time"),
    ),
    "time exit beats a gap through the stop": (
        {"exit_after": 1, "stop": 95},
        [QUIET, QUIET, (90, 91, 89, 90)],
        (1, 100, 2, 90, "time"),
    ),
    "expiry at the close": ({"exit_on": 2}, [QUIET, QUIET, (101, 103, 100, 102), QUIET], (1, 100, 2, 102, "expiry")),
    "expiry on the entry bar": ({"exit_on": 1}, [QUIET, (100, 103, 99, 102), QUIET], (1, 100, 1, 102, "expiry")),
    "stop before expiry on its day": (
        {"exit_on": 2, "stop": 95},
        [QUIET, QUIET, (99, 100, 94, 99)],
        (1, 100, 2, 95, "stop"),
    ),
    "still open after the last bar": ({"exit_after": 5}, [QUIET, QUIET, (1, 9, 1, 7)], (1, 100, 2, 7, "end")),
    "expiry after the last bar": ({"exit_on": 3}, [QUIET, QUIET, QUIET], (1, 100, 2, 100, "end")),
    # entries
    "stop entry at its level": (
        {"entry": "stop", "entry_level": 102},
        [QUIET, (100, 104, 99, 103)],
        (1, 102, 1, 103, "end"),
    ),
    "stop entry gapped over fills at the open": (
        {"entry": "stop", "entry_level": 102},
        [QUIET, (105, 106, 104, 105)],
        (1, 105, 1, 105, "end"),
    ),
    "stop entry not reached in time": (
        {"entry": "stop", "entry_level": 102, "valid_for": 2},
        [QUIET, QUIET, QUIET, (100, 110, 100, 105)],
        None,
    ),
    "stop entry reached on its last day": (
        {"entry": "stop", "entry_level": 102, "valid_for": 3},
        [QUIET, QUIET, QUIET, (100, 110, 100, 105)],
        (3, 102, 3, 105, "end"),
    ),
    "stop entry does not wait past exit_on": (
        {"entry": "stop", "entry_level": 102, "valid_for": 3, "exit_on": 2},
        [QUIET, QUIET, QUIET, (100, 110, 100, 105)],
        None,
    ),
    "a waiting entry holds exit_after sessions from its own fill": (
        {"entry": "stop", "entry_level": 102, "valid_for": 3, "exit_after": 1},
        [QUIET, QUIET, (100, 103, 99, 102), (104, 105, 103, 104)],
        (2, 102, 3, 104, "time"),
    ),
    "limit entry at its level": (
        {"entry": "limit", "entry_level": 98},
        [QUIET, (100, 101, 97, 99)],
        (1, 98, 1, 99, "end"),
    ),
    "limit entry gapped under fills at the open": (
        {"entry": "limit", "entry_level": 98},
        [QUIET, (96, 97, 95, 96)],
        (1, 96, 1, 96, "end"),
    ),
    "limit entry not reached": ({"entry": "limit", "entry_level": 98}, [QUIET, QUIET, (97, 98, 96, 97)], None),
    # the entry bar of orders filled within it
    "stop entry, target of the same bar is certain": (
        {"entry": "stop", "entry_level": 102, "target": 104},
        [QUIET, (100, 105, 99, 101)],
        (1, 102, 1, 104, "target"),
    ),
    "stop entry, stop of the same bar counts": (
        {"entry": "stop", "entry_level": 102, "target": 104, "stop": 99},
        [QUIET, (100, 105, 99, 104)],
        (1, 102, 1, 99, "stop"),
    ),
    "limit entry, stop of the same bar counts": (
        {"entry": "limit", "entry_level": 98, "stop": 96},
        [QUIET, (100, 101, 95, 100)],
        (1, 98, 1, 96, "stop"),
    ),
    "limit entry, a high that may have come before is no target": (
        {"entry": "limit", "entry_level": 98, "target": 102},
        [QUIET, (100, 103, 97, 101), (101, 101, 100, 100)],
        (1, 98, 2, 100, "end"),
    ),
    "limit entry, a close beyond the target is one": (
        {"entry": "limit", "entry_level": 98, "target": 102},
        [QUIET, (100, 104, 97, 103), QUIET],
        (1, 98, 1, 102, "target"),
    ),
    "limit entry at the open, the whole bar counts": (
        {"entry": "limit", "entry_level": 98, "target": 102},
        [QUIET, (97, 103, 96, 99), QUIET],
        (1, 97, 1, 102, "target"),
    ),
    # missing bars
    "no bar at the entry": ({}, [QUIET, None, QUIET], None),
    "a waiting entry passes over a missing bar": (
        {"entry": "stop", "entry_level": 102, "valid_for": 2},
        [QUIET, None, (100, 103, 99, 102)],
        (2, 102, 2, 102, "end"),
    ),
    "a missing bar counts as waited": (
        {"entry": "stop", "entry_level": 102, "valid_for": 1},
        [QUIET, None, (100, 103, 99, 102)],
        None,
    ),
    "no bar while open": ({"stop": 95}, [QUIET, QUIET, None, (94, 99, 93, 98)], (1, 100, 3, 94, "stop")),
    "no bar at the time exit": (
        {"exit_after": 1},
        [QUIET, QUIET, None, (103, 104, 102, 103)],
        (1, 100, 3, 103, "time"),
    ),
    "no bar at the expiry: the last close before": (
        {"exit_on": 3},
        [QUIET, QUIET, (100, 103, 99, 102), None, QUIET],
        (1, 100, 2, 102, "expiry"),
    ),
}


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rule(
    case: tuple[dict[str, Any], list[Any], tuple[int, float, int, float, str] | None],
    side: str,
    bars: Make,
    plans: Make,
    day: Callable[[int], date],
) -> None:
    plan, path, expected = case
    plan = {**plan, "exit_on": day(plan["exit_on"])} if "exit_on" in plan else plan
    if side == "short":
        plan, path = story(plan), [mirrored(bar) for bar in path]
        expected = expected and (expected[0], 200 - expected[1], expected[2], 200 - expected[3], expected[4])
    # a second symbol keeps the grid going over sessions on which A has no bar
    result = simulate(plans(plan), bars(A=path, B=[QUIET] * len(path)))
    columns = ("entry_date", "entry_price", "exit_date", "exit_price", "exit_reason", "side")
    assert result.events.select(columns).rows() == (
        [(day(expected[0]), expected[1], day(expected[2]), expected[3], expected[4], side)] if expected else []
    )


def test_an_expiry_on_no_session_is_settled_at_the_close_before(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, QUIET, (100, 103, 99, 102), (90, 91, 89, 90)]  # session 3 is Friday 5 January
    trade = simulate(plans({"exit_on": date(2024, 1, 7)}), bars(A=path)).events.row(0, named=True)
    assert (trade["exit_date"], trade["exit_price"], trade["exit_reason"]) == (date(2024, 1, 5), 102, "expiry")


def test_an_expiry_on_the_weekend_after_the_last_bar_is_one(bars: Make, plans: Make) -> None:
    events = simulate(plans({"exit_on": date(2024, 1, 6)}), bars(A=[QUIET] * 4)).events
    assert events["exit_reason"].to_list() == ["expiry"]


@pytest.mark.parametrize(("side", "target", "stop"), [(1, 103.0, 98.0), (-1, 97.0, 102.0)])
def test_offsets_are_fractions_of_the_entry_price(
    side: int, target: float, stop: float, bars: Make, plans: Make
) -> None:
    plan = {"side": side, "target_offset": 0.03, "stop_offset": 0.02}
    up, down = (100.0, 104.0, 99.0, 100.0), (100.0, 101.0, 96.0, 100.0)
    won, lost = (up, down) if side > 0 else (down, up)
    prices = [simulate(plans(plan), bars(A=[QUIET, QUIET, last])).events["exit_price"].item() for last in (won, lost)]
    assert prices == pytest.approx([target, stop])
