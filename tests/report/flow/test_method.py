"""The method of a flow report matches its exchange, its spot and its thresholds."""

from dataclasses import replace
from datetime import date

import pytest
from tests.report.flow.hand_made import FACTS

from flowbt.report.flow.method import conventions
from flowbt.report.flow.money import Money

USD = Money.on("XNYS")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("chain", "The spot is that of the chain, at its own quote time."),
        ("bar", "The spot is the close of the day's price bar."),
        ("parity", "The spot is implied by put-call parity."),
        (None, "The spot is not known."),
    ],
)
def test_the_spot_of_the_gap_to_max_pain(source: str | None, said: str) -> None:
    assert said in conventions(replace(FACTS, spot_source=source), USD)["max_pain"]


@pytest.mark.parametrize(
    ("exchange", "day", "weekday"),
    [
        ("XNYS", date(2026, 1, 5), "Fridays"),
        ("XNSE", date(2019, 1, 23), "Thursdays"),
        ("XNSE", date(2026, 1, 5), "Tuesdays"),
    ],
)
def test_the_weekday_on_which_the_options_of_ideas_expire(exchange: str, day: date, weekday: str) -> None:
    said = conventions(replace(FACTS, exchange=exchange, date=day), Money.on(exchange))["trade_ideas"]
    assert (
        f"the first weekly expiry ({weekday}, before a holiday the session before) that trades until the horizon"
        in said
    )


def test_impossible_prices_are_reported_as_excluded() -> None:
    assert "A price that is impossible on the day is not used" in conventions(FACTS, USD)["net_premium"]


def test_thresholds_are_those_of_the_code_that_applies_them() -> None:
    texts = conventions(FACTS, USD)
    assert "at least 0.25% of the average dollar volume of 20 sessions" in texts["gex"]
    assert "delta 0.10 to 0.45, 7 to 90 days" in texts["hedging"]
    assert "at least $1M of premium, 1% of the day's premium, and a volume of 1.25 times" in texts["notable"]
    assert "last 63 sessions" in texts["verdict"]
    assert not any("{" in text for text in texts.values())
