"""Sessions are those of each symbol's own exchange: on 2019-01-21 New York was closed and Mumbai open."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.calendar_time import position
from flowbt.evaluation.evaluate import evaluate_panel
from flowbt.evaluation.forward_returns import Outcomes, forward_returns, outcomes_of
from flowbt.evaluation.incremental import controls_of
from flowbt.evaluation.levels import LEVELS, evaluate_level_rows
from flowbt.evaluation.panel import panel_of
from flowbt.evaluation.trailing import past_return
from flowbt.schema import PRICE_BARS, conform

MARTIN_LUTHER_KING = date(2019, 1, 21)
EXCHANGES = {"NIFTY": "XNSE", "SPY": "XNYS"}
FIRST, LAST = date(2019, 1, 16), date(2019, 1, 25)


def bars(symbol: str, first: date = FIRST, last: date = LAST, seed: int | None = None) -> pl.DataFrame:
    """Closes of 100, 101, 102, ... on the sessions of its exchange, or of a random walk."""
    days = sessions(first, last, EXCHANGES[symbol])
    close = 100.0 + np.arange(len(days))
    if seed is not None:
        close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, len(days))))
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    return conform(pl.DataFrame({"symbol": symbol, "date": days, **prices}), PRICE_BARS)


def both(entry: str = "close") -> Outcomes:
    return outcomes_of(pl.concat([bars("NIFTY"), bars("SPY")]), entry, exchanges=EXCHANGES)  # type: ignore[arg-type]


def test_a_session_of_mumbai_alone_counts_for_mumbai_alone() -> None:
    found = forward_returns(pl.concat([bars("NIFTY"), bars("SPY")]), [1], "close", exchanges=EXCHANGES)
    assert MARTIN_LUTHER_KING in found.filter(pl.col("symbol") == "NIFTY")["date"]
    assert MARTIN_LUTHER_KING not in found.filter(pl.col("symbol") == "SPY")["date"]
    # Friday to Monday in Mumbai, Friday to Tuesday in New York: the next session of each
    friday = found.filter(pl.col("date") == date(2019, 1, 18)).sort("symbol")["return_1"].to_list()
    assert friday == pytest.approx([103 / 102 - 1, 103 / 102 - 1])


def test_a_symbol_beside_one_of_another_exchange_has_the_returns_that_it_has_alone() -> None:
    mixed = both()
    for symbol, column in (("NIFTY", 0), ("SPY", 1)):
        alone = outcomes_of(bars(symbol), "close", exchanges=EXCHANGES)
        rows = np.flatnonzero(mixed.session[:, column])
        for start, end in ((0, 1), (0, 3), (1, 2), (0, -2)):
            assert np.array_equal(
                mixed.between(start, end)[rows, column], alone.between(start, end)[:, 0], equal_nan=True
            )


def test_without_its_exchange_the_session_of_mumbai_would_be_lost() -> None:
    assert MARTIN_LUTHER_KING in outcomes_of(bars("NIFTY"), exchanges=EXCHANGES).dates
    assert MARTIN_LUTHER_KING not in outcomes_of(bars("NIFTY")).dates


def test_an_outcome_is_known_only_after_its_own_sessions_on_the_shared_calendar() -> None:
    """Over the 21st, two sessions of New York are three dates."""
    assert both().known_after(2) == 3
    assert outcomes_of(bars("SPY"), "close", exchanges=EXCHANGES).known_after(2) == 2


@pytest.mark.parametrize("day", [date(2018, 12, 6), date(2019, 1, 22)])
def test_a_base_rate_of_a_mixed_panel_knows_nothing_early(day: date) -> None:
    """On the first session after a holiday of New York: prices of later days change nothing."""
    first, last = date(2018, 6, 1), date(2019, 6, 28)
    prices = pl.concat([bars("NIFTY", first, last, 1), bars("SPY", first, last, 2)])
    later = pl.when(pl.col("date") > day).then(1000.0).otherwise(1.0)
    poisoned = prices.with_columns(pl.col("open", "high", "low", "close") * later)
    whole, cut = (outcomes_of(frame, "close", exchanges=EXCHANGES) for frame in (prices, poisoned))
    known, then = (mean_known_then(found.following(5), 5, found) for found in (whole, cut))
    row = whole.dates.index(day)
    assert np.isfinite(known[row]).all()
    assert np.array_equal(known[: row + 1], then[: row + 1], equal_nan=True)


def said(outcomes: Outcomes) -> pl.DataFrame:
    rows = [
        {"symbol": symbol, "date": day, "verdict": 1}
        for column, symbol in enumerate(outcomes.symbols)
        for day, traded in zip(outcomes.dates, outcomes.session[:, column], strict=True)
        if traded
    ]
    return pl.DataFrame(rows)


def test_momentum_and_positions_of_a_panel_are_on_own_sessions() -> None:
    outcomes = both()
    panel = panel_of(said(outcomes), outcomes)
    tuesday = panel.dates.index(date(2019, 1, 22))
    assert past_return(panel, 1)[tuesday] == pytest.approx([104 / 103 - 1, 103 / 102 - 1])
    held = position(panel, 2)
    assert held[tuesday].tolist() == [1.0, 1.0]
    assert np.isnan(held[panel.dates.index(MARTIN_LUTHER_KING), 1])


def test_the_week_of_the_expiry_is_the_exchange_s() -> None:
    """In January 2019 New York's options expired on the 18th, Mumbai's on the 31st."""
    outcomes = outcomes_of(
        pl.concat([bars("NIFTY", last=date(2019, 1, 31)), bars("SPY", last=date(2019, 1, 31))]), exchanges=EXCHANGES
    )
    panel = panel_of(said(outcomes), outcomes)
    week = controls_of(panel, {}, EXCHANGES)["expiry_week"]
    assert week[panel.dates.index(date(2019, 1, 17))].tolist() == [0.0, 1.0]
    assert week[panel.dates.index(date(2019, 1, 30))].tolist() == [1.0, 0.0]


def test_a_mixed_panel_is_evaluated() -> None:
    first, last = date(2018, 1, 2), date(2019, 6, 28)
    outcomes = outcomes_of(
        pl.concat([bars("NIFTY", first, last, 1), bars("SPY", first, last, 2)]), "close", exchanges=EXCHANGES
    )
    verdicts = said(outcomes).with_columns(
        verdict=pl.Series(np.random.default_rng(0).integers(-1, 2, outcomes.session.sum()))
    )
    found = evaluate_panel(panel_of(verdicts, outcomes), [1, 5], exchanges=EXCHANGES)
    assert found.horizons[1].verdicts.sessions == outcomes.session.sum() - 2 * 5
    assert found.horizons[1].verdicts.cells["bearish"].p_value is not None


def levels_of(symbol: str, days: list[date], above: float = 1.5) -> pl.DataFrame:
    frame = bars(symbol, date(2018, 11, 1), date(2019, 3, 29), 3).filter(pl.col("date").is_in(days))
    return conform(
        frame.select("symbol", "date", kind=pl.lit("call wall"), level=pl.col("close") * (1 + above / 100)), LEVELS
    )


def test_levels_beside_a_symbol_of_another_exchange_are_touched_as_they_are_alone() -> None:
    span = date(2018, 11, 1), date(2019, 3, 29)
    days = sessions(date(2018, 12, 10), date(2019, 2, 28), "XNSE")
    nifty, spy = bars("NIFTY", *span, 3), bars("SPY", *span, 4)
    levels = levels_of("NIFTY", days)
    alone = evaluate_level_rows(levels, nifty, [3], exchanges=EXCHANGES)
    beside = evaluate_level_rows(levels, pl.concat([nifty, spy]), [3], exchanges=EXCHANGES)
    assert alone.touches[0].levels == len(days)
    for one, other in zip(alone.touches[0].measures, beside.touches[0].measures, strict=True):
        assert (one.measure, one.n, one.days, one.value, one.elsewhere) == (
            other.measure, other.n, other.days, other.value, other.elsewhere
        )  # fmt: skip


def test_a_symbol_without_an_exchange_has_a_session_on_each_day_of_its_bars() -> None:
    days = [date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 4), date(2026, 1, 7)]
    prices = {name: [1.0, 2.0, 3.0, 6.0] for name in ("open", "high", "low", "close")}
    frame = conform(pl.DataFrame({"symbol": "BTC", "date": days, **prices}), PRICE_BARS)
    found = outcomes_of(frame, "close", exchanges={"BTC": None})
    assert found.dates == tuple(days)
    assert found.between(0, 1)[:, 0].tolist()[:3] == [1.0, 0.5, 1.0]
