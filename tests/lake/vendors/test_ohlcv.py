"""ohlcv: headers in their usual spellings, where the symbol comes from, and which bars are no bars."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.batch import FileOutcome

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]


@pytest.fixture
def bars_of(vendor_file: Write, outcome: Outcome, lake: Lake) -> Callable[..., pl.DataFrame]:
    """The bars that come of a file."""

    def take(text: str, name: str = "AAA_2026.csv", **options: str) -> pl.DataFrame:
        outcome(vendor_file(name, text), format_name="ohlcv", **options)
        return lake.bars()

    return take


@pytest.mark.parametrize(
    "header",
    [
        "Date,Open,High,Low,Close,Adj Close,Volume",
        "timestamp,open,high,low,close,adj_close,volume",
        "DATE,OPEN,HIGH,LOW,CLOSE,ADJCLOSE,VOL",
        "day,open,high,low,close,Adj. Close,volume",
        " datetime , open, high, low, close, Adjusted Close, Volume",
    ],
)
def test_spellings_of_the_header(header: str, bars_of: Callable[..., pl.DataFrame]) -> None:
    found = bars_of(f"{header}\n2026-01-08,10,12,9,11,10.5,74800.0\n")
    assert found.select("open", "high", "low", "close", "adj_close", "volume").rows() == [(10, 12, 9, 11, 10.5, 74_800)]


BAR = "date,open,high,low,close\n2026-01-08,10,12,9,11\n"


@pytest.mark.parametrize("name", ["IWM_2026.csv", "iwm.csv", "IWM_daily_bars.CSV"])
def test_the_symbol_is_in_the_name(name: str, bars_of: Callable[..., pl.DataFrame]) -> None:
    assert bars_of(BAR, name)["symbol"].to_list() == ["IWM"]


@pytest.mark.parametrize("symbol", ["SPY", "spy"])
def test_the_symbol_option_goes_before_the_name(symbol: str, bars_of: Callable[..., pl.DataFrame]) -> None:
    assert bars_of(BAR, symbol=symbol)["symbol"].to_list() == ["SPY"]


def test_the_symbol_column_goes_before_the_name(bars_of: Callable[..., pl.DataFrame]) -> None:
    found = bars_of("Ticker,date,open,high,low,close\nspy,2026-01-08,10,12,9,11\nQQQ,2026-01-08,10,12,9,11\n")
    assert found["symbol"].to_list() == ["QQQ", "SPY"]


def test_the_symbol_option_chooses_from_the_column(bars_of: Callable[..., pl.DataFrame]) -> None:
    text = "symbol,date,open,high,low,close\nSPY,2026-01-08,10,12,9,11\nQQQ,2026-01-08,10,12,9,11\n"
    assert bars_of(text, symbol="QQQ")["symbol"].to_list() == ["QQQ"]


def test_two_columns_that_could_be_the_date(bars_of: Callable[..., pl.DataFrame]) -> None:
    found = bars_of("timestamp,datetime,open,high,low,close\n2026-01-08,2026-01-08,10,12,9,11\n")
    assert found.height == 1


def test_dates_in_another_format(bars_of: Callable[..., pl.DataFrame]) -> None:
    found = bars_of("date,open,high,low,close\n01/08/2026,10,12,9,11\n", date_format="%m/%d/%Y")
    assert found["date"].dt.to_string().to_list() == ["2026-01-08"]


@pytest.mark.parametrize(
    ("bar", "reason"),
    [
        ("2026-01-08,10,8,9,11,1", "HIGH_BELOW_LOW"),
        ("2026-01-08,10,12,10.5,11,1", "HIGH_BELOW_LOW"),
        ("2026-01-08,0,12,0,11,1", "BAD_OPEN"),
        ("2026-01-08,10,12,9,,1", "MISSING_CLOSE"),
        ("2026-01-08,10,12,9,11,-", "UNREADABLE_VOLUME"),
        ('2026-01-08,10,12,9,11,"1,000"', "UNREADABLE_VOLUME"),
        ("2026-01-08,10,12,9,11,-1", "BAD_VOLUME"),
        ("46030,10,12,9,11,1", "UNREADABLE_DATE"),
        ("2026-01-08,nan,12,9,11,1", "NOT_A_NUMBER_OPEN"),
    ],
)
def test_a_bar_that_is_none(
    bar: str, reason: str, vendor_file: Write, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    text = f"date,open,high,low,close,volume\n2026-01-07,10,12,9,11,5\n{bar}\n"
    found = outcome(vendor_file("AAA.csv", text), format_name="ohlcv")
    assert (found.committed, quarantine()) == (1, [reason])


def test_a_name_that_is_no_symbol(vendor_file: Write, outcome: Outcome) -> None:
    found = outcome(vendor_file("my prices.csv", BAR), format_name="ohlcv", max_quarantine=0.05)
    assert str(found.reason).startswith("TOO_MANY_BAD_ROWS: 1 of 1 rows cannot be used (1 BAD_SYMBOL)")


def test_volume_may_be_absent(bars_of: Callable[..., pl.DataFrame]) -> None:
    assert bars_of(BAR)["volume"].to_list() == [None]


def test_a_restated_bar(bars_of: Callable[..., pl.DataFrame]) -> None:
    bars_of(BAR)
    assert bars_of(BAR.replace("9,11", "9,11.5"))["close"].to_list() == [11.5]


def test_a_bar_of_a_closed_day_is_set_aside(vendor_file: Any, ingest: Any) -> None:
    days = [f"2026-01-{day:02}" for day in range(5, 31)]
    path = vendor_file("AAA.csv", "date,open,high,low,close\n" + "".join(f"{day},1,2,1,2\n" for day in days))
    found = ingest(path, format_name="ohlcv", max_quarantine=0.5)
    assert (found.totals["committed"], found.totals["quarantined"]) == (19, 7)
