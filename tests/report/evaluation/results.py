"""Small results, to be changed with `dataclasses.replace`: what the answer says in cases that a market seldom has."""

from datetime import date

from flowbt.evaluation.calibration import Calibration
from flowbt.evaluation.classification import Direction, IndependenceTest, TimingTest
from flowbt.evaluation.coverage import Coverage
from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.family import Family
from flowbt.evaluation.information_coefficient import InformationCoefficient
from flowbt.evaluation.results import SignalEvaluation
from flowbt.evaluation.return_definition import ReturnDefinition
from flowbt.evaluation.verdicts import HorizonVerdicts, VerdictCell

CELL = VerdictCell(
    n=41,
    effective_n=30.2,
    hit_rate=0.4802,
    hit_ci=(0.34, 0.62),
    base_rate=0.4601,
    lift=0.0201,
    lift_ci=(-0.11, 0.15),
    t=0.52,
    p_value=0.603,
    minimum_detectable=0.18,
    mean_return=-0.0004,
    mean_excess_return=-0.0011,
    mean_excess_ci=(-0.006, 0.0038),
    return_p_value=0.66,
)
"""41 verdicts whose lift is not significant."""
NONE = VerdictCell(n=0)
NO_TESTS = Family(tests=0, smallest_p_value=None, max_t_p_value=None, survivors=(), benjamini_hochberg=0)
NO_DIRECTION = Direction(0, None, None, IndependenceTest(None, None), TimingTest(None, None, None))


def horizon_of(
    horizon: int = 3, *, bearish: VerdictCell = NONE, neutral: VerdictCell = NONE, bullish: VerdictCell = NONE
) -> HorizonEvaluation:
    """One horizon of the verdicts given, without any other test."""
    verdicts = HorizonVerdicts(
        horizon=horizon,
        sessions=250,
        base_rate_up=0.53,
        no_move_share=0.0,
        cells={"bearish": bearish, "neutral": neutral, "bullish": bullish},
        lifts={},
    )
    return HorizonEvaluation(
        verdicts=verdicts,
        information_coefficient=InformationCoefficient(value=None, ci=None, p_value=None, ratio=None, method=None),
        placebo_p_value=None,
        placebo=None,
        direction=NO_DIRECTION,
        three_classes=(),
    )


def signal_of(*horizons: HorizonEvaluation) -> SignalEvaluation:
    """An evaluation of a signal on IWM with nothing but these horizons."""
    return SignalEvaluation(
        signal="flow_verdict",
        description="",
        parameters={},
        symbols=("IWM",),
        first=date(2025, 7, 1),
        last=date(2026, 6, 30),
        prices_to=date(2026, 6, 30),
        sessions=250,
        decision="close",
        entry="next_open",
        exchanges={"IWM": "XNYS"},
        returns=ReturnDefinition(),
        excess_over="own_mean",
        coverage=Coverage(symbol_days=250, verdicts={"bearish": 0, "neutral": 0, "bullish": 0}, active_dates=0),
        horizons=horizons,
        family=NO_TESTS,
        incremental=(),
        calibration=Calibration(3, 0),
    )
