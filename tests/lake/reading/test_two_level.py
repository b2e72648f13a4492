"""Headers of two levels: a row for each day and symbol, whichever level stands above, and nothing lost."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Shape, Source, open_file

ANY = Shape(frozenset())
Read = Callable[[str], list[dict[str, str | None]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The rows of a file of this text."""

    def rows(text: str) -> list[dict[str, str | None]]:
        path = tmp_path / "prices.csv"
        path.write_text(text)
        return pl.concat(open_file(Source(path)).blocks(ANY)).to_dicts()

    return rows


def bar(ticker: str, close: str | None, volume: str | None, tickers: str = "AAA BBB") -> dict[str, str | None]:
    return {"date": "2026-01-08", "ticker": ticker, "close": close, "volume": volume, "$.tickers": tickers}


@pytest.mark.parametrize(
    "header",
    [
        "Price,Close,Close,Volume,Volume\nTicker,AAA,BBB,AAA,BBB\nDate,,,,\n",
        ",Close,Close,Volume,Volume\n,AAA,BBB,AAA,BBB\nDate,,,,\n",
        "Ticker,AAA,BBB,AAA,BBB\nPrice,Close,Close,Volume,Volume\nDate,,,,\n",
    ],
)
def test_a_row_for_each_day_and_symbol(header: str, read: Read) -> None:
    assert read(header + "2026-01-08,1.5,2.5,10,20\n") == [bar("AAA", "1.5", "10"), bar("BBB", "2.5", "20")]


def test_a_symbol_without_a_cell_has_no_row_that_day(read: Read) -> None:
    text = "Price,Close,Close,Volume,Volume\nTicker,AAA,BBB,AAA,BBB\nDate,,,,\n2026-01-08,1.5,,10,\n"
    assert read(text) == [bar("AAA", "1.5", "10")]


def test_a_row_that_is_cut_short_is_told(read: Read) -> None:
    with pytest.raises(RejectedFileError, match="row 4 has 2 cells, but the header has 3"):
        read("Price,Close,Volume\nTicker,AAA,AAA\nDate,,\n2026-01-08,1.5\n")


def test_three_lines_of_a_plain_table_are_no_such_header(read: Read) -> None:
    assert read("Price,Close\nDate,1\n2,3\n") == [{"price": "Date", "close": "1"}, {"price": "2", "close": "3"}]
