"""CSV with a header of two levels, as pandas writes the prices from `yfinance.download`: one column per field and symbol.

    Price,Close,Close,High,High,...        or the symbols above the fields, or empty first cells
    Ticker,IWM,SPY,IWM,SPY,...
    Date,,,,,
    2026-01-08,256.1,689.5,257.0,690.3,...

The file is offered as a table with one row per day and symbol and the columns `date`, `ticker` and the fields. `$.tickers` are all
symbols, separated by blanks. A symbol without values on a day has no row for that day.
"""

import csv
from collections.abc import Iterator
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.reading.names import folded
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

LEVELS: Final = 3
"""Lines of the header: the two levels, and the name of the index."""
_BOM: Final = b"\xef\xbb\xbf"
_FIELDS: Final = frozenset(
    {"open", "high", "low", "close", "adj_close", "volume", "dividends", "stock_splits", "capital_gains"}
)


def has_two_levels(head: bytes) -> bool:
    """Whether a file with these first bytes has a header of two levels."""
    lines = head.removeprefix(_BOM).decode(errors="replace").splitlines()[:LEVELS]
    return len(lines) == LEVELS and _levels(list(csv.reader(lines))) is not None


class TwoLevelFile:
    """A CSV file with a header of two levels."""

    def __init__(self, source: Source) -> None:
        self._source = source
        with source.opened() as stream:
            data = stream.read()
        try:
            self._lines = list(csv.reader(data.removeprefix(_BOM).decode().splitlines()))
        except UnicodeDecodeError as error:
            raise RejectedFileError("NOT_UTF8", f"{error.reason} at byte {error.start}: save it as UTF-8") from None
        except csv.Error as error:
            raise RejectedFileError("NOT_CSV", str(error)) from None
        levels = _levels(self._lines[:LEVELS])
        assert levels is not None  # noqa: S101 (`has_two_levels` was checked before)
        self._fields, self._tickers = levels

    def names(self, _shape: Shape) -> list[str]:
        """`date`, `ticker`, the fields, and `$.tickers`."""
        return ["date", "ticker", *dict.fromkeys(self._fields), "$.tickers"]

    def row_paths(self) -> list[str]:
        """The empty path: the file is one table."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows, all in one block."""
        width = len(self._fields) + 1
        rows = [line for line in self._lines[LEVELS:] if any(cell.strip() for cell in line)]
        for number, row in enumerate(rows, LEVELS + 1):
            if len(row) != width:
                raise RejectedFileError("NOT_CSV", f"row {number} has {len(row)} cells, but the header has {width}")
        columns = self.names(shape)[:-1]
        records = [
            {"date": row[0], "ticker": ticker}
            | {field: row[1 + place] for place, field in enumerate(self._fields) if self._tickers[place] == ticker}
            for row in rows
            for ticker in dict.fromkeys(self._tickers)
        ]
        frame = pl.DataFrame(records, schema=dict.fromkeys(columns, pl.String()))
        frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
        frame = frame.filter(pl.any_horizontal(pl.exclude("date", "ticker").is_not_null()))
        yield frame.with_columns(pl.lit(" ".join(dict.fromkeys(self._tickers))).alias("$.tickers"))


def _levels(lines: list[list[str]]) -> tuple[list[str], list[str]] | None:
    """The field and the symbol of each column after the first; None if the lines are not a header of two levels."""
    if len(lines) < LEVELS or len({len(line) for line in lines}) > 1 or len(lines[0]) < LEVELS:
        return None
    first, second, index = lines
    if folded(index[0]) not in {"date", "datetime"} or any(cell.strip() for cell in index[1:]):
        return None
    for fields, tickers in ((first, second), (second, first)):
        named = [folded(cell) for cell in fields[1:]]
        if set(named) <= _FIELDS and all(cell.strip() for cell in tickers[1:]):
            return named, [cell.strip() for cell in tickers[1:]]
    return None
