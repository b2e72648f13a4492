"""ohlcv: headers in their usual spellings, where the symbol comes from, and which bars are no bars."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome

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


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("BATS_SPY, 1D.csv", "SPY"),
        ("NASDAQ_AAPL.csv", "AAPL"),
        ("CBOE_SPX, 1D.csv", "SPX"),
        ("CBOE_2026.csv", "CBOE"),  # the exchange is a listed company
        ("CBOE_DAILY.csv", "CBOE"),
        ("AAPL, 1D.csv", "AAPL"),
        ("IWM-prices.csv", "IWM"),
        ("BRK-B-2026.csv", "BRK.B"),
        ("BTC-USD.csv", "BTC-USD"),
        ("IWM (1).csv", "IWM"),
        ("BRK.B.csv", "BRK.B"),
        ("SAP.DE.csv", "SAP.DE"),
        ("spy.us.txt", "SPY"),
        ("^GSPC.csv", "GSPC"),
        ("daily_IWM.csv", "IWM"),
        ("7203.T.csv", "7203.T"),
        ("parquet_iwm/underlying_prices.csv", "IWM"),
    ],
)
def test_what_else_is_in_the_name(name: str, symbol: str, bars_of: Callable[..., pl.DataFrame]) -> None:
    assert bars_of(BAR, name)["symbol"].to_list() == [symbol]


@pytest.mark.parametrize(
    "name",
    [
        "data.csv",
        "prices_2026.csv",
        "price-history.csv",
        "download (1).csv",
        "daily_prices.csv",
        "NASDAQ_data.csv",
        "2026.csv",
        "2026-01-08.csv",
        "20260108_bars.csv",
        "t/underlying_prices.csv",
        "data/spy/underlying.csv",
    ],
)
@pytest.mark.parametrize("text", [BAR, "date,open,high,low,close,dividends,stock splits\n2026-01-08,10,12,9,11,0,0\n"])
def test_a_word_a_date_or_a_folder_is_not_taken_for_a_symbol(
    text: str, name: str, vendor_file: Write, refusal: Callable[..., str]
) -> None:
    assert refusal(vendor_file(name, text), format_name="auto") == "NO_SYMBOL"


def test_files_of_tradingview_are_told_apart_by_the_symbol_asked_for(
    vendor_file: Write, ingest: Callable[..., Any], lake: Lake
) -> None:
    for name, close in (("BATS_IWM, 1D.csv", 11), ("BATS_SPY, 1D.csv", 12)):
        path = vendor_file(name, f"date,open,high,low,close\n2026-01-08,10,12,9,{close}\n")
    ingest(path.rpartition("/")[0], format_name="ohlcv", symbol="SPY")
    assert lake.bars().select("symbol", "close").rows() == [("SPY", 12)]


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
        ("2026-01-08,10,12,9,11,x", "UNREADABLE_VOLUME"),
        ("2026-01-08,10,12,9,-,1", "UNREADABLE_CLOSE"),
        ('2026-01-08,10,12,9,11,"1,0"', "UNREADABLE_VOLUME"),
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


def test_a_day_given_again_is_the_later_row(
    vendor_file: Write, outcome: Outcome, lake: Lake, quarantine: Callable[[], Sequence[str]]
) -> None:
    days = "".join(f"2026-01-0{day},10,12,9,11,5\n" for day in (5, 6, 7))
    text = f"date,open,high,low,close,volume\n{days}2026-01-07,10,12,9,11.5,6\n"
    found = outcome(vendor_file("AAA.csv", text), format_name="ohlcv", max_quarantine=0.05)
    assert (found.status, found.rows_in, found.committed, found.quarantined) == ("committed", 4, 3, 1)
    assert found.warnings == {"SUPERSEDED_BAR": 1}
    assert quarantine() == ["SUPERSEDED_BAR"]
    assert lake.bars().select("close", "volume").row(-1) == (11.5, 6)


def test_copies_of_the_bar_that_is_kept_are_duplicates(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    rows = ("9,11,5", "9,11,6", "9,11,5", "9,11,5")
    text = "date,open,high,low,close,volume\n" + "".join(f"2026-01-07,10,12,{row}\n" for row in rows)
    found = outcome(vendor_file("AAA.csv", text), format_name="ohlcv", max_quarantine=0.05)
    assert (found.rows_in, found.committed, found.quarantined, found.duplicates) == (4, 1, 1, 2)
    assert lake.bars()["volume"].to_list() == [5]


@pytest.mark.parametrize(
    ("bad", "good", "share", "status"),
    [(1, 4, 0.05, "committed"), (2, 3, 0.05, "rejected"), (1, 1, 0.05, "rejected"), (1, 4, 0.0, "rejected")],
)
def test_a_small_file_is_not_refused_for_one_row(
    bad: int, good: int, share: float, status: str, vendor_file: Write, outcome: Outcome
) -> None:
    rows = [f"2026-01-{day:02},10,12,9,{'' if place < bad else 11}\n" for place, day in enumerate((5, 6, 7, 8, 9))]
    text = "date,open,high,low,close\n" + "".join(rows[: bad + good])
    assert outcome(vendor_file("AAA.csv", text), format_name="ohlcv", max_quarantine=share).status == status


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits", "2026-01-08,10,12,9,11,10.5,5,0.25,2.0"),
        (
            "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor",
            "2026-01-08T00:00:00.000Z,11,12,9,10,5,10.5,12,9,10,5,0.25,2.0",
        ),
        (
            "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient",
            "2026-01-08,10,12,9,11,10.5,5,0.2500,2.0",
        ),
    ],
)
def test_dividends_and_splits_become_actions(
    header: str, row: str, vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    found = outcome(vendor_file("AAA.csv", f"{header}\n{row}\n"), format_name="auto")
    assert (found.committed, found.actions, found.format) == (1, 2, "ohlcv")
    assert lake.actions().select("kind", "value").rows() == [("dividend", 0.25), ("split", 2.0)]
    assert lake.bars().select("date", "close", "adj_close").rows() == [(date(2026, 1, 8), 11, 10.5)]


def test_no_dividend_and_a_split_of_one_for_one_are_no_actions(
    vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    text = "date,open,high,low,close,divCash,splitFactor\n2026-01-07,10,12,9,11,0.0,1.0\n2026-01-08,10,12,9,11,,0\n"
    assert outcome(vendor_file("AAA.csv", text), format_name="ohlcv").actions == 0
    assert lake.versions() == {"prices": 0}


def test_actions_of_a_file_are_counted_and_not_written_in_a_dry_run(
    vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    path = vendor_file("AAA.csv", "date,open,high,low,close,dividends\n2026-01-08,10,12,9,11,0.25\n")
    assert outcome(path, format_name="ohlcv", dry_run=True).actions == 1
    assert lake.versions() == {}


def test_a_file_of_yfinance_without_adj_close_is_adjusted(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    text = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2026-01-08 00:00:00-05:00,10,12,9,11,5,0.25,0.0\n"
    found = outcome(vendor_file("AAA.csv", text), format_name="auto")
    assert (found.format, found.warnings, found.actions) == ("yfinance-prices", {"DIVIDEND_ADJUSTED": 1}, 1)
    assert lake.bars().select("date", "close", "adj_close").rows() == [(date(2026, 1, 8), 11, 11)]


TWO_LEVELS = (
    "Price,Adj Close,Adj Close,Close,Close,High,High,Low,Low,Open,Open\n"
    "Ticker,^GSPC,BRK-B,^GSPC,BRK-B,^GSPC,BRK-B,^GSPC,BRK-B,^GSPC,BRK-B\n"
    "Date,,,,,,,,,,\n2026-01-08,10.5,20.5,11,21,12,22,9,19,10,20\n"
)


def test_prices_of_several_symbols_under_a_header_of_two_levels(
    vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    found = outcome(vendor_file("prices.csv", TWO_LEVELS), format_name="auto")
    assert (found.format, found.rows_in, found.committed, found.warnings) == ("ohlcv", 2, 2, {})
    assert lake.bars().select("symbol", "open", "close", "adj_close").rows() == [
        ("BRK.B", 20, 21, 20.5),
        ("GSPC", 10, 11, 10.5),
    ]


def test_a_header_of_two_levels_without_adj_close_is_adjusted(vendor_file: Write, outcome: Outcome) -> None:
    text = "Price,Close,High,Low,Open\nTicker,AAA,AAA,AAA,AAA\nDate,,,,\n2026-01-08,11,12,9,10\n"
    found = outcome(vendor_file("prices.csv", text), format_name="auto")
    assert (found.format, found.committed, found.warnings) == ("yfinance-prices", 1, {"DIVIDEND_ADJUSTED": 1})


def test_grouped_thousands_are_read_and_counted(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    text = 'Date,Open,High,Low,Close,Volume\n01/15/2026,"6,900.5","6,910","6,890","6,901","1,234,567"\n'
    found = outcome(vendor_file("AAA.csv", text), format_name="ohlcv")
    assert found.warnings == {"REPAIRED_THOUSANDS": 5}
    assert lake.bars().select("open", "volume").row(0) == (6900.5, 1_234_567)


def test_a_bar_of_minutes_in_a_file_of_stooq_is_set_aside(
    vendor_file: Write, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    header = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    text = f"{header}AAA.US,5,20260108,153000,10,12,9,11,5,0\nAAA.US,D,20260108,000000,10,12,9,11,5,0\n"
    assert outcome(vendor_file("aaa.us.txt", text), format_name="auto").committed == 1
    assert quarantine() == ["MISSING_DATE"]


@pytest.mark.parametrize("nothing", ["", "nan"])
def test_a_dividend_is_taken_from_a_row_that_has_no_bar_yet(
    nothing: str, vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    header = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits"
    bars = "".join(f"2026-01-0{day} 00:00:00-05:00,10,12,9,11,5,0.0,0.0\n" for day in (5, 6, 7))
    bare = ",".join([nothing] * 5)
    text = f"{header}\n{bars}2026-01-08 00:00:00-05:00,{bare},0.395,0.0\n"
    found = outcome(vendor_file("AAA.csv", text), format_name="auto", max_quarantine=0.05)
    assert (found.committed, found.quarantined, found.actions) == (3, 1, 1)
    assert lake.actions().rows() == [("AAA", date(2026, 1, 8), "dividend", 0.395)]


def test_an_action_of_a_closed_day_is_none(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    text = "date,open,high,low,close,dividends\n2026-01-09,1,2,1,2,0.5\n2026-01-10,1,2,1,2,0.5\n"
    assert outcome(vendor_file("AAA.csv", text), format_name="ohlcv").actions == 1
    assert lake.actions()["date"].to_list() == [date(2026, 1, 9)]
