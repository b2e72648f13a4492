"""The one model of a report: a page of sections, which text, Markdown and HTML render alike.

A report is a tuple of functions from a typed result to a `Section`; an empty section is not shown. What only a page has
room for (figures, folded tables, detailed sections) is left out of the terminal's text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from flowbt.report.kit.table import Table

Spec: TypeAlias = dict[str, Any]

WIDE: Final = 1040
HALF: Final = 500
NARROW: Final = 350
EITHER: Final = 410
"""Total widths in pixels of the drawings of a chart: a column of text, half of one, a telephone, and one drawing for the
last two, a little larger or smaller than it was drawn."""


@dataclass(frozen=True)
class Figure:
    """A chart that is drawn when a page is written.

    Attributes:
        title: what it shows.
        note: how to read it, in a sentence.
        draw: the chart at a total width in pixels, as Vega-Lite, or compiled.
        wide: the width of the wider drawing; `HALF` where two are side by side, `EITHER` where these are drawn only once.
    """

    title: str
    note: str
    draw: Callable[[int], Spec]
    wide: int = WIDE


class Fact(NamedTuple):
    """A name with its value or with a rule in words."""

    name: str
    text: str


class Item(NamedTuple):
    """A paragraph of a list, with a label where it has one."""

    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """One question of a report and its answer.

    Attributes:
        title: its heading.
        sentences: paragraphs below the heading.
        facts: names with their values.
        figures: those with the section's title carry no heading of their own.
        tables: in sight; those without rows are left out.
        items: a list of paragraphs.
        folded: tables behind a line that opens them.
        detail: left out of the terminal's text.
        brief: belongs to the shortest form of the report.
    """

    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    folded: tuple[Table, ...] = ()
    detail: bool = False
    brief: bool = False

    def shown(self) -> tuple[Table, ...]:
        """The tables with rows."""
        return tuple(table for table in self.tables if table.rows)

    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        folded = any(table.rows for table in self.folded)
        return not (self.sentences or self.facts or self.figures or self.shown() or self.items or folded)


class Links(NamedTuple):
    """File names of the pages around a page, from its own folder; empty where there is none."""

    before: str = ""
    after: str = ""
    overview: str = ""


@dataclass(frozen=True)
class Page:
    """A whole report.

    Attributes:
        title: its heading.
        kind: what kind of report it is, such as `Evaluation`.
        answer: the answer in paragraphs, the most important first; text and Markdown show it first as well.
        sections: in order; empty ones are left out.
        facts: a line below the heading: symbols, period, number of sessions.
        description: what was evaluated, in a sentence.
        run: the run's name, if it was written.
        tone: colour of the answer: `bearish`, `neutral`, `bullish`, `unknown` or none.
        method: conventions, by name.
        parameters: of the signal or strategy.
        provenance: what the run was computed from.
        links: to the pages around it.
    """

    title: str
    kind: str
    answer: tuple[str, ...]
    sections: tuple[Section, ...]
    facts: tuple[str, ...] = ()
    description: str = ""
    run: str = ""
    tone: str = ""
    method: tuple[Fact, ...] = ()
    parameters: Mapping[str, Any] | None = None
    provenance: Mapping[str, Any] | None = None
    links: Links = Links()

    def shown(self) -> tuple[Section, ...]:
        """The sections with something in them."""
        return tuple(section for section in self.sections if not section.is_empty())
