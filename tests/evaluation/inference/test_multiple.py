"""Many tests at once: the example of the paper, statsmodels, and order."""

from collections.abc import Callable

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from flowbt.evaluation.inference.multiple import benjamini_hochberg, holm

# Benjamini & Hochberg (1995), section 3.2
PUBLISHED = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1]
)
Adjust = Callable[[np.ndarray], np.ndarray]
NAMED: list[tuple[Adjust, str]] = [
    (holm, "holm"),
    (benjamini_hochberg, "fdr_bh"),
]


@pytest.mark.parametrize(("adjust", "rejected"), [(holm, 3), (benjamini_hochberg, 4)])
def test_the_published_example(adjust: Adjust, rejected: int) -> None:
    assert (adjust(PUBLISHED) <= 0.05).sum() == rejected


@pytest.mark.parametrize(("adjust", "name"), NAMED)
def test_adjusted_p_values_equal_statsmodels_in_any_order_and_with_ties(adjust: Adjust, name: str) -> None:
    draws = np.random.default_rng(0)
    p_values = np.round(draws.uniform(size=40) ** 3, 2)
    assert adjust(p_values) == pytest.approx(multipletests(p_values, method=name)[1])


@pytest.mark.parametrize(("adjust", "_name"), NAMED)
def test_one_test_stays_as_it_is_and_none_is_none(adjust: Adjust, _name: str) -> None:
    assert adjust(np.array([0.03])) == pytest.approx([0.03])
    assert len(adjust(np.array([]))) == 0
