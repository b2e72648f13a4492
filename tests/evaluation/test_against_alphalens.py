"""Buckets and information coefficients per date against alphalens-reloaded."""

from typing import Any

import numpy as np
import pytest

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.cross_section import above_row_mean, bucket_means, row_buckets, row_spearman

DAYS, SYMBOLS, HORIZONS, BUCKETS = 30, 12, (1, 3), 4

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:pandas.errors.Pandas4Warning:alphalens.utils")


@pytest.fixture(scope="module")
def panel() -> tuple[Floats, Floats]:
    random = np.random.default_rng(3)
    scores = random.normal(size=(DAYS, SYMBOLS))
    scores[random.random(scores.shape) < 0.1] = np.nan
    return scores, 100 * np.exp(random.normal(0, 0.01, (DAYS + 3, SYMBOLS)).cumsum(axis=0))


@pytest.fixture
def clean(panel: tuple[Floats, Floats]) -> Any:
    import pandas as pd  # noqa: PLC0415  (heavy, and only these tests need them)
    from alphalens import utils  # type: ignore[import-untyped]  # noqa: PLC0415

    scores, prices = panel
    days, symbols = pd.bdate_range("2026-01-05", periods=DAYS + 3), [f"S{number}" for number in range(SYMBOLS)]
    factor = pd.DataFrame(scores, index=days[:DAYS], columns=symbols).stack().dropna()
    frame = pd.DataFrame(prices, index=days, columns=symbols)
    return utils.get_clean_factor_and_forward_returns(factor, frame, periods=HORIZONS, quantiles=BUCKETS)


def following(prices: Floats, horizon: int) -> Floats:
    return prices[horizon : horizon + DAYS] / prices[:DAYS] - 1


def test_mean_returns_of_quantiles_are_those_of_alphalens(panel: tuple[Floats, Floats], clean: Any) -> None:
    from alphalens import performance  # noqa: PLC0415

    scores, prices = panel
    theirs, _ = performance.mean_return_by_quantile(clean)
    bucket = row_buckets(scores, BUCKETS)
    for place, horizon in enumerate(HORIZONS):
        moves = np.where(bucket > 0, following(prices, horizon), np.nan)
        ours = np.nanmean(bucket_means(bucket, above_row_mean(moves), BUCKETS), axis=0)
        assert ours == pytest.approx(theirs.iloc[:, place].to_numpy(), rel=1e-10)


def test_information_coefficients_are_those_of_alphalens(panel: tuple[Floats, Floats], clean: Any) -> None:
    from alphalens import performance  # noqa: PLC0415

    scores, prices = panel
    theirs = performance.factor_information_coefficient(clean)
    for place, horizon in enumerate(HORIZONS):
        ours = row_spearman(scores, following(prices, horizon))
        assert ours == pytest.approx(theirs.iloc[:, place].to_numpy(), abs=1e-12)
