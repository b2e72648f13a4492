"""A part of the flow report, whatever it is rendered as."""

from collections.abc import Sequence
from dataclasses import dataclass

from flowbt.report.kit.table import Table


@dataclass(frozen=True)
class Part:
    """A part of the report; what is empty is not shown, nor is a part without anything.

    Attributes:
        title: its heading.
        says: sentences.
        facts: names with what is said of each.
        pictures: names of pictures (`charts.PICTURES`), for where pictures can be shown.
        tables: in order, with their titles where there are several.
        items: paragraphs with a heading each.
    """

    title: str
    says: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    pictures: Sequence[str] = ()
    tables: Sequence[Table] = ()
    items: Sequence[tuple[str, str]] = ()

    def shown(self) -> list[Table]:
        """The tables with something in them."""
        return [table for table in self.tables if table.rows]

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.says or self.facts or self.items or self.shown())
