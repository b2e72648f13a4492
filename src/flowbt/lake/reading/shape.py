"""What a vendor's layout asks of a file, and what every kind of file offers in answer.

Whatever the kind, a file offers the names of its columns, folded (lower case, without blanks, brackets or a leading #), and
its rows in blocks of text columns; the second column of a name is `name_2`. What a file states once for all its rows (a
preamble above the header, the scalars of a JSON document) is next to them under names that begin with `$.`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


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
