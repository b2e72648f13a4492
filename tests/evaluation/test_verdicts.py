"""Hit rates and lifts on panels worked out by hand, and their errors by simulation."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.evaluation import evaluate_verdicts


def panel(
    verdicts: list[int | None], returns: list[float | None], symbol: str = "AAA"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(len(verdicts))]
    keys = {"symbol": [symbol] * len(days), "date": days}
    return (
        pl.DataFrame({**keys, "verdict": verdicts}, schema_overrides={"verdict": pl.Int8}),
        pl.DataFrame({**keys, "return_1": returns}, schema_overrides={"return_1": pl.Float64}),
    )


def cell(verdict: str, verdicts: list[int | None], returns: list[float | None]) -> dict[str, Any]:
    (horizon,) = evaluate_verdicts(*panel(verdicts, returns), [1])
    return dict(horizon["verdicts"][verdict])


def test_a_bearish_hit_is_a_fall_and_the_base_rate_is_how_often_it_falls_anyway() -> None:
    said = cell("bearish", [-1, -1, 0, 0], [-0.1, 0.1, -0.1, 0.1])
    assert (said["n"], said["hit_rate"], said["base_rate"], said["lift"]) == (2, 0.5, 0.5, 0.0)


def test_lift_is_the_hit_rate_above_the_base_rate() -> None:
    said = cell("bullish", [1, 1, 0, 0], [0.1, 0.1, -0.1, 0.1])
    assert (said["hit_rate"], said["base_rate"], said["lift"]) == (1.0, 0.75, 0.25)


def test_no_move_is_no_hit_either_way() -> None:
    assert cell("bullish", [1, -1], [0.0, 0.0])["hit_rate"] == 0
    assert cell("bearish", [1, -1], [0.0, 0.0])["hit_rate"] == 0


def test_a_neutral_verdict_has_returns_but_no_hits() -> None:
    said = cell("neutral", [0, 0, 1], [0.2, 0.4, 0.0])
    assert (said["n"], said["hit_rate"], said["mean_return"]) == (2, None, pytest.approx(0.3))


def test_days_without_verdict_or_outcome_count_for_nothing() -> None:
    (horizon,) = evaluate_verdicts(*panel([1, None, 1, 0], [0.1, 0.1, None, -0.1]), [1])
    assert (horizon["sessions"], horizon["base_rate_up"], horizon["verdicts"]["bullish"]["n"]) == (2, 0.5, 1)


def test_mean_excess_return_is_above_the_symbols_own_mean() -> None:
    said = cell("bullish", [1, 0, 0, 0], [0.4, 0.0, 0.0, 0.0])
    assert said["mean_excess_return"] == pytest.approx(0.3)


def test_each_symbol_has_its_own_base_rate() -> None:
    riser, faller = panel([1, 1, 0, 0], [0.1] * 4, "UP"), panel([0, 0, 0, 0], [-0.1] * 4, "DOWN")
    both = [pl.concat(pair) for pair in zip(riser, faller, strict=True)]
    (horizon,) = evaluate_verdicts(both[0], both[1], [1])
    said = horizon["verdicts"]["bullish"]
    assert (said["base_rate"], said["lift"]) == (1.0, 0.0)


def test_few_days_have_no_interval() -> None:
    said = cell("bullish", [1, 0, 0], [0.1, -0.1, 0.1])
    assert (said["lift_ci"], said["p_value"], said["minimum_detectable"]) == (None, None, None)


def test_no_verdicts_give_an_empty_cell() -> None:
    said = cell("bearish", [0, 0], [0.1, 0.1])
    assert said["n"] == 0
    assert all(value is None for name, value in said.items() if name != "n")


def test_what_is_detectable_is_the_lift_of_2_8_standard_errors() -> None:
    draws = np.random.default_rng(0)
    said = cell("bullish", list(draws.integers(-1, 2, 300)), list(draws.normal(size=300)))
    assert said["minimum_detectable"] == pytest.approx(2.8 * abs(said["lift"] / said["t"]))


def test_without_an_edge_the_interval_covers_zero_as_often_as_it_should() -> None:
    draws, covered = np.random.default_rng(5), 0
    for _ in range(200):
        verdicts = np.sign(np.convolve(draws.normal(size=252), np.ones(3), "valid")).astype(int)
        said = cell("bullish", list(verdicts), list(draws.normal(0.05, 1, size=250)))
        covered += said["lift_ci"][0] <= 0 <= said["lift_ci"][1]
    assert 0.90 <= covered / 200 <= 0.99


def test_a_planted_edge_is_found() -> None:
    draws = np.random.default_rng(6)
    verdicts = draws.integers(-1, 2, 750)
    said = cell("bullish", list(verdicts), list(draws.normal(0.4 * verdicts, 1)))
    assert said["p_value"] < 0.01
    assert said["lift_ci"][0] > 0
