"""A level study of a small synthetic market, and single results for edge cases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.calibration.levels import market

from flowbt.evaluation.levels import LevelStudy, evaluate_level_rows
from flowbt.evaluation.levels.barriers import Side, Touches
from flowbt.evaluation.levels.contrast import Contrast
from flowbt.evaluation.levels.gap_regression import GapRegression
from flowbt.evaluation.levels.gravity import GravityContrasts, GravityMeasure
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.result import LevelEvaluation
from flowbt.evaluation.levels.reversal import MeanMove, Reversal
from flowbt.evaluation.levels.touches import TouchContrasts, TouchMeasure

MakeContrast = Callable[..., Contrast]
MakeTouch = Callable[..., TouchMeasure]
MakeBarrier = Callable[..., Touches]


@pytest.fixture(scope="session")
def study() -> LevelStudy:
    """Max pain by expiry, pins without one, and walls, of two symbols over 120 sessions."""
    bars, levels = market(3, 120, 2)
    return evaluate_level_rows(levels, bars, [1, 5])


@pytest.fixture(scope="session")
def evaluation(study: LevelStudy) -> LevelEvaluation:
    """The study as of a file."""
    return LevelEvaluation(
        levels_file="walls.csv", prices=None, symbols=study.symbols, first=study.first, last=study.last, sessions=62,
        calendar=None, levels=study, report="reports/x/report.html",
    )  # fmt: skip


@pytest.fixture(scope="session")
def empty() -> LevelStudy:
    """A study without levels."""
    return LevelStudy(
        horizons=(1,), first=None, last=None, symbols=(), kinds=(), left_out={}, volatility={}, jumps=(), gravity=(),
        touches=(),
    )  # fmt: skip


def contrast_of(value: float | None, placebo: float | None, p_value: float | None) -> Contrast:
    """A difference with an interval of 15 points to either side, unless there is no p-value."""
    if value is None or placebo is None:
        return Contrast()
    difference = value - placebo
    if p_value is None:
        return Contrast(difference)
    return Contrast(difference, (difference - 0.15, difference + 0.15), p_value, 0.21)


@pytest.fixture(scope="session")
def make_touch() -> MakeTouch:
    """A measure of touches: by default 41% of 96 against 34% on other days, not significant."""

    def make(
        measure: str,
        value: float | None = 0.41,
        elsewhere: float | None = 0.34,
        p_value: float | None = 0.48,
        *,
        mirror: float | None = 0.36,
        formula: float | None = None,
        n: int = 96,
    ) -> TouchMeasure:
        against = TouchContrasts(contrast_of(value, mirror, None), contrast_of(value, elsewhere, p_value))
        return TouchMeasure(measure, n, 22, value, formula, mirror, elsewhere, against)

    return make


@pytest.fixture(scope="session")
def make_barrier(make_touch: MakeTouch) -> MakeBarrier:
    """One kind on one side at one horizon; measures by name replace the usual ones."""

    def make(
        kind: str = "call wall", side: Side = "above", horizon: int = 3, levels: int = 100, **measures: TouchMeasure
    ) -> Touches:
        usual = {
            "touched": make_touch("touched", formula=0.45),
            "touched_by_close": make_touch("touched_by_close", 0.29, 0.25, 0.4, formula=0.28),
            "held": make_touch("held", 0.5, 0.4, 0.3, n=39),
            "held_after": make_touch("held_after", 0.56, 0.56, 0.9, n=39),
            "drift_1": make_touch("drift_1", -0.001, -0.002, 0.6, mirror=0.0, n=39),
            "drift_3": make_touch("drift_3", 0.004, 0.001, 0.7, mirror=0.0, n=38),
            "drift_5": make_touch("drift_5", 0.002, 0.001, None, mirror=0.0, n=36),
        }
        return Touches(kind, side, horizon, levels, 0.014, 0.88, tuple((usual | measures).values()))

    return make


@pytest.fixture(scope="session")
def pin() -> Gravity:
    """Max pain, three to five sessions before its expiry."""

    def measure(name: str, value: float, elsewhere: float, p_value: float, mirror: float) -> GravityMeasure:
        against = GravityContrasts(
            contrast_of(value, mirror, None), Contrast(), Contrast(), contrast_of(value, elsewhere, p_value)
        )
        return GravityMeasure(name, 97, value, mirror, 0.46, 0.4, elsewhere, against)

    slopes = (((), 0.11), (("prior_close",), 0.04), (("prior_close", "mean_close_20"), -0.14))
    return Gravity(
        kind="max pain",
        by="expiry",
        sessions=(3, 5),
        n=97,
        ends=59,
        mean_gap=0.011,
        measures=(
            measure("nearer", 0.43, 0.36, 0.27, 0.27),
            measure("distance", 0.0046, 0.0046, 0.98, 0.0058),
            measure("within", 0.22, 0.22, 0.99, 0.19),
        ),
        pull=tuple(GapRegression(beside, 97, slope, (slope - 0.6, slope + 0.6), 0.7, 0.8) for beside, slope in slopes),
        given_back=(Reversal(1, MeanMove(54, 0.0003), MeanMove(41, 0.0013), -0.001, (-0.006, 0.004), 0.68, 0.0055),),
    )


@pytest.fixture(scope="session")
def only(empty: LevelStudy) -> Callable[..., LevelStudy]:
    """A study of these rows alone."""

    def make(*touches: Touches, gravity: tuple[Gravity, ...] = (), **others: Any) -> LevelStudy:
        first, last = date(2026, 5, 26), date(2026, 8, 21)
        return replace(empty, touches=touches, gravity=gravity, first=first, last=last, **others)

    return make
