"""Levels from the frame to the section, and that nothing is found where there is nothing."""

from collections.abc import Callable

import polars as pl
import pytest
from tests.calibration.levels import market, rejections

from flowbt.evaluation.levels import LevelStudy, evaluate_level_rows
from flowbt.schema import PRICE_BARS

Make = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def found() -> LevelStudy:
    """One synthetic market of two symbols."""
    bars, levels = market(3, 120, 2)
    return evaluate_level_rows(levels, bars, [5, 1])


def test_pins_by_class_and_by_horizon_and_barriers_by_side(found: LevelStudy) -> None:
    rows = [(row.kind, row.by, row.sessions) for row in found.gravity]
    assert rows == [
        *(("max pain", "expiry", bounds) for bounds in ((1, 1), (2, 2), (3, 5), (6, 10))),
        *(("pin", "horizon", bounds) for bounds in ((1, 1), (5, 5))),
    ]
    assert {(row.kind, row.side) for row in found.touches} >= {("call wall", "above"), ("put wall", "below")}
    assert {row.horizon for row in found.touches} == {1, 5}


def test_coverage(found: LevelStudy) -> None:
    assert found.symbols == ("SYN000", "SYN001")
    assert [(row.kind, row.treated_as, row.recognised) for row in found.kinds] == [
        ("max pain", "pin", True), ("pin", "pin", True), ("call wall", "barrier", True), ("put wall", "barrier", True)
    ]  # fmt: skip
    assert found.volatility == {"SYN000": "realised", "SYN001": "realised"}
    assert found.left_out == {}


def test_windows_count_each_expiry_once(found: LevelStudy) -> None:
    for row in found.gravity[:4]:
        assert row.n <= 2 * row.ends


def test_a_level_known_later_changes_nothing_before(make_bars: Make, make_levels: Make) -> None:
    close = [100.0 + (row * 7) % 5 for row in range(60)]
    rows = [(row, 106.0) for row in range(25, 40)]
    whole = evaluate_level_rows(make_levels(*rows), make_bars(close), [3])
    later = evaluate_level_rows(
        make_levels(*rows), make_bars([*close[:44], *(price * 1.5 for price in close[44:])]), [3]
    )
    for one, other in zip(whole.touches[0].measures, later.touches[0].measures, strict=True):
        if not one.measure.startswith("drift"):
            assert (one.n, one.value, one.mirror) == (other.n, other.value, other.mirror)


def test_levels_without_prices_leave_an_empty_section(make_levels: Make) -> None:
    found = evaluate_level_rows(make_levels((0, 100.0)), pl.DataFrame(schema=PRICE_BARS), [1])
    assert (found.gravity, found.touches, found.first) == ((), (), None)
    assert found.left_out == {"no_prices": 1}


def test_kinds_of_one_spelling_are_one(make_bars: Make, make_levels: Make) -> None:
    levels = pl.concat([make_levels((0, 105.0), kind="Call_Wall"), make_levels((1, 105.0), kind="call wall")])
    found = evaluate_level_rows(levels, make_bars([100.0] * 30), [1])
    assert [(row.kind, row.n) for row in found.kinds] == [("call wall", 2)]


def test_no_test_finds_much_where_there_is_nothing() -> None:
    """Twelve markets: the shares of rejections are told by `python -m tests.calibration.levels`; here they must not be far off."""
    counts = rejections(range(12), 150, 2, (5,))
    below, of = (sum(each[place] for each in counts.values()) for place in (0, 1))
    assert of > 500
    assert below / of < 0.08
