"""What kind of file it is, told by its first bytes, and what a vendor's layout may ask of it.

Whatever the kind, a file offers the names of its columns, folded (lower case, no blanks, brackets or leading #), and its
rows in blocks of text columns; the second column of a name is `name_2`. What a file says once for all its rows (a
preamble above the header, the scalars of a JSON document) stands beside them under names that begin with `$.`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.reading.sources import MOST_MEMBERS, ZIP, Source, count_members

HEAD = 1 << 16
JSON = re.compile(rb"\{|\[\s*[\[\]{]")
"""How a document begins that may hold rows; a header may begin with a bracket too (`[QUOTE_DATE],`)."""


@dataclass(frozen=True)
class Shape:
    """How a layout's rows lie in a file.

    Attributes:
        header: columns that all must be there, under their folded names; `date|day` is either.
        rows: where a JSON document holds its rows: keys separated by dots, `*name` for any key, which becomes a column.
        preamble: regular expressions with one group, by name, looked for in the lines above the header.
        numbers: columns that may come as numbers of these dtypes, where every cell of a block can be read as one.
        days: columns that may come as dates or moments, where the file has them typed.
        cells: where a JSON document holds the names of its columns, where its rows are lists: keys separated by dots.
        footer: regular expressions with one group, by name, looked for in the last line, which is no row where one fits.
        iso: text columns that may be returned as dates where all their cells are ISO 8601.
        codes: text columns that may be returned as categories.
        read: the columns that are used, so that others need not be read; empty: all.
    """

    header: frozenset[str]
    rows: str = ""
    preamble: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, pl.DataType] = field(default_factory=dict)
    cells: str = ""
    days: frozenset[str] = frozenset()
    footer: Mapping[str, str] = field(default_factory=dict)
    iso: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


class OpenFile(Protocol):
    """A file of a known kind."""

    def names(self, shape: Shape) -> list[str]:
        """The names of its columns, as a layout of this shape would read it; empty where it has none of that shape."""

    def row_paths(self) -> list[str]:
        """Where it may hold rows (`Shape.rows`), the likeliest first; the empty path alone where it is one table."""

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """Its rows as columns of text, a block at a time, in order; cells without text are null."""


def open_file(source: Source) -> OpenFile:
    """The file as what it is.

    Raises:
        RejectedFileError: it is empty, damaged, or an archive that cannot be read.
        FlowbtError: it cannot be opened.
    """
    with source.opened() as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PAR1"):
        from flowbt.lake.reading.parquet import ParquetFile  # noqa: PLC0415 (pyarrow is slow to import)

        return ParquetFile(source)
    if head.startswith(b"SQLite format 3\0"):
        from flowbt.lake.reading.sqlite import SqliteFile  # noqa: PLC0415 (of no use to other files)

        return SqliteFile(source)
    if head.startswith(ZIP):
        members = count_members(source.path)
        if members > MOST_MEMBERS:
            raise RejectedFileError(
                "TOO_MANY_MEMBERS",
                f"a zip archive of {members:,} files, as vendors write that keep each contract in a file of its own; "
                "a chain is a file with all contracts of a day: combine them, or take the vendor's files by day "
                "(of Lean, universes/SYMBOL/YYYYMMDD.csv)",
            )
        raise RejectedFileError("NOT_DECOMPRESSED", "a zip archive that is damaged or empty")
    if source.name.lower().endswith((".parquet", ".pq")):
        raise RejectedFileError("NOT_PARQUET", "it does not begin as a Parquet file does")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if JSON.match(text) or source.name.lower().endswith(".json"):
        from flowbt.lake.reading.json_rows import JsonFile  # noqa: PLC0415 (of no use to other files)

        return JsonFile(source)
    from flowbt.lake.reading.delimited import DelimitedFile  # noqa: PLC0415
    from flowbt.lake.reading.two_level import TwoLevelFile, has_two_levels  # noqa: PLC0415

    return TwoLevelFile(source) if has_two_levels(head) else DelimitedFile(source, head)
