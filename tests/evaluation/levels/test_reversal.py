"""What is given back after the end of a window."""

from collections.abc import Callable

import numpy as np
import pytest

from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.reversal import reversals
from flowbt.evaluation.levels.windows import over

MakePrices = Callable[..., Prices]
Put = Callable[..., Placed]


def sure(value: float | None) -> float:
    """The value, which must be known."""
    assert value is not None
    return value


def test_by_hand(make_prices: MakePrices, put: Put) -> None:
    """Up 2% towards a level above and back by 1%; up 3% away from one below and on by 2%."""
    prices = make_prices([100.0, 102.0, 102 * 0.99, 102 * 0.99 * 1.03, 102 * 0.99 * 1.03 * 1.02])
    first = reversals(over(put(prices, (0, 103.0), (2, 95.0)), prices, 1), prices)[0]
    assert (first.sessions, first.toward.n, first.away.n) == (1, 1, 1)
    assert first.toward.mean == pytest.approx(0.01)
    assert first.away.mean == pytest.approx(-0.02)
    assert first.difference == pytest.approx(0.03)
    assert first.p_value is None


def test_what_is_let_go_after_a_pin_is_found(make_prices: MakePrices, put: Put) -> None:
    """The price moves all the way to a level, and back the next session; without a level it wanders."""
    draw = np.random.default_rng(4)
    close, rows = [100.0], []
    for _ in range(150):
        start, gap = close[-1], draw.choice([-0.02, 0.02])
        rows.append((len(close) - 1, start * (1 + gap)))
        close += [start * (1 + gap), start * (1 + draw.normal(0, 0.002))]
        rows.append((len(close) - 1, close[-1] * (1 + draw.choice([-0.02, 0.02]))))
        close += [close[-1] * (1 + draw.normal(0, 0.01)), close[-1] * (1 + draw.normal(0, 0.01))]
    prices = make_prices(close)
    first = reversals(over(put(prices, *rows), prices, 1), prices)[0]
    assert sure(first.difference) > 0.005
    assert sure(first.p_value) < 0.01
