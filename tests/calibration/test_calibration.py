"""The calibration at a small size: a method that is wrong by as much as those in common use would not pass.

The whole table is `make calibrate`; with as few markets as here a share of 5% is known to within about 3 points.
"""

import pytest
from tests.calibration.simulate import Cell, Count, coverage, rejections

MARKETS = range(40)


def together(found: dict[str, Count], *, but: tuple[str, ...] = ()) -> Count:
    counts = [count for section, count in found.items() if section not in but]
    return Count(sum(count.found for count in counts), sum(count.of for count in counts))


@pytest.mark.parametrize("horizon", [1, 5, 20])
def test_a_true_null_is_rejected_about_one_time_in_twenty(horizon: int) -> None:
    """A binomial test of the hit rate would reject in 42 to 85% of these markets (T = 750)."""
    found = rejections(Cell("foreign", 1, 250, horizon), MARKETS)
    assert len(found) >= 15
    assert 0.02 <= together(found).share <= 0.08
    for section, count in found.items():
        assert count.of >= 35, section
        assert count.share <= 0.2, section


def test_verdicts_that_follow_prices_are_no_edge() -> None:
    found = rejections(Cell("own", 1, 250, 5), MARKETS)
    assert 0.015 <= together(found).share <= 0.09


def test_symbols_that_share_days_are_not_independent() -> None:
    found = rejections(Cell("foreign", 12, 250, 5), range(12))
    assert together(found).share <= 0.11


def test_intervals_hold_a_planted_edge_and_it_is_seen() -> None:
    """10 bp a day for 5 days after extreme sentiment."""
    found = coverage(Cell("planted", 12, 250, 5), range(15))
    held = [count for count, _ in found.values()]
    seen = found["excess return, bullish"][1]
    assert sum(count.found for count in held) / sum(count.of for count in held) >= 0.86
    assert seen.share >= 0.5
