"""Tables of typed rows: each column says how a cell is written, so headings and cells cannot differ in number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from flowbt.report.kit.formats import MISSING, cell

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """How one column of a table is written.

    Attributes:
        heading: above the column.
        cell: the text of a row's cell.
        number: aligned to the right.
        detail: left out where there is little room, such as on a terminal.
        if_any: left out where no row has a value for it (all cells are `n/a` or empty).
        prose: sentences, which may wrap.
    """

    heading: str
    cell: Callable[[Row], str]
    number: bool = True
    detail: bool = False
    if_any: bool = False
    prose: bool = False


def words(heading: str, text: Callable[[Row], str], *, detail: bool = False, prose: bool = False) -> Column[Row]:
    """A column of words, aligned to the left."""
    return Column(heading, text, number=False, detail=detail, prose=prose)


@dataclass(frozen=True)
class Heading:
    """The heading of a column whose cells have been written."""

    heading: str
    number: bool = True
    detail: bool = False
    prose: bool = False


@dataclass(frozen=True)
class Table:
    """Written cells under their headings.

    Attributes:
        title: its heading.
        columns: headings of the columns.
        rows: cells.
        note: what the table leaves out, or how to read it.
        links: on a page, what the first cell of each row links to: file names or none at all.
    """

    title: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()

    @staticmethod
    def of(title: str, columns: Sequence[Column[Row]], rows: Iterable[Row], note: str = "") -> "Table":
        """Write the cells of typed rows."""
        kept = list(rows)
        written = [[column.cell(row) for row in kept] for column in columns]
        shown = [
            place
            for place, column in enumerate(columns)
            if not column.if_any or any(text not in {MISSING, ""} for text in written[place])
        ]
        headings = tuple(
            Heading(columns[place].heading, columns[place].number, columns[place].detail, columns[place].prose)
            for place in shown
        )
        cells = tuple(tuple(written[place][number] for place in shown) for number in range(len(kept)))
        return Table(title, headings, cells, note)

    def linked(self, *links: str) -> "Table":
        """The table with a link from the first cell of each row."""
        if len(links) != len(self.rows):
            raise ValueError(f"{len(links)} links for {len(self.rows)} rows")
        return replace(self, links=links)

    def brief(self) -> "Table":
        """The table without its columns of detail."""
        kept = [place for place, column in enumerate(self.columns) if not column.detail]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=rows)

    def without(self, *headings: str) -> "Table":
        """The table without some of its columns, for where there is no room."""
        kept = [place for place, column in enumerate(self.columns) if column.heading not in headings]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=rows)

    def without_missing(self, *headings: str) -> "Table":
        """The table without those of the columns that have no value in any row."""
        empty = {
            column.heading
            for place, column in enumerate(self.columns)
            if all(row[place] == MISSING for row in self.rows)
        }
        return self.without(*empty.intersection(headings))


def texts(*headings: str) -> tuple[Heading, ...]:
    """Columns of words."""
    return tuple(Heading(heading, number=False) for heading in headings)


def numbers(*headings: str) -> tuple[Heading, ...]:
    """Columns of numbers."""
    return tuple(Heading(heading) for heading in headings)


def facts_table(title: str, facts: Mapping[str, Any], headings: tuple[str, str] = ("What", "Value")) -> Table:
    """Settings or facts by name, nested ones by their full names."""
    return Table(title, texts(*headings), tuple((name, cell(value)) for name, value in _flat(facts).items()))


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
