"""Hit rates and lifts on panels worked out by hand."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.family import Survivor, family
from flowbt.evaluation.verdicts import HorizonVerdicts, VerdictCell, evaluate_verdicts


@pytest.fixture
def cell(make_panel: MakePanel) -> Any:
    def make(verdict: str, verdicts: list[Any], moves: list[Any]) -> VerdictCell:
        return evaluate_verdicts(make_panel(verdicts, moves), 1).cells[verdict]

    return make


def test_a_bearish_hit_is_a_fall_and_the_base_rate_is_how_often_it_falls_anyway(cell: Any) -> None:
    said = cell("bearish", [-1, -1, 0, 0], [-0.1, 0.1, -0.1, 0.1])
    assert (said.n, said.hit_rate, said.base_rate, said.lift) == (2, 0.5, 0.5, 0.0)


def test_lift_is_the_hit_rate_above_the_base_rate(cell: Any) -> None:
    said = cell("bullish", [1, 1, 0, 0], [0.1, 0.1, -0.1, 0.1])
    assert (said.hit_rate, said.base_rate, said.lift) == (1.0, 0.75, 0.25)


def test_no_move_is_no_hit_either_way(cell: Any, make_panel: MakePanel) -> None:
    assert cell("bullish", [1, -1], [0.0, 0.0]).hit_rate == 0
    assert cell("bearish", [1, -1], [0.0, 0.0]).hit_rate == 0
    assert evaluate_verdicts(make_panel([1, -1, 0, 0], [0.0, 0.1, 0.0, 0.1]), 1).no_move_share == 0.5


def test_a_neutral_verdict_has_returns_but_no_hits(cell: Any) -> None:
    said = cell("neutral", [0, 0, 1], [0.2, 0.4, 0.0])
    assert (said.n, said.hit_rate, said.mean_return) == (2, None, pytest.approx(0.3))


def test_days_without_verdict_or_outcome_count_for_nothing(make_panel: MakePanel) -> None:
    found = evaluate_verdicts(make_panel([1, None, 0, 1], [0.1, 0.1, -0.1, None]), 1)
    assert (found.sessions, found.base_rate_up, found.cells["bullish"].n) == (2, 0.5, 1)


def test_mean_excess_return_is_above_the_symbols_own_mean(cell: Any) -> None:
    said = cell("bullish", [1, 0, 0, 0], [0.4, 0.0, 0.0, 0.0])
    assert said.mean_excess_return == pytest.approx(0.3)


def test_each_symbol_has_its_own_base_rate(make_panel: MakePanel) -> None:
    moves = [[0.1, -0.1]] * 4
    said = evaluate_verdicts(make_panel([[1, 0], [1, 0], [0, 0], [0, 0]], moves), 1).cells["bullish"]
    assert (said.base_rate, said.lift) == (1.0, 0.0)


def test_few_days_have_no_interval(cell: Any) -> None:
    said = cell("bullish", [1, 0, 0], [0.1, -0.1, 0.1])
    assert (said.lift_ci, said.p_value, said.minimum_detectable) == (None, None, None)


def test_nine_verdicts_are_too_few_for_a_test_and_ten_are_enough(cell: Any) -> None:
    moves = list(np.random.default_rng(2).normal(0, 0.01, 200))
    for count in (9, 10):
        said = cell("bullish", [1, 0, 0, 0, 0] * count + [0] * (200 - 5 * count), moves)
        tested = [said.lift_ci, said.p_value, said.minimum_detectable, said.mean_excess_ci, said.return_p_value]
        assert (said.n, {value is None for value in tested}) == (count, {count < 10})


def test_no_verdicts_give_an_empty_cell(cell: Any) -> None:
    said = cell("bearish", [0, 0], [0.1, 0.1])
    assert said.n == 0
    assert all(value is None for name, value in asdict(said).items() if name != "n")


def test_what_is_detectable_goes_with_the_width_of_the_interval(cell: Any) -> None:
    draws = np.random.default_rng(0)
    said = cell("bullish", list(draws.integers(-1, 2, 300)), list(draws.normal(0, 0.01, size=300)))
    low, high = said.lift_ci
    assert said.minimum_detectable == pytest.approx(2.8 / 1.959964 * (high - low) / 2, rel=1e-5)


def test_the_lift_over_what_was_known_compares_with_earlier_outcomes_only(cell: Any) -> None:
    """Thirty falls, then thirty rises: the base rate known at the twelve verdicts rises from 0 as the rises come in."""
    verdicts = [0] * 30 + [1] * 12 + [0] * 18
    said = cell("bullish", verdicts, [-0.01] * 30 + [0.01] * 30)
    expected = np.mean([1 - rises / (30 + rises) for rises in range(12)])
    assert said.lift_over_expanding == pytest.approx(expected)
    assert said.base_rate == pytest.approx(0.5)


def test_a_planted_edge_is_found(cell: Any) -> None:
    draws = np.random.default_rng(6)
    verdicts = draws.integers(-1, 2, 750)
    said = cell("bullish", list(verdicts), list(0.01 * draws.normal(0.4 * verdicts, 1)))
    assert said.p_value < 0.01
    assert said.lift_ci[0] > 0


def noise(make_panel: MakePanel, seed: int, edge: float = 0.0) -> list[HorizonVerdicts]:
    draws = np.random.default_rng(seed)
    verdicts = draws.integers(-1, 2, 300)
    panel = make_panel(list(verdicts), list(0.01 * draws.normal(edge * verdicts, 1)))
    return [evaluate_verdicts(panel, horizon) for horizon in (1, 2, 3)]


def test_the_best_of_a_family_is_worth_less_than_alone(make_panel: MakePanel) -> None:
    found = family(noise(make_panel, 3))
    assert found.tests == 6
    assert known(found.max_t_p_value) > known(found.smallest_p_value)
    assert found.survivors == ()


def test_a_large_edge_survives_the_family(make_panel: MakePanel) -> None:
    survivors = family(noise(make_panel, 3, edge=0.8)).survivors
    assert Survivor(1, "bullish") in survivors


def test_nothing_to_test_is_a_family_of_none(make_panel: MakePanel) -> None:
    found = family([evaluate_verdicts(make_panel([0, 0], [0.1, 0.1]), 1)])
    assert (found.tests, found.max_t_p_value, found.survivors) == (0, None, ())
