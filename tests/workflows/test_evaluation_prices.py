"""What an evaluation makes of the lake's prices: whose sessions, total or price returns, and jumps that nothing explains."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.evaluation.conftest import known

from flowbt.calendar import sessions
from flowbt.evaluation.results import SignalEvaluation
from flowbt.lake import Lake
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, conform
from flowbt.signals import Signal
from flowbt.workflows.evaluate import evaluate_signal

Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
COUNT = 80


@dataclass(frozen=True)
class ByDay(Signal):
    """Bullish on even days of the month, bearish on those divisible by three, else neutral."""

    def score(self) -> pl.Expr:
        day = pl.col("date").dt.day()
        return pl.when(day % 2 == 0).then(0.5).when(day % 3 == 0).then(-0.5).otherwise(0.0)

    def verdict(self) -> pl.Expr:
        return self.score().sign().cast(pl.Int8)


def closes() -> np.ndarray:
    """Prices in steps of a half, many of them unchanged."""
    steps = np.random.default_rng(8).choice([-0.5, 0.0, 0.5], COUNT, p=[0.25, 0.45, 0.3])
    return np.asarray(100 + np.cumsum(steps))


@pytest.fixture(scope="module")
def evaluated(store: Store, chain: Chain) -> Callable[..., SignalEvaluation]:
    """The evaluation of a lake with one symbol: its closes, and what else is on file."""

    def evaluate(
        close: np.ndarray,
        adjusted: list[float] | None = None,
        actions: list[tuple[int, str, float]] | None = None,
        exchange: str = "XNYS",
    ) -> SignalEvaluation:
        days = sessions(date(2019, 1, 2), date(2019, 12, 31), exchange)[:COUNT]
        prices = dict.fromkeys(("open", "high", "low", "close"), close)
        bars = pl.DataFrame({"symbol": "AAA", "date": days, **prices, "adj_close": adjusted})
        lake = store(
            *(chain({100: {}}, day=day, expiration=date(2019, 12, 20)) for day in days), bars=conform(bars, PRICE_BARS)
        )
        rows = [
            {"symbol": "AAA", "date": days[row], "kind": kind, "value": value} for row, kind, value in actions or []
        ]
        if rows:
            lake.write_actions(conform(pl.DataFrame(rows), CORPORATE_ACTIONS))
        lake.write_exchanges({"AAA": exchange})
        return evaluate_signal(Lake(lake.where), ByDay(), horizons=[1, 3])

    return evaluate


def test_adjusted_closes_change_nothing_where_there_was_no_action(evaluated: Callable[..., SignalEvaluation]) -> None:
    close = closes()
    plain = evaluated(close)
    with_them = evaluated(close, adjusted=[round(float(price) * 0.98531, 6) for price in close])
    assert 0.3 < known(plain.horizons[0].verdicts.no_move_share) < 0.6
    assert plain.returns.price == with_them.returns.adjusted_closes == ("AAA",)
    told = {"returns", "answer"}
    assert {key: value for key, value in plain.document().items() if key not in told} == {
        key: value for key, value in with_them.document().items() if key not in told
    }
    assert plain.answer.endswith("Returns are price returns: there are neither adjusted closes nor dividends on file.")
    assert with_them.answer.endswith("Returns are total returns, from adjusted closes.")


def test_a_session_of_its_exchange_alone_counts(evaluated: Callable[..., SignalEvaluation]) -> None:
    """Of the 80 sessions of Mumbai from 2019-01-02 on, the one of 2019-01-21 is among the outcomes."""
    found = evaluated(closes(), exchange="XNSE")
    assert found.exchanges == {"AAA": "XNSE"}
    # at the next open, the last two sessions have no outcome over one session
    assert found.horizons[0].verdicts.sessions == COUNT - 2


def test_a_split_on_file_leaves_no_move_and_nothing_to_warn_of(evaluated: Callable[..., SignalEvaluation]) -> None:
    close = closes()
    halved = np.where(np.arange(COUNT) >= 40, close / 2, close)
    found = evaluated(halved, actions=[(40, "split", 2.0)])
    assert found.returns.jumps == ()
    # the halves are exact in binary, so the returns are those of the prices that were never split
    assert found.horizons == evaluated(close).horizons


def test_a_jump_without_a_split_on_file_is_named_with_its_remedy(evaluated: Callable[..., SignalEvaluation]) -> None:
    found = evaluated(np.where(np.arange(COUNT) >= 40, 50.0, 100.0))
    assert len(found.returns.jumps) == 1
    assert "AAA closed at 100.00 on 2019-02-28 and at 50.00 on 2019-03-01, with no split on file" in found.answer
    assert "`flowbt ingest actions`" in found.answer


def test_dividends_on_file_make_total_returns(evaluated: Callable[..., SignalEvaluation]) -> None:
    """A price that falls by a dividend of 1 in 50 every tenth session, and does not move otherwise."""
    close = np.full(COUNT, 50.0)
    paid = [(row, "dividend", 1.0) for row in range(10, COUNT, 10)]
    for row, _, value in paid:
        close[row:] -= value
    found = evaluated(close, actions=paid)
    assert found.returns.actions == ("AAA",)
    assert "Returns are total returns, from the splits and dividends on file." in found.answer
    assert found.horizons[0].verdicts.no_move_share == 1.0
    assert known(evaluated(close).horizons[0].verdicts.no_move_share) < 1.0
