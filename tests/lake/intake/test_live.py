"""Today's chain from yfinance: a recorded answer of the server goes through the library and into the lake."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import polars as pl
import pytest
from curl_cffi.requests.exceptions import ConnectionError as NoConnectionError
from yfinance.data import YfData

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake import Lake
from flowbt.lake.intake.live import session_of, take_snapshot

RECORDED = json.loads((Path(__file__).parent / "recorded" / "yahoo_options.json").read_text())
NONE: dict[str, Any] = {"optionChain": {"result": [], "error": None}}
AFTER_CLOSE = datetime(2026, 1, 8, 21, 30, tzinfo=UTC)
Stored = Callable[[], pl.DataFrame]


class Answer:
    """What a server said."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def json(self) -> Any:
        return self._document


def recorded(_data: YfData, url: str, **_options: Any) -> Answer:
    """The answer to a question for one expiry, or for the first."""
    asked = parse_qs(urlparse(url).query).get("date", [""])[0]
    for answer in RECORDED.values():
        if str(answer["optionChain"]["result"][0]["options"][0]["expirationDate"]) == asked:
            return Answer(answer)
    return Answer(RECORDED["2026-01-16"] if not asked else NONE)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(YfData, "get", recorded)


@pytest.mark.usefixtures("server")
def test_all_expiries_are_stored_under_today(lake: Lake, stored: Stored) -> None:
    outcome, day, closed = take_snapshot(lake, "AAA", now=AFTER_CLOSE)
    assert (outcome.files[0].committed, day, closed) == (6, date(2026, 1, 8), True)
    rows = stored().filter(pl.col("expiration") == date(2026, 1, 16)).sort("option_type", "strike")
    columns = ("strike", "option_type", "bid", "ask", "last", "volume", "open_interest", "iv", "underlying_price")
    assert rows.select(columns).rows() == [
        (100, "call", 2.4, 2.6, 2.5, 12, 340, 0.2512, 101.25),
        (105, "call", 0, 0.15, None, None, 7, None, 101.25),
        (100, "put", 1.05, 1.2, 1.1, 55, 910, 0.262, 101.25),
    ]
    assert rows["quote_time"].unique().to_list() == [datetime(2026, 1, 8, 21, 0, 1, tzinfo=UTC)]
    assert rows["oi_lag"].unique().to_list() == [1]


@pytest.mark.usefixtures("server")
def test_taken_again_nothing_changes(lake: Lake) -> None:
    take_snapshot(lake, "AAA", now=AFTER_CLOSE)
    assert take_snapshot(lake, "AAA", now=AFTER_CLOSE)[0].files[0].status == "unchanged"


@pytest.mark.usefixtures("server")
def test_a_session_that_is_still_open(lake: Lake) -> None:
    assert take_snapshot(lake, "AAA", now=datetime(2026, 1, 8, 18, 0, tzinfo=UTC))[2] is False


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 8, 14, 29, tzinfo=UTC),  # before the open
        datetime(2026, 1, 9, 6, 0, tzinfo=UTC),  # after midnight in New York
        datetime(2026, 1, 10, 18, 0, tzinfo=UTC),  # a Saturday
        datetime(2026, 1, 19, 18, 0, tzinfo=UTC),  # a holiday
    ],
)
def test_when_no_session_has_opened_nothing_is_taken(now: datetime) -> None:
    with pytest.raises(FlowbtError, match=r"has opened yet .* best after the close"):
        session_of(now)


def test_until_midnight_it_is_of_the_day() -> None:
    assert session_of(datetime(2026, 1, 9, 4, 59, tzinfo=UTC)) == date(2026, 1, 8)


def test_no_network_is_one_sentence(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise NoConnectionError("Failed to perform, curl: (6) Could not resolve host\nmore of it")

    monkeypatch.setattr(YfData, "get", fail)
    with pytest.raises(FlowbtError) as caught:
        take_snapshot(lake, "AAA", now=AFTER_CLOSE)
    assert str(caught.value) == (
        "yfinance could not get the options on AAA (Failed to perform, curl: (6) Could not resolve host): "
        "nothing was stored; check the connection and try again"
    )
    assert not lake.path.exists()


def test_a_symbol_without_options(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(YfData, "get", lambda *_, **__: Answer(NONE))
    with pytest.raises(FlowbtError, match="yfinance has no options on ZZZ"):
        take_snapshot(lake, "ZZZ", now=AFTER_CLOSE)


def test_an_unknown_source(lake: Lake) -> None:
    with pytest.raises(UnknownNameError, match="unknown source 'yfinanc'; did you mean 'yfinance'"):
        take_snapshot(lake, "AAA", "yfinanc", now=AFTER_CLOSE)
