"""Is an effect everywhere: by year, by regime, without each symbol."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.stability import StabilityPart, stability


@pytest.fixture
def by_group(make_panel: MakePanel) -> dict[tuple[str, str], StabilityPart]:
    """Two symbols over two years: only the first goes the verdict's way, and only in the first year."""
    draws = np.random.default_rng(3)
    verdicts = draws.integers(-1, 2, (480, 2))
    moves = 0.005 * draws.normal(size=(480, 2))
    moves[:250, 0] += 0.02 * verdicts[:250, 0]
    return {(row.by, row.group): row for row in stability(make_panel(verdicts, moves), 1)}


def test_a_year_is_judged_by_itself(by_group: dict[tuple[str, str], StabilityPart]) -> None:
    assert by_group["year", "2023"].signed_excess == pytest.approx(0.01, abs=0.002)
    assert abs(known(by_group["year", "2024"].signed_excess)) < 0.002


def test_an_effect_of_one_symbol_is_gone_without_it(by_group: dict[tuple[str, str], StabilityPart]) -> None:
    assert abs(known(by_group["without", "S00"].signed_excess)) < 0.002
    assert by_group["without", "S01"].signed_excess == pytest.approx(0.01, abs=0.003)


def test_regimes_are_thirds_that_make_up_the_whole(by_group: dict[tuple[str, str], StabilityPart]) -> None:
    counts = [by_group["volatility", name].n for name in ("calm", "usual", "wild")]
    years = [by_group["year", year].n for year in ("2023", "2024")]
    without_volatility_yet = 20 * 2
    assert 0 <= sum(years) - sum(counts) <= without_volatility_yet
    assert min(counts) > 0.25 * sum(counts)


def test_one_year_and_one_symbol_are_no_groups(make_panel: MakePanel) -> None:
    rows = stability(make_panel([1, -1] * 40, [0.01, -0.01] * 40), 1)
    assert {row.by for row in rows} == {"volatility"}
