"""What the price had done by the verdict's close: by hand, whatever the entry, and blind to what came after."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.evaluation.conftest import DAYS, MakePanel

from flowbt.evaluation.forward_returns import ENTRIES, PRICES, Outcomes, outcomes_of
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.evaluation.trailing import ewma_volatility, past_return, realised_volatility
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, conform


def panel_of_closes(closes: np.ndarray, first: int = 0, adjusted: np.ndarray | None = None) -> Panel:
    """One symbol, entered at the next open, which is a tenth above the close before."""
    close = closes[:, None]
    entry = close * 1.1
    one = np.ones_like(close)
    factor = one if adjusted is None else adjusted[:, None] / close
    prices = (entry, close, close, close, factor, one)
    outcomes = Outcomes(tuple(DAYS[: len(close)]), ("AAA",), "next_open", one.astype(np.bool_), *prices)
    said = np.zeros((len(close) - first, 1))
    return Panel(tuple(DAYS[first : len(close)]), ("AAA",), said, said, outcomes, first)


def test_a_return_is_from_close_to_close_whatever_the_entry() -> None:
    panel = panel_of_closes(np.array([10.0, 11, 12.1, 12.1]))
    assert past_return(panel, 2)[:, 0] == pytest.approx([np.nan, np.nan, 0.21, 0.1], nan_ok=True)


def test_it_looks_back_over_bars_before_the_panel() -> None:
    panel = panel_of_closes(np.array([10.0, 11, 12.1, 12.1]), first=2)
    assert past_return(panel, 2)[:, 0] == pytest.approx([0.21, 0.1])


def test_a_split_is_no_move_where_there_is_an_adjusted_close() -> None:
    panel = panel_of_closes(np.array([10.0, 5.0]), adjusted=np.array([5.0, 5.0]))
    assert past_return(panel, 1)[1, 0] == pytest.approx(0.0)


def test_realised_volatility_is_per_year() -> None:
    """Log returns of 1% and -1% in turn have a root mean square of 1% a day."""
    panel = panel_of_closes(np.exp(np.tile([0.0, 0.01], 15)))
    found = realised_volatility(panel, 20)[:, 0]
    assert np.isnan(found[:20]).all()
    assert found[20:] == pytest.approx(0.01 * np.sqrt(252))


def test_a_missing_close_leaves_realised_volatility_unknown_while_it_is_in_the_window() -> None:
    closes = np.exp(np.tile([0.0, 0.01], 25))
    closes[10] = np.nan
    found = realised_volatility(panel_of_closes(closes), 20)[:, 0]
    assert np.isnan(found[:31]).all()
    assert np.isfinite(found[31:]).all()


def test_weighted_volatility_by_hand() -> None:
    """20 returns of 1%, then one of 2%: the weights are 1, .94, .94^2, ... from the last back."""
    closes = np.exp(np.concatenate([[0.0], np.cumsum(np.full(20, 0.01)), [0.22]]))
    weights = 0.94 ** np.arange(21)
    squares = np.concatenate([[0.02**2], np.full(20, 0.01**2)])
    found = ewma_volatility(panel_of_closes(closes))[:, 0]
    assert np.isnan(found[:20]).all()
    assert found[20] == pytest.approx(0.01)
    assert found[21] == pytest.approx(np.sqrt(weights @ squares / weights.sum()))


def test_a_missing_close_does_not_end_the_weighted_volatility() -> None:
    closes = np.exp(0.01 * np.arange(40))
    closes[30] = np.nan
    assert ewma_volatility(panel_of_closes(closes))[20:, 0] == pytest.approx(0.01)


@pytest.mark.parametrize("cut", [25, 40, 59])
def test_nothing_of_the_future_is_in_it(make_panel: MakePanel, cut: int) -> None:
    moves = np.random.default_rng(0).normal(0, 0.01, 60)
    whole = make_panel(np.zeros(60), moves)
    poisoned = replace(whole, outcomes=_poisoned(whole.outcomes, cut))
    for measure in (lambda p: past_return(p, 5), ewma_volatility, realised_volatility):
        assert np.array_equal(measure(whole)[:cut], measure(poisoned)[:cut], equal_nan=True)


def _poisoned(outcomes: Outcomes, cut: int) -> Outcomes:
    """All prices from the session `cut` on replaced by another."""
    kept = [getattr(outcomes, name) for name in PRICES]
    prices = [np.vstack([values[:cut], np.full_like(values[cut:], 1e6)]) for values in kept]
    return Outcomes(outcomes.dates, outcomes.symbols, outcomes.entry, outcomes.session, *prices)


def test_fewer_sessions_than_looked_back_over_are_unknown() -> None:
    panel = panel_of_closes(np.array([10.0, 11.0]))
    assert np.isnan(realised_volatility(panel, 20)).all()
    assert np.isnan(past_return(panel, 5)).all()


def test_a_split_on_file_is_no_momentum_whatever_the_entry() -> None:
    days = DAYS[:4]
    closes = [100.0, 100.0, 10.0, 10.0]
    bars = pl.DataFrame({"symbol": "AAA", "date": days, **dict.fromkeys(("open", "high", "low", "close"), closes)})
    split = pl.DataFrame({"symbol": ["AAA"], "date": [days[2]], "kind": ["split"], "value": [10.0]})
    said = pl.DataFrame({"symbol": "AAA", "date": days, "verdict": [1, 1, 1, 1]})
    for entry in ENTRIES:
        outcomes = outcomes_of(conform(bars, PRICE_BARS), entry, conform(split, CORPORATE_ACTIONS))
        assert past_return(panel_of(said, outcomes), 1)[1:, 0] == pytest.approx([0.0, 0.0, 0.0])
