"""Levels and prices out of files of one's own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import FlowbtError
from flowbt.workflows.level_prices import read_price_bars
from flowbt.workflows.user_levels import read_levels

Write = Callable[[str], Path]

LONG = """symbol,date,kind,level,expiration
spy,2026-05-26,Call Wall,755,
SPY,2026-05-27,pin,750.5,2026-05-29
QQQ,2026-05-26,call wall,600,
"""
WIDE = """date,spot_price,net_gex_b,zero_gamma,call_wall,max_pain,pc_ratio
2026-05-26,750.34,11.35,742.09,755.0,720.0,2.0
2026-05-27,751.00,,743.00,,721.0,2.0
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str) -> Path:
        path = tmp_path / "levels.csv"
        path.write_text(text)
        return path

    return to_file


def test_a_row_a_level(write: Write) -> None:
    found = read_levels(write(LONG))
    assert found.columns == ()
    assert found.rows.rows() == [
        ("SPY", date(2026, 5, 26), "Call Wall", 755.0, None),
        ("SPY", date(2026, 5, 27), "pin", 750.5, date(2026, 5, 29)),
        ("QQQ", date(2026, 5, 26), "call wall", 600.0, None),
    ]


def test_a_column_a_kind(write: Write) -> None:
    found = read_levels(write(WIDE), symbols=["SPY"])
    assert found.columns == ("zero_gamma", "call_wall", "max_pain")
    assert found.rows.sort("date", "kind").select("date", "kind", "level").rows() == [
        (date(2026, 5, 26), "call_wall", 755.0),
        (date(2026, 5, 26), "max_pain", 720.0),
        (date(2026, 5, 26), "zero_gamma", 742.09),
        (date(2026, 5, 27), "max_pain", 721.0),
        (date(2026, 5, 27), "zero_gamma", 743.0),
    ]


def test_columns_that_are_asked_for(write: Write) -> None:
    found = read_levels(write(WIDE), symbols=["SPY"], kinds=["spot_price"])
    assert (found.columns, found.rows.height) == (("spot_price",), 2)


def test_bars_beside_levels_are_no_levels(write: Write) -> None:
    text = "symbol,date,open,high,low,close,put_wall\nSPY,2026-05-26,1,2,1,2,700\n"
    assert read_levels(write(text)).columns == ("put_wall",)


def test_kinds_and_symbols_are_chosen(write: Write) -> None:
    found = read_levels(write(LONG), symbols=["SPY"], kinds=["call_wall"])
    assert found.rows.select("symbol", "kind").rows() == [("SPY", "Call Wall")]


def test_without_a_kind_it_is_a_level(write: Write) -> None:
    assert read_levels(write("symbol,date,level\nSPY,2026-05-26,755\n")).rows["kind"].to_list() == ["level"]


def test_dates_with_the_month_first(write: Write) -> None:
    text = "symbol,date,kind,level\nSPY,5/26/2026,wall,755\nSPY,6/1/2026,wall,756\n"
    assert read_levels(write(text)).rows["date"].to_list() == [date(2026, 5, 26), date(2026, 6, 1)]


def test_dates_that_could_be_either(write: Write) -> None:
    path = write("symbol,date,kind,level\nSPY,5/6/2026,wall,755\n")
    with pytest.raises(FlowbtError, match="--date-format"):
        read_levels(path)
    assert read_levels(path, date_format="%d/%m/%Y").rows["date"].to_list() == [date(2026, 6, 5)]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (WIDE, {}, "does not say whose levels they are: name the symbol, as in --symbols SPY"),
        (WIDE, {"symbols": ["SPY"], "kinds": ["call_wal"]}, "did you mean 'call_wall'"),
        (LONG, {"symbols": ["SPX"]}, "unknown symbol 'SPX'.*did you mean 'SPY'"),
        (LONG, {"kinds": ["call wal"]}, "unknown kind 'call wal'.*did you mean 'call wall'"),
        ("symbol,date,opinion\nSPY,2026-05-26,3\n", {}, "neither a column level.*--kinds opinion"),
        ("symbol,day_of_it,level\nSPY,2026-05-26,3\n", {}, "unknown column 'date'"),
        ("symbol,date,kind,level\n", {}, "the file has no rows"),
        ("symbol,date,kind,level\nSPY,2026-05-26,wall,\n", {}, "holds no levels"),
    ],
)
def test_what_cannot_be_used_is_said(text: str, options: dict[str, list[str]], words: str, write: Write) -> None:
    with pytest.raises(FlowbtError, match=words):
        read_levels(write(text), **options)  # type: ignore[arg-type]


BARS = "Date,Open,High,Low,Close,Adj Close,Volume\n2026-05-26,10,12,9,11,10.5,74800.0\n2026-05-27,11,13,10,12,11.5,5\n"


def test_bars_of_a_file(write: Write) -> None:
    bars = read_price_bars(write(BARS), ["SPY"])
    assert bars.drop("volume").row(0) == ("SPY", date(2026, 5, 26), 10.0, 12.0, 9.0, 11.0, 10.5)


def test_one_price_a_day(write: Write) -> None:
    bars = read_price_bars(write(WIDE), ["SPY"], price_column="spot_price")
    assert bars.select("close", "high", "low").rows() == [(750.34, None, None), (751.0, None, None)]


def test_only_symbols_with_levels_are_taken(write: Write) -> None:
    text = "ticker,date,close\nSPY,2026-05-26,750\nIWM,2026-05-26,300\n"
    assert read_price_bars(write(text), ["IWM"]).select("symbol", "close").rows() == [("IWM", 300.0)]


@pytest.mark.parametrize(
    ("text", "symbols", "words"),
    [
        (BARS, ["SPY", "QQQ"], "does not say whose prices they are, and there are levels of SPY, QQQ"),
        (WIDE, ["SPY"], "name the column of the day's price with --price-column"),
        ("date,close\n2026-05-26,0\n", ["SPY"], "a price of 2026-05-26 is not above 0"),
        ("date,close\n2026-05-26,1\n2026-05-26,2\n", ["SPY"], "has SPY of 2026-05-26 more than once"),
    ],
)
def test_prices_that_cannot_be_used(text: str, symbols: list[str], words: str, write: Write) -> None:
    with pytest.raises(FlowbtError, match=words):
        read_price_bars(write(text), symbols)


def test_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FlowbtError, match="there is no file"):
        read_levels(tmp_path / "nowhere.csv")


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "levels.parquet"
    pl.DataFrame({"symbol": ["SPY"], "date": [date(2026, 5, 26)], "kind": ["wall"], "level": [755.0]}).write_parquet(
        path
    )
    assert read_levels(path).rows["level"].to_list() == [755.0]
