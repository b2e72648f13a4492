"""The panel: verdicts beside outcomes, on consecutive sessions."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation.forward_returns import outcomes_of
from flowbt.evaluation.panel import above_universe, panel_of
from flowbt.schema import PRICE_BARS, conform

DAYS = sessions(date(2026, 1, 5), date(2026, 1, 16))


def bars(*symbols: str) -> pl.DataFrame:
    rows = [
        {"symbol": symbol, "date": day, "open": price, "high": price, "low": price, "close": price}
        for symbol in symbols
        for price, day in enumerate(DAYS, 10)
    ]
    return conform(pl.DataFrame(rows), PRICE_BARS)


def said(*rows: tuple[str, date, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"symbol": pl.String, "date": pl.Date, "verdict": pl.Int8}, orient="row")


def test_days_without_a_verdict_within_the_span_are_rows_of_nothing() -> None:
    panel = panel_of(said(("AAA", DAYS[1], 1), ("AAA", DAYS[3], -1)), outcomes_of(bars("AAA")))
    assert panel.dates == tuple(DAYS[1:4])
    assert panel.verdict[:, 0] == pytest.approx([1, np.nan, -1], nan_ok=True)


def test_the_returns_are_those_that_follow_the_verdicts() -> None:
    panel = panel_of(said(("AAA", DAYS[1], 1)), outcomes_of(bars("AAA", "BBB")))
    assert panel.following(2)[0, 0] == pytest.approx(14 / 12 - 1)


def test_symbols_without_bars_are_left_out() -> None:
    panel = panel_of(said(("AAA", DAYS[0], 1), ("ZZZ", DAYS[0], 1)), outcomes_of(bars("AAA")))
    assert panel.symbols == ("AAA",)


def test_days_that_only_have_nulls_at_the_ends_are_no_part_of_the_span() -> None:
    panel = panel_of(said(("AAA", DAYS[0], None), ("AAA", DAYS[1], 0)), outcomes_of(bars("AAA")))
    assert panel.dates == (DAYS[1],)


def test_nothing_said_is_an_empty_panel() -> None:
    panel = panel_of(said(), outcomes_of(bars("AAA")))
    assert (panel.dates, panel.following(1).shape) == ((), (0, 0))


def test_a_universe_takes_its_mean_off_and_a_handful_of_symbols_does_not() -> None:
    many, few = np.arange(12.0)[None, :], np.arange(3.0)[None, :]
    assert above_universe(many).sum() == pytest.approx(0.0)
    assert (above_universe(few) == few).all()
