"""All that an evaluation measures of a panel of verdicts, section by section; each section has a file of its own.

The report's answer is drawn from one horizon (`headline_horizon`), chosen without looking at results; sections that need
one horizon are of that one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.documents import Result, keyed, merged, optional
from flowbt.evaluation.calendar_time import CalendarTime, calendar_time
from flowbt.evaluation.calibration import Calibration, calibration
from flowbt.evaluation.classification import Direction, ThreeClasses, direction, three_classes
from flowbt.evaluation.coverage import Coverage, coverage
from flowbt.evaluation.event_study import DecayWindow, Delay, PathPoint, decay, delay, event_path
from flowbt.evaluation.family import Family, family
from flowbt.evaluation.incremental import Incremental, controls_of, incremental
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.information_coefficient import InformationCoefficient, information_coefficient
from flowbt.evaluation.move_size import MoveSize, move_sizes
from flowbt.evaluation.panel import UNIVERSE, Panel
from flowbt.evaluation.placebo import Placebo, placebo
from flowbt.evaluation.rolling import Rolling, rolling
from flowbt.evaluation.stability import StabilityPart, stability
from flowbt.evaluation.thresholds import Thresholds, thresholds
from flowbt.evaluation.verdicts import HorizonVerdicts, evaluate_verdicts


@dataclass(frozen=True, kw_only=True)
class HorizonEvaluation(Result):
    """All that is measured at one horizon.

    Attributes:
        verdicts: hit rates and returns of each verdict.
        information_coefficient: of score and return.
        placebo_p_value: of the placebo; None where there is none.
        placebo: the verdicts at other times; None for too few verdicts or sessions.
        direction: bearish and bullish verdicts together.
        three_classes: fell, flat or rose, for each dead band.
    """

    verdicts: HorizonVerdicts = merged()
    information_coefficient: InformationCoefficient = merged()
    placebo_p_value: float | None
    placebo: Placebo | None
    direction: Direction
    three_classes: tuple[ThreeClasses, ...]

    @property
    def horizon(self) -> int:
        """The horizon in sessions."""
        return self.verdicts.horizon


@dataclass(frozen=True, kw_only=True)
class PanelEvaluation(Result):
    """All that is measured of a panel of verdicts; from `decay` on None where no verdict is directional.

    Attributes:
        excess_over: what excess returns are above: the mean of the `universe` that day, or the symbol's `own_mean`.
        coverage: how many verdicts there were.
        horizons: hit rates, returns and tests at each horizon, ascending.
        family: all tests of lifts together.
        incremental: what the signal adds to known predictors, at each horizon.
        calibration: the score's probabilities at the headline horizon.
        decay: the effect in disjoint windows after the entry.
        path: the mean path of the price around the entry.
        delay: the effect when the entry is delayed.
        calendar_time: the verdicts as one daily portfolio.
        stability: the effect by year, by volatility regime, and without each symbol.
        move_sizes: how large moves were after each verdict.
        rolling: hit rate and base rate over time.
        thresholds: what other thresholds of the score would have given.
    """

    excess_over: Literal["universe", "own_mean"]
    coverage: Coverage
    horizons: tuple[HorizonEvaluation, ...]
    family: Family
    incremental: tuple[Incremental, ...]
    calibration: Calibration
    decay: tuple[DecayWindow, ...] | None = optional()
    path: tuple[PathPoint, ...] | None = optional()
    delay: Delay | None = optional()
    calendar_time: CalendarTime | None = optional()
    stability: tuple[StabilityPart, ...] | None = optional()
    move_sizes: tuple[MoveSize, ...] | None = keyed("volatility", default=None, optional=True)
    rolling: Rolling | None = optional()
    thresholds: Thresholds | None = optional()


def headline_horizon(horizons: Sequence[int]) -> int:
    """The middle one, the lower of two."""
    return sorted(horizons)[(len(horizons) - 1) // 2]


def evaluate_panel(
    panel: Panel,
    horizons: Sequence[int],
    extra: Mapping[str, Floats] | None = None,
    exchanges: Mapping[str, str] | None = None,
) -> PanelEvaluation:
    """Measure whether the verdicts of a panel predict.

    Args:
        panel: verdicts, scores or both.
        horizons: in sessions, ascending.
        extra: what else was known on the day and could explain a move, by name: matrices like the panel's
            (`iv_30d`, the implied volatility at the money).
        exchanges: the MIC of each symbol; New York where it is not given.
    """
    headline = headline_horizon(horizons)
    controls = controls_of(panel, extra or {}, exchanges)
    evaluated = tuple(_horizon(panel, horizon) for horizon in horizons)
    directional = bool((np.abs(panel.verdict) == 1).any())
    return PanelEvaluation(
        excess_over="universe" if len(panel.symbols) >= UNIVERSE else "own_mean",
        coverage=coverage(panel),
        horizons=evaluated,
        family=family([each.verdicts for each in evaluated]),
        incremental=tuple(incremental(panel, horizon, controls) for horizon in horizons),
        calibration=calibration(panel, headline),
        decay=decay(panel) if directional else None,
        path=event_path(panel) if directional else None,
        delay=delay(panel, headline) if directional else None,
        calendar_time=calendar_time(panel, headline) if directional else None,
        stability=stability(panel, headline) if directional else None,
        move_sizes=move_sizes(panel) if directional else None,
        rolling=rolling(panel, headline) if directional else None,
        thresholds=thresholds(panel, headline) if directional else None,
    )


def _horizon(panel: Panel, horizon: int) -> HorizonEvaluation:
    shifts = placebo(panel, horizon)
    return HorizonEvaluation(
        verdicts=evaluate_verdicts(panel, horizon),
        information_coefficient=information_coefficient(panel, horizon),
        placebo_p_value=shifts.p_value if shifts else None,
        placebo=shifts,
        direction=direction(panel, horizon),
        three_classes=three_classes(panel, horizon),
    )
