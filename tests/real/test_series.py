"""Published indicators against the S&P 500: bucket means that pandas gives, and what may be concluded from them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.evaluation.conftest import known

from flowbt.workflows.evaluate_series import evaluate_series

Evaluate = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def squeeze(shared_data: Path) -> Path:
    return shared_data / "market" / "dix_gex_2011_2020.csv"


def test_gamma_exposure_in_fifths_against_the_size_of_the_next_move(squeeze: Path) -> None:
    found = evaluate_series(squeeze, "gex", entry="close")
    means = [100 * row.mean_abs_return for row in found.buckets]
    assert means == pytest.approx([1.2968, 0.7679, 0.5573, 0.4600, 0.4301], abs=5e-5)
    size = found.bucket_tests.outcomes[1]
    assert known(size.p_value) < 0.01
    assert known(size.ci)[1] < -0.004


def test_dark_index_in_fifths_against_the_next_return(squeeze: Path) -> None:
    found = evaluate_series(squeeze, "dix", entry="close")
    means = [1e4 * row.mean_return for row in found.buckets]
    assert means == pytest.approx([-0.93, 1.74, 1.92, 0.68, 19.65], abs=5e-3)


def test_put_call_ratio_equals_pandas(shared_data: Path) -> None:
    ratio_file = shared_data / "market" / "cboe_total_put_call_2006_2019.csv"
    price_file = shared_data / "prices" / "GSPC_2000_2022.csv"
    found = evaluate_series(ratio_file, "Ratio", prices=price_file)
    ratio = pd.read_csv(ratio_file)
    ratio = pd.Series(ratio["Ratio"].to_numpy(), pd.to_datetime(ratio["DATE"], format="mixed"))
    prices = pd.read_csv(price_file, index_col="Date", parse_dates=True)
    adjusted = prices["Open"] * prices["Adj Close"] / prices["Close"]
    moves = (adjusted.shift(-2) / adjusted.shift(-1) - 1).reindex(ratio.index)
    fifths = pd.qcut(ratio[moves.notna()], 5, labels=False)
    expected = moves.groupby(fifths).agg(["size", "mean"])
    assert [row.n for row in found.buckets] == expected["size"].tolist()
    assert [row.mean_return for row in found.buckets] == pytest.approx(expected["mean"].tolist())
    sizes = moves.abs().groupby(fifths).mean()
    assert [row.mean_abs_return for row in found.buckets] == pytest.approx(sizes.tolist())
    assert np.diff(sizes).min() > 0


def test_the_answer_says_what_may_be_concluded(squeeze: Path) -> None:
    answer = evaluate_series(squeeze, "gex", entry="close").answer
    assert "is significant" in answer.split("It predicts direction")[0]
    assert "It predicts direction weakly" in answer
    assert "quantiles of the whole sample, which were not known at the time" in answer
    assert "what could be traded" in answer
