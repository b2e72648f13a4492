"""Touches, holding and running on: by hand, against loops, and a wall that was planted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.passage import paths_of
from flowbt.evaluation.levels.placebo_days import far
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.touches import TouchMeasure, touch_measures

MakePrices = Callable[..., Prices]
Put = Callable[..., Placed]

CLOSE = [100.0, 103.0, 104.0, 106.0, 103.0, 102.0, 101.0, 100.0, 99.0]
HIGH = [107.0, 104.0, 105.5, 106.5, 105.0, 103.0, 102.0, 101.0, 100.0]
LOW = [99.0, 99.0, 103.0, 104.0, 102.0, 101.0, 100.0, 99.0, 94.0]


def sure(value: float | None) -> float:
    """The value, which must be known."""
    assert value is not None
    return value


def measures(placed: Placed, prices: Prices, sessions: int, side: int = 1) -> dict[str, TouchMeasure]:
    return {row.measure: row for row in touch_measures(placed, prices, side, sessions)}


@pytest.mark.parametrize(
    ("level", "sessions", "touched", "by_close", "held", "held_after"),
    [
        (105.0, 1, 0, 0, None, None),  # its own day's high, 107, does not count
        (105.0, 2, 1, 0, 1, 1),  # the high of the second session, closed below
        (105.5, 2, 1, 0, 1, 1),  # at the high itself
        (105.0, 3, 1, 1, 1, 0),  # touched on the second and held, but closed beyond on the third
        (106.0, 3, 1, 1, 0, 0),  # closed at it
        (106.0, 5, 1, 1, 0, 1),  # and back below in the end
        (108.0, 5, 0, 0, None, None),
    ],
)
def test_a_level_above(
    level: float, sessions: int, touched: int, by_close: int, held: int | None, held_after: int | None,
    make_prices: MakePrices, put: Put,
) -> None:  # fmt: skip
    prices = make_prices(CLOSE, high=HIGH, low=LOW)
    found = measures(put(prices, (0, level)), prices, sessions)
    assert [found[name].value for name in ("touched", "touched_by_close", "held")] == [touched, by_close, held]
    if sessions > 1:
        assert found["held_after"].value == held_after


def test_a_level_below_is_the_same_upside_down(make_prices: MakePrices, put: Put) -> None:
    upside_down = {name: [10_000 / price for price in values] for name, values in (("high", LOW), ("low", HIGH))}
    above = make_prices(CLOSE, high=HIGH, low=LOW)
    below = make_prices([10_000 / price for price in CLOSE], **upside_down)
    for sessions in (1, 2, 3, 5):
        one = measures(put(above, (0, 105.0)), above, sessions)
        other = measures(put(below, (0, 10_000 / 105.0)), below, sessions, side=-1)
        for name in ("touched", "touched_by_close", "held"):
            assert one[name].value == other[name].value
            assert one[name].mirror == other[name].mirror


def test_what_followed_a_touch_runs_from_the_close_of_its_day(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices(CLOSE, high=HIGH, low=LOW)
    found = measures(put(prices, (0, 105.0)), prices, 3)
    assert found["drift_1"].value == pytest.approx(106 / 104 - 1)
    assert found["drift_3"].value == pytest.approx(102 / 104 - 1)
    down = measures(put(prices, (3, 101.5)), prices, 3, side=-1)
    assert down["drift_1"].value == pytest.approx(-(101 / 102 - 1))


def test_the_mirror_lies_as_far_away_in_logs(make_prices: MakePrices, put: Put) -> None:
    """The mirror of 105 from 100 is 95.24: the low of 94 on the eighth session reaches it, that of 99 does not."""
    prices = make_prices(CLOSE, high=HIGH, low=LOW)
    assert measures(put(prices, (0, 105.0)), prices, 7)["touched"].mirror == 0
    assert measures(put(prices, (0, 105.0)), prices, 8)["touched"].mirror == 1


def test_the_formula_is_that_of_the_levels(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices(CLOSE, high=HIGH, low=LOW, sigma=0.02)
    found = measures(put(prices, (0, 105.0), (1, 105.0)), prices, 4)
    z = np.log([105 / 100, 105 / 103]) / 0.02
    assert found["touched"].formula == pytest.approx(np.mean(2 * norm.sf(z / 2)))
    assert found["touched_by_close"].formula == pytest.approx(np.mean(2 * norm.sf((z + 0.5826) / 2)))
    assert found["held"].formula is None


def test_closes_alone_tell_of_closes_alone(make_prices: MakePrices, put: Put) -> None:
    unknown = [float("nan")] * len(CLOSE)
    prices = make_prices(CLOSE, high=unknown, low=unknown)
    found = measures(put(prices, (0, 105.0)), prices, 3)
    assert (found["touched"].n, found["held"].n) == (0, 0)
    assert (found["touched_by_close"].n, found["touched_by_close"].value) == (1, 1.0)


@pytest.mark.parametrize("split", [1, 2, 3])
def test_a_level_is_carried_over_a_split(split: int, make_prices: MakePrices, put: Put) -> None:
    """The same prices with two shares for one from some session on: the same touches."""
    halved = [
        [price / 2 if row >= split else price for row, price in enumerate(prices)] for prices in (CLOSE, HIGH, LOW)
    ]
    plain = make_prices(CLOSE, high=HIGH, low=LOW)
    prices = make_prices(halved[0], high=halved[1], low=halved[2], split=split)
    assert measures(put(prices, (0, 105.0)), prices, 3) == measures(put(plain, (0, 105.0)), plain, 3)


def random_prices(make_prices: MakePrices, seed: int, count: int) -> Prices:
    draw = np.random.default_rng(seed)
    inside = np.cumsum(draw.normal(0, 0.01 / np.sqrt(8), (count, 8)).ravel()).reshape(count, 8)
    return make_prices(
        np.exp(inside[:, -1] + np.log(100)).tolist(),
        high=np.exp(inside.max(axis=1) + np.log(100)).tolist(),
        low=np.exp(inside.min(axis=1) + np.log(100)).tolist(),
    )


@pytest.mark.parametrize("side", [1, -1])
def test_elsewhere_against_a_loop(side: int, make_prices: MakePrices, put: Put) -> None:
    prices = random_prices(make_prices, 5, 150)
    close, high, low = prices.close[:, 0], prices.high[:, 0], prices.low[:, 0]
    draw = np.random.default_rng(7)
    distances = {int(row): float(draw.uniform(0.005, 0.03)) for row in range(20, 130, 6)}
    rows = [(row, float(close[row] * np.exp(side * away))) for row, away in distances.items()]
    found = measures(put(prices, *rows), prices, 5, side)

    above = {start: close[start] > close[start - 19 : start + 1].mean() for start in range(19, 145)}
    touched, held, own_held = [], [], []
    starts = np.arange(145)
    for row, away in distances.items():
        hits, holds = [], []
        others = [int(start) for start in starts[far(np.array([row]), starts, 5)[0]]]
        same = [start for start in others if start >= 19 and above[start] == above[row]]
        for start in [row, *(same if len(same) >= 10 else others)]:
            level = close[start] * np.exp(side * away)
            reached = [
                day for day in range(start + 1, start + 6) if (high[day] >= level if side > 0 else low[day] <= level)
            ]
            stayed = [side * (level - close[day]) > 0 for day in reached[:1]]
            if start == row:
                own_held += stayed
                counts = bool(stayed)
            else:
                hits.append(bool(reached))
                holds += stayed
        touched.append(np.mean(hits))
        if counts:
            held.append(np.mean(holds))
    assert found["touched"].elsewhere == pytest.approx(np.mean(touched))
    assert found["held"].value == pytest.approx(np.mean(own_held))
    assert found["held"].elsewhere == pytest.approx(np.mean(held))


def test_a_planted_wall_holds(make_prices: MakePrices, put: Put) -> None:
    """A level 1% above every tenth close, at which the session turns: it closes as far below as it had come above."""
    draw = np.random.default_rng(11)
    log_close, high, low, rows = [np.log(100.0)], [100.0], [100.0], []
    wall = None
    for row in range(600):
        if row % 10 == 0:
            wall = log_close[-1] + 0.01
            rows.append((row, float(np.exp(wall))))
        inside = log_close[-1] + np.cumsum(draw.normal(0, 0.01 / np.sqrt(8), 8))
        top, close = inside.max(), inside[-1]
        if wall is not None and close > wall and row % 10 < 5:
            close = 2 * wall - close
        log_close.append(close)
        high.append(float(np.exp(max(top, close))))
        low.append(float(np.exp(min(inside.min(), close))))
    prices = make_prices(np.exp(log_close).tolist(), high=high, low=low)
    found = measures(put(prices, *rows), prices, 5)["held"]
    assert found.value == 1.0
    for contrast in (found.against.mirror, found.against.elsewhere):
        assert sure(contrast.difference) > 0.2
        assert sure(contrast.p_value) < 0.01


def test_days_count_once_however_many_levels_they_touch(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices(CLOSE, high=HIGH, low=LOW)
    found = measures(put(prices, (0, 105.0), (1, 105.0)), prices, 2)["held"]
    assert (found.n, found.days) == (2, 1)


@pytest.mark.parametrize("cut", [60, 100])
def test_cutting_the_future_off_changes_no_path_that_had_ended(cut: int, make_prices: MakePrices) -> None:
    prices = random_prices(make_prices, 2, 150)
    matrices = {name: getattr(prices, name)[:cut] for name in ("high", "low", "close", "sigma", "shares", "day")}
    past = replace(prices, dates=prices.dates[:cut], **matrices)
    whole, known = (paths_of(each, 0, 5, 1, ranged=True) for each in (prices, past))
    ended = whole.row + 5 < cut
    assert np.array_equal(whole.reach[ended], known.reach)
    assert np.array_equal(whole.close[ended], known.close)
    assert np.array_equal(whole.row[ended], known.row)
