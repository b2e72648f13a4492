"""Evaluations of a small synthetic market, as the commands give them."""

import pytest
from tests.report.market import series_evaluation, signal_evaluation

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation


@pytest.fixture(scope="session")
def signal() -> SignalEvaluation:
    """The evaluation of a signal on a small synthetic market."""
    return signal_evaluation()


@pytest.fixture(scope="session")
def series() -> SeriesEvaluation:
    """The evaluation of a series on a small synthetic market."""
    return series_evaluation()
