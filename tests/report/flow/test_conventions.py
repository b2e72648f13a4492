"""What a flow report says of its own numbers is what they are on its exchange, with its spot."""

from datetime import date

import pytest
from tests.report.flow.document import make_facts

from flowbt.report.flow.conventions import flow_conventions


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
    assert said in flow_conventions(make_facts(spot_source=source))["max_pain"]


@pytest.mark.parametrize(
    ("exchange", "day", "weekday"),
    [
        ("XNYS", date(2026, 1, 5), "Fridays"),
        ("XNSE", date(2019, 1, 23), "Thursdays"),
        ("XNSE", date(2026, 1, 5), "Tuesdays"),
    ],
)
def test_the_weekday_on_which_the_options_of_ideas_expire(exchange: str, day: date, weekday: str) -> None:
    said = flow_conventions(make_facts(exchange=exchange, date=day))["trade_ideas"]
    assert (
        f"the first weekly expiry ({weekday}, before a holiday the session before) that trades until the horizon"
        in said
    )


def test_impossible_prices_are_said_to_be_left_out() -> None:
    assert "A price that is impossible on the day is not used" in flow_conventions(make_facts())["net_premium"]
