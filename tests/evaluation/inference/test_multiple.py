"""Many tests at once: the example of Benjamini & Hochberg (1995), and statsmodels."""

from collections.abc import Callable

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.multiple import benjamini_hochberg, benjamini_yekutieli, bonferroni, holm

PUBLISHED = np.array([
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
])  # fmt: skip
METHODS = {bonferroni: 3, holm: 3, benjamini_hochberg: 4, benjamini_yekutieli: 3}
NAMES = {bonferroni: "bonferroni", holm: "holm", benjamini_hochberg: "fdr_bh", benjamini_yekutieli: "fdr_by"}


@pytest.mark.parametrize(("method", "rejected"), METHODS.items())
def test_how_many_are_rejected_at_five_percent(method: Callable[[Floats], Floats], rejected: int) -> None:
    assert (method(PUBLISHED) <= 0.05).sum() == rejected


@pytest.mark.parametrize(("method", "name"), NAMES.items())
def test_adjusted_values_equal_statsmodels_in_any_order(method: Callable[[Floats], Floats], name: str) -> None:
    shuffled = np.random.default_rng(0).permutation(PUBLISHED)
    assert method(shuffled) == pytest.approx(multipletests(shuffled, method=name)[1])


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_adjust(method: Callable[[Floats], Floats]) -> None:
    assert len(method(np.empty(0))) == 0
