"""What a vendor's layout requests from a file, and what every kind of file offers.

A file of any kind offers the names of its columns, folded (lower case, without blanks, brackets or a leading #), and its rows in blocks
of text columns. The second column with a name is `name_2`. Values that a file gives once for all rows (a preamble above the header, the
scalars of a JSON document) are columns whose names begin with `$.`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


@dataclass(frozen=True)
class Shape:
    """Where and how a file contains the rows of a layout.

    Attributes:
        header: columns that the file must have, by folded names; `date|day` needs one of the two.
        rows: path to the rows of a JSON document: keys separated by dots, `*name` for any key, which becomes a column.
        preamble: regular expressions with one group, by name, for the lines above the header.
        numbers: columns that may be returned as numbers of these dtypes, if every cell of a block is a number.
        days: columns that may be returned as dates or moments, if they are typed in the file.
        cells: path to the names of the columns in a JSON document whose rows are lists: keys separated by dots.
        footer: regular expressions with one group, by name, for the last line, which is not a row if one matches.
        iso: text columns that may be returned as dates if all their cells are ISO 8601.
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
        """The names of its columns, as a layout of this shape would read them; empty if it has no rows of that shape."""

    def row_paths(self) -> list[str]:
        """Possible paths to its rows (`Shape.rows`), the most likely first; only the empty path if the file is one table."""

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """Its rows as text columns, one block at a time, in order; cells without text are null."""
