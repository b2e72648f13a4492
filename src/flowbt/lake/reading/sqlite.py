"""SQLite databases, read-only: the requested table, or the table with a layout's columns, in blocks of rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.reading.names import folded, lacking, numbered
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

BLOCK_ROWS: Final = 100_000


class SqliteFile:
    """A SQLite database on the disk, which is never modified.

    Raises:
        RejectedFileError: the database is compressed or in an archive, or it has no table that can be read.
    """

    def __init__(self, source: Source) -> None:
        with source.opened() as stream:
            if source.member is not None or stream.kind is not None:
                raise RejectedFileError(
                    "NOT_DECOMPRESSED", "a compressed SQLite database: decompress it first, as in `zstd -d NAME.db.zst`"
                )
        self._uri = f"file:{quote(str(source.path.absolute()))}?mode=ro"
        try:
            with closing(self._opened()) as database:
                tables = database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                ).fetchall()
                self._tables: dict[str, list[str]] = {name: [row[1] for row in database.execute(f"PRAGMA table_info({_quoted(name)})")]
                                for (name,) in tables}  # fmt: skip
        except sqlite3.Error as error:
            raise RejectedFileError("NOT_SQLITE", str(error)) from None
        if source.table is not None:
            self._tables = {source.table: self._tables.get(source.table, [])}
        if not any(self._tables.values()):
            raise RejectedFileError("EMPTY", "the database has no tables")

    def names(self, shape: Shape) -> list[str]:
        """The columns of the table with all columns of the shape, or else with most of them."""
        return numbered(map(folded, self._tables[self._table(shape)]))

    def columns(self) -> dict[str, list[str]]:
        """The names of each table's columns."""
        return {table: numbered(map(folded, names)) for table, names in self._tables.items()}

    def row_paths(self) -> list[str]:
        """The empty path: tables contain rows directly."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The table's rows, in the order in which they were inserted."""
        table = self._table(shape)
        theirs = dict(zip(self.names(shape), self._tables[table], strict=True))
        names = [name for name in theirs if name in shape.read] or list(theirs)
        columns = ", ".join(_quoted(theirs[name]) for name in names)
        try:
            with closing(self._opened()) as database:
                rows = database.execute(f"SELECT {columns} FROM {_quoted(table)}")  # noqa: S608 (names of its own, quoted)
                while block := rows.fetchmany(BLOCK_ROWS):
                    cells = zip(names, zip(*block, strict=True), strict=True)
                    yield pl.DataFrame([_column(name, values, shape) for name, values in cells])
        except sqlite3.Error as error:
            raise RejectedFileError("NOT_SQLITE", str(error)) from None

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, check_same_thread=False)

    def _table(self, shape: Shape) -> str:
        best: str = min(self._tables, key=lambda name: len(lacking(shape.header, map(folded, self._tables[name]))))
        return best


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, values: Sequence[Any], shape: Shape) -> pl.Series:
    """The column as numbers if numbers are requested and every cell is a number, otherwise as text."""
    if name in shape.numbers and all(value is None or type(value) in (int, float) for value in values):
        numbers = pl.Series(name, values, pl.Float64(), strict=False)
        wanted = numbers.cast(shape.numbers[name], strict=False)
        if wanted.null_count() == numbers.null_count() and (wanted == numbers).all():
            return wanted
    text = [value if value is None or isinstance(value, str) else _text(value) for value in values]
    return pl.Series(name, text, pl.String()).str.strip_chars().replace("", None)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
