"""All that an evaluation measures of a series: what followed its low and high values, correlation, and added value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowbt.documents import Result, merged
from flowbt.evaluation.buckets import Bucket, BucketTests, evaluate_buckets
from flowbt.evaluation.incremental import Incremental, controls_of, incremental
from flowbt.evaluation.information_coefficient import InformationCoefficient, information_coefficient
from flowbt.evaluation.panel import Panel


@dataclass(frozen=True, kw_only=True)
class SeriesHorizon(Result):
    """The correlation of a series and the return over one horizon, in sessions.

    Attributes:
        horizon: in sessions.
        information_coefficient: rank correlation of the series with the return over the horizon.
    """

    horizon: int
    information_coefficient: InformationCoefficient = merged()


@dataclass(frozen=True, kw_only=True)
class SeriesPanelEvaluation(Result):
    """All that is measured of a panel of a series.

    Attributes:
        horizons: correlation at each horizon, ascending.
        buckets: what followed low and high values, at the first horizon; lowest values first.
        bucket_tests: the highest bucket against the lowest.
        incremental: what the series adds to known predictors, at each horizon.
    """

    horizons: tuple[SeriesHorizon, ...]
    buckets: tuple[Bucket, ...]
    bucket_tests: BucketTests
    incremental: tuple[Incremental, ...]


def evaluate_series_panel(
    panel: Panel, horizons: Sequence[int], buckets: int, exchanges: Mapping[str, str] | None = None
) -> SeriesPanelEvaluation:
    """Measure what followed low and high values: buckets at the first horizon, correlation and added value at all."""
    rows, tests = evaluate_buckets(panel, horizons[0], buckets)
    controls = controls_of(panel, {}, exchanges)
    return SeriesPanelEvaluation(
        horizons=tuple(
            SeriesHorizon(horizon=horizon, information_coefficient=information_coefficient(panel, horizon))
            for horizon in horizons
        ),
        buckets=rows,
        bucket_tests=tests,
        incremental=tuple(incremental(panel, horizon, controls) for horizon in horizons),
    )
