"""A table of a report, as text: laid out once, shown in the terminal and on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowbt.report.kit.formats import MISSING, cell


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand to the right."""

    heading: str
    number: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of text under their columns; `note` says what the table leaves out."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def without(self, *headings: str) -> "Table":
        """The table without some of its columns, for where there is no room."""
        kept = [place for place, column in enumerate(self.columns) if column.heading not in headings]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return Table(self.title, tuple(self.columns[place] for place in kept), rows, self.note)

    def without_missing(self, *headings: str) -> "Table":
        """The table without those of the columns that have no value in any row."""
        empty = {
            column.heading
            for place, column in enumerate(self.columns)
            if all(row[place] == MISSING for row in self.rows)
        }
        return self.without(*empty.intersection(headings))


def texts(*headings: str) -> tuple[Column, ...]:
    """Columns of words."""
    return tuple(Column(heading, number=False) for heading in headings)


def numbers(*headings: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(heading) for heading in headings)


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
